"""The one form of a prediction: a column for every class of the task, or a value a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["predict"]

Array = npt.NDArray[Any]


def predict(model: Any, X: Array, n_classes: int) -> Array:
    """Predict in the one form of the package, with a column for every class of the task.

    Parameters
    ----------
    model : fitted estimator
    X : ndarray of shape (n_rows, n_features)
    n_classes : int
        0 for regression.

    Returns
    -------
    ndarray of shape (n_rows, n_classes) or (n_rows,)
    """
    if n_classes == 0:
        return np.asarray(model.predict(X), dtype=np.float64).reshape(len(X))
    known = np.asarray(model.predict_proba(X))
    if known.shape[1] == n_classes:
        return known
    complete = np.zeros((len(X), n_classes), dtype=known.dtype)
    complete[:, np.asarray(model.classes_, dtype=np.int64)] = known
    return complete
