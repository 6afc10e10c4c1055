"""How predictions on a test fold are scored, with the usual measures of each kind of task."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)

__all__ = ["headline", "is_better_greater", "score_classes", "score_values"]

Array = npt.NDArray[Any]

_LOSSES = {"log_loss", "rmse", "mae"}
_MEASURES = {
    "binary": ("roc_auc", "log_loss", "accuracy", "balanced_accuracy"),
    "multiclass": ("log_loss", "accuracy", "balanced_accuracy"),
    "regression": ("rmse", "mae", "r2"),
}


def headline(kind: str, n_labels: int, metric: Any) -> str:
    """Measure by which a task is reported: the metric asked for where it is one of them.

    Examples
    --------
    >>> headline("classification", 3, "auto"), headline("classification", 3, "accuracy")
    ('log_loss', 'accuracy')
    """
    task = kind if kind == "regression" else "binary" if n_labels == 2 else "multiclass"
    return metric if metric in _MEASURES[task] else _MEASURES[task][0]


def is_better_greater(measure: str) -> bool:
    """Whether more of a measure is better."""
    return measure not in _LOSSES


def score_classes(
    truth: Array, predicted: Array, probability: Array, labels: tuple[str, ...]
) -> dict[str, float]:
    """Score labels and class probabilities; what is not defined on these rows is left out.

    Parameters
    ----------
    truth, predicted : ndarray of shape (n_rows,)
        Labels.
    probability : ndarray of shape (n_rows, n_labels)
    labels : tuple of str
        In the order of the columns.
    """
    column = {label: k for k, label in enumerate(labels)}
    codes = np.array([column[label] for label in truth])
    with warnings.catch_warnings():
        # Rare classes are absent from small test folds; the averages leave them out.
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        warnings.filterwarnings("ignore", message="y_pred contains classes not in y_true")
        scores = {
            "log_loss": float(log_loss(codes, probability, labels=np.arange(len(labels)))),
            "accuracy": float(accuracy_score(truth, predicted)),
            "balanced_accuracy": float(balanced_accuracy_score(truth, predicted)),
        }
    if len(labels) == 2 and len(set(codes)) == 2:
        scores["roc_auc"] = float(roc_auc_score(codes, probability[:, 1]))
    return scores


def score_values(truth: Array, predicted: Array) -> dict[str, float]:
    """Score numbers.

    Examples
    --------
    >>> score_values(np.array([1.0, 2.0]), np.array([1.0, 4.0]))["mae"]
    1.0
    """
    scores = {
        "rmse": float(root_mean_squared_error(truth, predicted)),
        "mae": float(mean_absolute_error(truth, predicted)),
    }
    if len(truth) > 1:
        scores["r2"] = float(r2_score(truth, predicted))
    return scores
