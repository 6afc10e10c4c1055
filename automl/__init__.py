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
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from automl.version import VERSION

if TYPE_CHECKING:
    from automl.estimators import AutoMLClassifier, AutoMLRegressor
    from automl.history import History, TrialResult
    from automl.optimization import OptimizeResult
    from automl.persistence import load
    from automl.search import TaskHistory
    from automl.space import Space

__version__ = VERSION

__all__ = ["AutoMLClassifier", "AutoMLRegressor", "__version__", "fit", "load", "optimize"]

_HOMES = {
    "AutoMLClassifier": "automl.estimators",
    "AutoMLRegressor": "automl.estimators",
    "load": "automl.persistence",
}


def fit(
    X: Any, y: Any = None, task: str = "auto", **settings: Any
) -> AutoMLClassifier | AutoMLRegressor:
    """Find the best model for a table; the task is recognised from the target.

    Parameters
    ----------
    X : pandas or polars data frame, ndarray of shape (n_rows, n_columns), or path
    y : array-like of shape (n_rows,) or (n_rows, n_targets), str, or list of str
        The target, or the name of its column in `X`; or several targets, all classes or all
        numbers.
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
    from automl.run.workers import early_fork_server

    with early_fork_server() as fork_server:
        from automl.estimators import fit_table

        return fit_table(X, y, task, settings, started, fork_server)


def optimize(
    function: Callable[..., float],
    space: Space | Mapping[str, Any],
    optimizer: str = "bohb",
    *,
    max_trials: int | None = None,
    time_limit: float | None = None,
    n_jobs: int = 1,
    fidelities: Sequence[float] | None = None,
    random_state: int | None = None,
    initial: Sequence[Mapping[str, Any]] = (),
    direction: str = "minimize",
    priors: Sequence[TaskHistory] = (),
    root: str | None = None,
    history: History | None = None,
    callbacks: Sequence[Callable[[TrialResult], None]] = (),
) -> OptimizeResult:
    """Find good arguments of any Python function.

    Parameters
    ----------
    function : callable
        Called with one dict of parameters; with `fidelities` also with ``fidelity=``. What it
        raises, and what is no finite number, becomes a failed trial.
    space : automl.space.Space or mapping
        What to search; a mapping goes from names to parameters, ``(low, high)``,
        ``(low, high, "log")`` or a list of choices.
    optimizer : str, default="bohb"
        Name of a strategy: see docs/strategies.md.
    max_trials : int, optional
        Number of calls, those of `history` included.
    time_limit : float, optional
        Seconds after which nothing is begun any more; calls that are under way are cut off where
        they run in workers (`n_jobs` above 1).
    n_jobs : int, default=1
        1 calls the function here; more start worker processes, to which it travels by cloudpickle.
    fidelities : sequence of float, optional
        Shares of the full cost at which the function can be evaluated, ascending to 1, such as
        ``(1/9, 1/3, 1)``; None: full evaluations only.
    random_state : int, optional
        With it and `n_jobs` 1 the same search is made again.
    initial : sequence of mapping
        Configurations to begin with; parameters that are left out have their default.
    direction : {"minimize", "maximize"}
    priors : sequence of automl.search.TaskHistory
        What was found on earlier tasks in the same space.
    root : str, optional
        Categorical parameter whose choices are alternatives, each with parameters for itself, such
        as the kind of a model; where they share most parameters, leave it out.
    history : History, optional
        Of an earlier search in the same space, to go on with.
    callbacks : sequence of callable
        Called with each `automl.history.TrialResult`.

    Returns
    -------
    OptimizeResult
        Frozen: `config`, `value`, `fidelity`, `history`, `leaderboard`.

    Raises
    ------
    InvalidInputError
        If a setting is not of the allowed form.
    NothingFoundError
        If no call returned a number.

    Examples
    --------
    >>> found = optimize(lambda p: (p["x"] - 1) ** 2, {"x": (-5.0, 5.0)}, "tpe",
    ...                  max_trials=60, random_state=0)
    >>> abs(found.config["x"] - 1) < 0.2
    True
    """
    from automl.optimization import optimize_function

    return optimize_function(
        function,
        space,
        optimizer,
        max_trials=max_trials,
        time_limit=time_limit,
        n_jobs=n_jobs,
        fidelities=fidelities,
        random_state=random_state,
        initial=initial,
        direction=direction,
        priors=priors,
        root=root,
        history=history,
        callbacks=callbacks,
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
