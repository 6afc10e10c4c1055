"""The best model for a table, inside the time you have.

Examples
--------
>>> import automl
>>> from sklearn.datasets import load_iris
>>> X, y = load_iris(return_X_y=True, as_frame=True)
>>> model = automl.fit(X, y, time_limit=None, max_trials=3, n_jobs=1, random_state=0)
>>> model.predict(X.head(2)).tolist()
[0, 0]
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

from automl.exceptions import UnsupportedSettingError
from automl.version import VERSION

if TYPE_CHECKING:
    from automl.estimators import AutoMLClassifier, AutoMLRegressor
    from automl.persistence import load

__version__ = VERSION

__all__ = ["AutoMLClassifier", "AutoMLRegressor", "__version__", "fit", "load", "optimize"]

_HOMES = {
    "AutoMLClassifier": "automl.estimators",
    "AutoMLRegressor": "automl.estimators",
    "load": "automl.persistence",
}


def fit(X: Any, y: Any, task: str = "auto", **settings: Any) -> AutoMLClassifier | AutoMLRegressor:
    """Find the best model for a table; the task is recognised from the target.

    Parameters
    ----------
    X : pandas or polars data frame, ndarray of shape (n_rows, n_columns), or path
    y : array-like of shape (n_rows,), or str
        The target, or the name of its column in `X`.
    task : {"auto", "binary", "multiclass", "classification", "regression"}
    **settings
        Of `AutoMLClassifier` and `AutoMLRegressor`, and of their ``fit``.

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor
        Fitted.

    Raises
    ------
    InvalidInputError
        If a setting, the table or the target is not of the allowed form.
    UnsupportedSettingError
        If a setting is given that a later version carries out.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> model = fit(X, y, time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model.task_
    'multiclass'
    """
    started = time.monotonic()  # loading scikit-learn counts too
    from automl.estimators import fit_table

    return fit_table(X, y, task, settings, started)


def optimize(*_: Any, **__: Any) -> None:
    """Optimise any function of a space; a later version carries it out.

    Raises
    ------
    UnsupportedSettingError
        Always, in this version.
    """
    raise UnsupportedSettingError(
        "`automl.optimize` is part of the interface and not carried out by this version: use "
        "`automl.search.make_optimizer` with ask and tell."
    )


def __getattr__(name: str) -> Any:
    """Load the estimators when they are used, so that the import stays fast."""
    if name == "openml":
        return import_module("automl.openml")
    if name not in _HOMES:
        raise AttributeError(f"module 'automl' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
