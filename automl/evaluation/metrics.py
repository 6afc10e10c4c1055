"""Metrics under their scikit-learn names, each as a score and as a loss that is minimised.

Predictions have one form throughout the package: probabilities ``(n_rows, n_classes)`` for
classification, values ``(n_rows,)`` for regression; targets are class codes or floats. The three
default metrics are written out in numpy because ensemble selection calls them thousands of times;
tests hold them against scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from automl.exceptions import InvalidInputError, UnsupportedSettingError

__all__ = ["METRICS", "Metric", "default_metric", "resolve_metric", "row_losses"]

Array = npt.NDArray[Any]
Needs = Literal["probability", "label", "value"]

_TINY = 1e-15


def _roc_auc(y: Array, probability: Array) -> float:
    """Area under the ROC curve by the rank-sum identity, ties counted half."""
    n_positive = int((y == 1).sum())
    n_negative = len(y) - n_positive
    if n_positive == 0 or n_negative == 0:
        return 0.5
    order = np.argsort(probability[:, 1])
    ordered = probability[order, 1]
    ends = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]) + 1, len(y))
    starts = np.concatenate([[0], ends[:-1]])
    positives = np.add.reduceat((y[order] == 1).astype(np.float64), starts)
    rank_sum = float(positives @ ((starts + 1 + ends) / 2.0))
    return (rank_sum - n_positive * (n_positive + 1) / 2.0) / (n_positive * n_negative)


def _log_loss(y: Array, probability: Array) -> float:
    return float(_log_loss_rows(y, probability).mean())


def _log_loss_rows(y: Array, probability: Array) -> Array:
    total = np.maximum(probability.sum(axis=1, dtype=np.float64), _TINY)
    chosen = probability[np.arange(len(y)), y] / total
    return np.asarray(-np.log(np.clip(chosen, _TINY, 1.0)))


def _rmse(y: Array, value: Array) -> float:
    return float(np.sqrt(np.mean((y - value) ** 2)))


def _sklearn(name: str, **keywords: Any) -> Callable[[Array, Array], float]:
    def function(y: Array, prediction: Array) -> float:
        import sklearn.metrics

        return float(getattr(sklearn.metrics, name)(y, prediction, **keywords))

    return function


def _ovr_auc(y: Array, probability: Array) -> float:
    """Mean one-vs-rest AUC over the classes that are present on both sides."""
    present = [k for k in range(probability.shape[1]) if 0 < int((y == k).sum()) < len(y)]
    if not present:
        return 0.5
    columns = [np.column_stack([1 - probability[:, k], probability[:, k]]) for k in present]
    aucs = [_roc_auc((y == k).astype(int), p) for k, p in zip(present, columns, strict=True)]
    return float(np.mean(aucs))


def _average_precision(y: Array, probability: Array) -> float:
    return _sklearn("average_precision_score")(y, probability[:, 1])


def _brier(y: Array, probability: Array) -> float:
    return float(np.mean((probability[:, 1] - y) ** 2))


@dataclass(frozen=True)
class Metric:
    """One figure of merit.

    Parameters
    ----------
    name : str
        The name under which it is asked for and reported.
    function : callable
        ``function(y_true, prediction) -> float`` in the metric's own sign.
    greater_is_better : bool
        Direction of the score.
    needs : {"probability", "label", "value"}
        What the function takes: class probabilities, class codes, or regression values.
    tasks : tuple of str
        Tasks that the metric is defined for.
    best : float
        The score of a perfect prediction.
    """

    name: str
    function: Callable[[Array, Array], float]
    greater_is_better: bool
    needs: Needs
    tasks: tuple[str, ...]
    best: float

    def score(self, y: Array, prediction: Array) -> float:
        """Score of a prediction, in the metric's own sign."""
        if self.needs == "label":
            prediction = prediction.argmax(axis=1)
        return self.function(y, prediction)

    def loss(self, y: Array, prediction: Array) -> float:
        """Distance from a perfect score; lower is better, 0 is perfect."""
        return self.loss_of(self.score(y, prediction))

    def loss_of(self, score: float) -> float:
        """Loss that belongs to a score."""
        return self.best - score if self.greater_is_better else score - self.best


_CLASSES = ("binary", "multiclass")


def _metric(
    name: str,
    function: Callable[[Array, Array], float],
    needs: Needs,
    tasks: tuple[str, ...],
    best: float | None = None,
) -> Metric:
    greater = best is not None
    return Metric(name, function, greater, needs, tasks, 0.0 if best is None else best)


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _metric("roc_auc", _roc_auc, "probability", ("binary",), 1.0),
        _metric("roc_auc_ovr", _ovr_auc, "probability", _CLASSES, 1.0),
        _metric("log_loss", _log_loss, "probability", _CLASSES),
        _metric("brier", _brier, "probability", ("binary",)),
        _metric("average_precision", _average_precision, "probability", ("binary",), 1.0),
        _metric("accuracy", _sklearn("accuracy_score"), "label", _CLASSES, 1.0),
        _metric("balanced_accuracy", _sklearn("balanced_accuracy_score"), "label", _CLASSES, 1.0),
        _metric("f1", _sklearn("f1_score", zero_division=0), "label", ("binary",), 1.0),
        _metric(
            "f1_macro", _sklearn("f1_score", average="macro", zero_division=0), "label", _CLASSES, 1
        ),
        _metric("mcc", _sklearn("matthews_corrcoef"), "label", _CLASSES, 1.0),
        _metric("rmse", _rmse, "value", ("regression",)),
        _metric("mse", _sklearn("mean_squared_error"), "value", ("regression",)),
        _metric("mae", _sklearn("mean_absolute_error"), "value", ("regression",)),
        _metric(
            "median_absolute_error", _sklearn("median_absolute_error"), "value", ("regression",)
        ),
        _metric("r2", _sklearn("r2_score"), "value", ("regression",), 1.0),
    )
}

_ALIASES = {
    "auc": "roc_auc",
    "logloss": "log_loss",
    "neg_log_loss": "log_loss",
    "neg_brier_score": "brier",
    "matthews_corrcoef": "mcc",
    "neg_root_mean_squared_error": "rmse",
    "root_mean_squared_error": "rmse",
    "neg_mean_squared_error": "mse",
    "mean_squared_error": "mse",
    "neg_mean_absolute_error": "mae",
    "mean_absolute_error": "mae",
    "neg_median_absolute_error": "median_absolute_error",
}


def default_metric(task: str) -> Metric:
    """ROC AUC for two classes, log loss for more, RMSE for regression."""
    return METRICS[{"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task]]


def resolve_metric(metric: Any, task: str) -> Metric:
    """Find the metric that a user means.

    Parameters
    ----------
    metric : str
        ``"auto"``, a name of `METRICS`, or the scikit-learn scorer name of one of them.
    task : {"binary", "multiclass", "regression"}
        The task it has to fit.

    Raises
    ------
    InvalidInputError
        If the name is unknown or not defined for the task.
    UnsupportedSettingError
        If a scorer object or a callable is given.

    Examples
    --------
    >>> resolve_metric("neg_mean_absolute_error", "regression").name
    'mae'
    """
    if not isinstance(metric, str):
        raise UnsupportedSettingError(
            f"`metric` takes a name in this version, got {metric!r}; scorer objects and callables "
            f"come with a later one, so choose one of {', '.join(_names(task))}."
        )
    if metric == "auto":
        return default_metric(task)
    found = METRICS.get(_ALIASES.get(metric, metric))
    if found is None or task not in found.tasks:
        raise InvalidInputError(
            f"`metric` for a {task} task must be 'auto' or one of {', '.join(_names(task))}; "
            f"got {metric!r}: choose one of these."
        )
    return found


def _names(task: str) -> list[str]:
    return [name for name, metric in METRICS.items() if task in metric.tasks]


def row_losses(metric: Metric, y: Array, prediction: Array) -> Array | None:
    """Loss of each row, for metrics whose score is a function of their mean; otherwise None."""
    if metric.name == "log_loss":
        return _log_loss_rows(y, prediction)
    if metric.name in ("rmse", "mse"):
        return np.asarray((y - prediction) ** 2)
    if metric.name == "mae":
        return np.asarray(np.abs(y - prediction))
    if metric.name == "accuracy":
        return np.asarray((prediction.argmax(axis=1) == y).astype(float))
    if metric.name == "brier":
        return np.asarray((prediction[:, 1] - y) ** 2)
    return None
