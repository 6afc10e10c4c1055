"""The one form of a prediction: a column for every class of the task, or a value a row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import joblib
import numpy as np
import numpy.typing as npt

from automl.threads import limit_threads

__all__ = ["predict", "predict_each"]

Array = npt.NDArray[Any]

_ROWS_FOR_THREADS = 500
"""Below, starting threads costs more than they save."""


def predict_each(models: Sequence[Any], X: Array, n_classes: int) -> Iterable[Array]:
    """Predictions of several models in their order, on all cores where there are many rows.

    Parameters
    ----------
    models : sequence of fitted estimators
    X : ndarray of shape (n_rows, n_features)
    n_classes : int
        0 for regression.
    """
    if len(X) < _ROWS_FOR_THREADS or len(models) == 1:
        yield from (predict(model, X, n_classes) for model in models)
        return
    # each model uses one thread and puts the limit back that it found: with an outer limit, models
    # that run side by side all find, and put back, the same
    with limit_threads():
        yield from joblib.Parallel(n_jobs=-1, prefer="threads", return_as="generator")(
            joblib.delayed(predict)(model, X, n_classes) for model in models
        )


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
