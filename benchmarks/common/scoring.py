"""The score of predictions on test rows, and as a loss: 1 - AUC, log loss, RMSE."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["METRICS", "is_late", "score"]

METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
ALLOWED_SHARE, ALLOWED_SECONDS = 0.02, 1.0
"""What a fit may take beyond its limit."""
_TINY = 1e-15


def score(
    task: str, y: npt.NDArray[Any], prediction: npt.NDArray[Any], classes: list[str]
) -> tuple[float, float]:
    """Value of the task's metric, and the loss.

    Parameters
    ----------
    task : str
        One of `METRICS`.
    y : ndarray, shape (n_rows,)
        Truth: values, or labels as text.
    prediction : ndarray, shape (n_rows,) or (n_rows, n_classes)
        Values, or probabilities with one column for each of `classes`.
    classes : list of str
        All classes of the training part, sorted.

    Raises
    ------
    ValueError
        If a prediction is not finite or has another shape.
    """
    expected = (len(y),) if task == "regression" else (len(y), len(classes))
    if prediction.shape != expected:
        raise ValueError(f"predictions must have shape {expected}, got {prediction.shape}")
    if not np.isfinite(prediction).all():
        raise ValueError(f"{(~np.isfinite(prediction)).sum()} predictions are not finite")
    if task == "regression":
        rmse = float(np.sqrt(np.mean((y.astype(np.float64) - prediction) ** 2)))
        return rmse, rmse
    codes = np.searchsorted(classes, y)
    if task == "binary":
        from sklearn.metrics import roc_auc_score

        auc = float(roc_auc_score(codes, prediction[:, 1]))
        return auc, 1.0 - auc
    probability = np.clip(prediction.astype(np.float64), _TINY, 1.0)
    probability /= probability.sum(axis=1, keepdims=True)
    log_loss = float(-np.log(probability[np.arange(len(y)), codes]).mean())
    return log_loss, log_loss


def is_late(seconds: float, limit: float) -> bool:
    """Whether a fit took more than 2 % and a second beyond its limit.

    Examples
    --------
    >>> is_late(62.0, 60.0), is_late(63.0, 60.0)
    (False, True)
    """
    return seconds > (1.0 + ALLOWED_SHARE) * limit + ALLOWED_SECONDS
