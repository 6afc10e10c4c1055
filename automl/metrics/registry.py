"""Metrics under their scikit-learn names, each as a score and as a loss that is minimised.

Predictions have one form throughout the package: probabilities ``(n_rows, n_classes)`` for
classification, values ``(n_rows,)`` for regression; targets are class codes or floats. Metrics are
written out in numpy because ensemble selection calls them thousands of times; tests hold them
against scikit-learn. Scorers and functions of the user's own: `automl.metrics.scorers`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from automl.exceptions import InvalidInputError
from automl.metrics import label_scores, value_scores
from automl.metrics.metric import Array, Metric
from automl.metrics.scorers import metric_of_function, metric_of_scorer, takes_estimator

__all__ = [
    "METRICS",
    "check_domain",
    "default_metric",
    "quick_metric",
    "resolve_metric",
    "row_losses",
    "selection_metric",
]

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


def _ovr_auc(y: Array, probability: Array) -> float:
    """Mean one-vs-rest AUC over the classes that are present on both sides."""
    present = [k for k in range(probability.shape[1]) if 0 < int((y == k).sum()) < len(y)]
    if not present:
        return 0.5
    columns = [np.column_stack([1 - probability[:, k], probability[:, k]]) for k in present]
    aucs = [_roc_auc((y == k).astype(int), p) for k, p in zip(present, columns, strict=True)]
    return float(np.mean(aucs))


def _average_precision(y: Array, probability: Array) -> float:
    """Precision at the rows of positives, averaged; tied rows share the last one's."""
    order = np.argsort(-probability[:, 1], kind="stable")
    ordered, positive = probability[order, 1], y[order] == 1
    if not positive.any():
        return 0.0
    last = np.append(np.flatnonzero(ordered[1:] != ordered[:-1]), len(y) - 1)
    found = np.cumsum(positive)[last]
    return float(np.diff(found, prepend=0) @ (found / (last + 1)) / positive.sum())


def _brier(y: Array, probability: Array) -> float:
    return float(np.mean((probability[:, 1] - y) ** 2))


def _brier_multiclass(y: Array, probability: Array) -> float:
    return float(np.mean(((probability - np.eye(probability.shape[1])[y]) ** 2).sum(axis=1)))


_BINARY = ("binary",)
_CLASSES = ("binary", "multiclass")
_VALUES = ("regression",)


def _of_probability(
    name: str,
    function: Callable[[Array, Array], float],
    tasks: tuple[str, ...],
    best: float | None = None,
    objective: str = "",
) -> Metric:
    """Metric of probabilities; a score if its best value is given, otherwise a loss."""
    return Metric(name, function, best is not None, "probability", tasks, best or 0.0, objective)


def _of_label(
    name: str,
    function: Callable[[Array, Array], float],
    tasks: tuple[str, ...],
    tunable: bool = True,
) -> Metric:
    return Metric(name, function, True, "label", tasks, 1.0, tunable=tunable)


def _of_value(
    name: str,
    function: Callable[[Array, Array], float],
    objective: str = "",
    least: float = -np.inf,
    score: bool = False,
) -> Metric:
    best = 1.0 if score else 0.0
    return Metric(name, function, score, "value", _VALUES, best, objective, least)


_POSITIVE = float(np.nextafter(0.0, 1.0))

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        _of_probability("roc_auc", _roc_auc, _BINARY, 1.0, "ranking"),
        _of_probability("roc_auc_ovr", _ovr_auc, _CLASSES, 1.0, "ranking"),
        _of_probability("log_loss", _log_loss, _CLASSES),
        _of_probability("brier", _brier, _BINARY),
        _of_probability("brier_multiclass", _brier_multiclass, _CLASSES),
        _of_probability("average_precision", _average_precision, _BINARY, 1.0, "ranking"),
        _of_label("accuracy", label_scores.accuracy, _CLASSES, tunable=False),
        _of_label("balanced_accuracy", label_scores.balanced_accuracy, _CLASSES),
        _of_label("f1", label_scores.f1, _BINARY),
        _of_label("f1_macro", label_scores.f1_macro, _CLASSES),
        _of_label("f1_weighted", label_scores.f1_weighted, _CLASSES),
        _of_label("mcc", label_scores.mcc, _CLASSES),
        _of_label("cohen_kappa", label_scores.cohen_kappa, _CLASSES),
        _of_label("jaccard", label_scores.jaccard, _BINARY),
        _of_label("precision", label_scores.precision, _BINARY, tunable=False),
        _of_label("recall", label_scores.recall, _BINARY, tunable=False),
        _of_value("rmse", value_scores.rmse),
        _of_value("mse", value_scores.mse),
        _of_value("mae", value_scores.mae, "absolute"),
        _of_value("median_absolute_error", value_scores.median_absolute_error, "absolute"),
        _of_value("max_error", value_scores.max_error),
        _of_value("mape", value_scores.mape, "mape"),
        _of_value("rmsle", value_scores.rmsle, "log", least=0.0),
        _of_value("pinball", value_scores.Pinball(0.5), "quantile_0.5"),
        _of_value("poisson_deviance", value_scores.poisson_deviance, "poisson", least=0.0),
        _of_value("gamma_deviance", value_scores.gamma_deviance, "gamma", least=_POSITIVE),
        _of_value("tweedie_deviance", value_scores.tweedie_deviance, "tweedie", least=0.0),
        _of_value("r2", value_scores.r2, score=True),
        _of_value("explained_variance", value_scores.explained_variance, score=True),
    )
}

_ALIASES = {
    "auc": "roc_auc",
    "logloss": "log_loss",
    "brier_score": "brier",
    "matthews_corrcoef": "mcc",
    "root_mean_squared_error": "rmse",
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "root_mean_squared_log_error": "rmsle",
    "mean_pinball_loss": "pinball",
    "mean_poisson_deviance": "poisson_deviance",
    "mean_gamma_deviance": "gamma_deviance",
}
_FUNCTION_ENDINGS = ("", "_score", "_loss")
_PINBALL = re.compile(r"pinball_(0?\.\d+)")


def default_metric(task: str) -> Metric:
    """ROC AUC for two classes, log loss for more, RMSE for regression."""
    return METRICS[{"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}[task]]


def resolve_metric(metric: Any, task: str, classes: Array | None = None) -> Metric:
    """Find the metric that a user means.

    Parameters
    ----------
    metric : str, callable or Metric
        ``"auto"``, a name of `METRICS`, ``"pinball_<level>"``, any scorer name of scikit-learn, a
        scorer (``make_scorer``, or ``f(estimator, X, y)``), or ``f(y_true, y_pred)`` of labels or
        values, which may be a score or a loss.
    task : {"binary", "multiclass", "regression"}
        The task it has to fit.
    classes : ndarray, optional
        Labels by code, which scorers and functions need; None: codes of two or three classes.

    Raises
    ------
    InvalidInputError
        If it is unknown, not defined for the task, or cannot be computed.

    Examples
    --------
    >>> resolve_metric("neg_mean_absolute_error", "regression").name
    'mae'
    >>> resolve_metric(lambda y, p: abs(y - p).max(), "regression").greater_is_better
    False
    """
    if isinstance(metric, Metric):
        return metric
    if metric == "auto":
        return default_metric(task)
    if isinstance(metric, str):
        return _by_name(metric, task, classes)
    if not callable(metric):
        raise InvalidInputError(
            f"`metric` must be 'auto', a name, a scorer or a function of (y_true, y_pred); got a "
            f"{type(metric).__name__}: choose one of {', '.join(_names(task))}."
        )
    return _by_callable(metric, task, classes)


def _by_name(name: str, task: str, classes: Array | None) -> Metric:
    level = _PINBALL.fullmatch(name)
    if level is not None and task == "regression":
        return _pinball(float(level[1]))
    found = _known(name.removeprefix("neg_"))
    if found is None:
        return _by_scorer_name(name, task, classes)
    if task not in found.tasks:
        raise _unknown(name, task)
    return found


def _by_scorer_name(name: str, task: str, classes: Array | None) -> Metric:
    from sklearn.metrics import get_scorer

    try:
        scorer = get_scorer(name)
    except ValueError as error:
        raise _unknown(name, task) from error
    # codes in place of labels: a name cannot say which label is the positive one
    return metric_of_scorer(scorer, name, task, _codes(task, classes))


def _unknown(name: str, task: str) -> InvalidInputError:
    return InvalidInputError(
        f"`metric` for a {task} task must be 'auto', one of {', '.join(_names(task))}, or a scorer "
        f"of scikit-learn; got {name!r}: choose one of these."
    )


def _known(name: str) -> Metric | None:
    """Metric by its name or that of a function of scikit-learn."""
    for ending in _FUNCTION_ENDINGS:
        short = name.removesuffix(ending)
        found = METRICS.get(_ALIASES.get(short, short))
        if found is not None:
            return found
    return None


def _by_callable(metric: Callable[..., Any], task: str, classes: Array | None) -> Metric:
    function = getattr(metric, "_score_func", metric)  # of make_scorer
    name = str(getattr(function, "__name__", type(function).__name__)).strip("<>")
    of_package = str(getattr(function, "__module__", "")).startswith("sklearn.")
    arguments = getattr(metric, "_kwargs", {})
    if of_package and name == "mean_pinball_loss" and set(arguments) <= {"alpha"}:
        return _pinball(arguments.get("alpha", 0.5))
    if of_package and function is metric:
        known = _known(name)
        if known is not None:
            return _by_name(known.name, task, classes)
    make = metric_of_scorer if takes_estimator(metric) else metric_of_function
    own = f"own_{name}" if name in METRICS else name
    codes = _codes(task, classes)
    try:
        return make(metric, own, task, codes if classes is None else classes)
    except InvalidInputError:
        if codes is None:
            raise
        with suppress(InvalidInputError):  # 1 is the positive label where labels are text
            return make(metric, own, task, codes)
        raise


def _pinball(level: float) -> Metric:
    function = value_scores.Pinball(level)
    return _of_value(f"pinball_{level:g}", function, f"quantile_{level:g}")


def _codes(task: str, classes: Array | None) -> Array | None:
    if task == "regression":
        return None
    return np.arange((2 if task == "binary" else 3) if classes is None else len(classes))


def _names(task: str) -> list[str]:
    return [name for name, metric in METRICS.items() if task in metric.tasks]


def quick_metric(metric: Metric) -> Metric:
    """The metric, or one of the usual ones in place of one that is slow, for rough guesses."""
    if not metric.slow:
        return metric
    return METRICS["rmse" if metric.needs == "value" else "log_loss"]


def selection_metric(metric: Metric) -> Metric:
    """The metric by which members of an ensemble are chosen.

    Labels depend on a threshold that is chosen after the members; until then, probabilities are
    compared.
    """
    return METRICS["log_loss"] if metric.tunable else metric


def check_domain(metric: Metric, y: Array) -> None:
    """Refuse a metric that is not defined for the targets.

    Raises
    ------
    InvalidInputError
        If a target is too low for it.
    """
    lowest = float(np.min(y))
    if lowest < metric.least:
        allowed = "positive" if metric.least > 0 else "not negative"
        raise InvalidInputError(
            f"`metric` {metric.name!r} needs targets that are {allowed}; got {lowest:g}: choose "
            "another metric, or drop these rows."
        )


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
