"""The estimators `AutoMLClassifier` and `AutoMLRegressor`, and what `automl.fit` does."""

from __future__ import annotations

import importlib
import tempfile
import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from automl.data import (
    Dataset,
    TableEncoder,
    Target,
    rare_classes,
    read_target,
    read_training_table,
)
from automl.data.directions import check_directions
from automl.exceptions import DataWarning, InvalidInputError, UnsupportedSettingError
from automl.run.arguments import Arguments, Declared, read_declared
from automl.run.clock import BudgetClock
from automl.run.settings import Settings, check_settings

if TYPE_CHECKING:
    import pandas as pd

    from automl.run.fit import RunResult

__all__ = ["AutoMLClassifier", "AutoMLRegressor", "check_parameters", "fit_table"]

Array = npt.NDArray[Any]

_PRELOAD = ("automl.evaluation.evaluate", "lightgbm", "sklearn.ensemble", "sklearn.pipeline")


class _AutoML(BaseEstimator):  # type: ignore[misc]
    """What classifier and regressor share; the settings are described with them."""

    def __init__(
        self,
        *,
        time_limit: float | None = 60.0,
        max_trials: int | None = None,
        metric: Any = "auto",
        metrics: Sequence[Any] | None = None,
        n_jobs: int | None = None,
        memory_limit: float | None = None,
        test_size: float | int | str = "auto",
        cv: Any = None,
        time_column: str | None = None,
        column_types: Mapping[str, str] | None = None,
        monotonic_constraints: Mapping[str, int] | None = None,
        refit: bool | str = "auto",
        optimizer: str = "bohb",
        objectives: Sequence[str] | None = None,
        constraints: Mapping[str, float] | None = None,
        knowledge_base: str | Path | None = "auto",
        write_back: bool = True,
        executor: Any = None,
        random_state: Any = None,
        verbose: int = 1,
        callbacks: Sequence[Callable[..., None]] | None = None,
    ):
        self.time_limit = time_limit
        self.max_trials = max_trials
        self.metric = metric
        self.metrics = metrics
        self.n_jobs = n_jobs
        self.memory_limit = memory_limit
        self.test_size = test_size
        self.cv = cv
        self.time_column = time_column
        self.column_types = column_types
        self.monotonic_constraints = monotonic_constraints
        self.refit = refit
        self.optimizer = optimizer
        self.objectives = objectives
        self.constraints = constraints
        self.knowledge_base = knowledge_base
        self.write_back = write_back
        self.executor = executor
        self.random_state = random_state
        self.verbose = verbose
        self.callbacks = callbacks

    def fit(
        self,
        X: Any,
        y: Any,
        *,
        groups: Any = None,
        sample_weight: Any = None,
        X_test: Any = None,
        y_test: Any = None,
        resume: Any = None,
    ) -> Self:
        """Find, check and keep the best ensemble for a table within the limit.

        Parameters
        ----------
        X : pandas or polars data frame, ndarray of shape (n_rows, n_columns), or path
            The raw table; CSV and parquet files are read.
        y : array-like of shape (n_rows,), or str
            The target, or the name of its column in `X`.
        groups : str or array-like of shape (n_rows,), optional
            What belongs together (a patient, a device): the held-out part and the folds never tear
            it apart. The name of a column of `X` takes that column out of the features.
        sample_weight : array-like of shape (n_rows,), optional
            How much a row counts in training. Scores are those of rows that count the same.
        X_test, y_test : table and array-like, optional
            Rows to check the model on, in place of rows of `X`; no model is ever fitted on them.
            Where `y` names a column, `X_test` may hold it.
        resume : str or Path, optional
            Folder or record of a run of the same table and settings that was cut off, or is to
            have more trials (``run_info_["history_path"]``): its trials count as made. With
            `max_trials` and ``n_jobs=1`` the model is the one of a run without interruption.

        Returns
        -------
        self

        Raises
        ------
        InvalidInputError
            If a setting, the table or the target is not of the allowed form.
        UnsupportedSettingError
            If a setting is given that a later version carries out.
        NothingFoundError
            If the run was interrupted before anything was found.
        """
        clock = BudgetClock(self.time_limit if _is_limit(self.time_limit) else None)
        settings = check_settings(self.get_params(deep=False))
        table, labels = read_training_table(X, y)
        target = read_target(labels, self._task())
        given = Arguments(groups, sample_weight, X_test, y_test, resume, self.random_state)
        return self._fit(table, target, read_declared(given, settings, table, y, target), clock)

    def _task(self) -> str:
        raise UnsupportedSettingError(
            "`fit` is called on AutoMLClassifier, AutoMLRegressor or `automl.fit`, not on their "
            "base class: choose one of these."
        )

    def _fit(self, table: Any, target: Target, declared: Declared, clock: BudgetClock) -> Self:
        """Fit on a table and a target that have been read."""
        from automl.evaluation.executor import LocalExecutor, available_cores, memory_share_mb
        from automl.evaluation.metrics import check_domain, resolve_metric
        from automl.report import Progress
        from automl.run.fit import Watchers, run_fit

        settings = declared.settings
        metric = resolve_metric(settings.metric, target.task, target.classes)
        others = [resolve_metric(one, target.task, target.classes) for one in settings.metrics]
        for one in (metric, *others):
            check_domain(one, target.values)
            if declared.test is not None:
                check_domain(one, declared.test[1])
        settings = replace(settings, metric=metric, metrics=tuple(others))
        _warn_of_rare_classes(target)
        n_jobs = available_cores() if settings.n_jobs is None else settings.n_jobs
        limit = settings.memory_limit
        memory_mb = memory_share_mb(n_jobs) if limit is None else limit
        with (
            tempfile.TemporaryDirectory(prefix="automl-") as scratch,
            LocalExecutor(n_jobs, memory_mb, Path(scratch), _PRELOAD) as executor,
            Progress(
                settings.time_limit, settings.max_trials, metric, clock.elapsed(), settings.verbose
            ) as progress,
        ):
            progress.phase("reading the table")
            directions = settings.monotonic_constraints
            check_directions(directions, target.task)
            encoder = TableEncoder().fit(table, settings.column_types, directions)
            dataset = Dataset.of(
                encoder.transform(table), target, encoder.features, declared.weights
            )
            # Reading fitted pipelines needs these; they load while the workers already search.
            threading.Thread(target=_import_all, args=(_PRELOAD,), daemon=True).start()
            scheme = declared.scheme(encoder, dataset)
            watchers = Watchers((progress.started,), (progress.finished,), (progress.phase,))
            result = run_fit(
                dataset,
                scheme,
                declared.earlier,
                settings,
                clock,
                executor,
                Path(scratch),
                watchers,
            )
        self._keep(encoder, target, result)
        result.info["seconds"] = clock.elapsed()
        return self

    def _keep(self, encoder: TableEncoder, target: Target, result: RunResult) -> None:
        self.encoder_ = encoder
        self.columns_ = encoder.columns
        self.feature_names_in_ = np.asarray(encoder.names, dtype=object)
        self.n_features_in_ = len(encoder.names)
        self.task_ = target.task
        self.task_reason_ = target.reason
        self.metric_ = result.metric.name
        self.model_ = result.model
        self.holdout_ = result.holdout
        self.refitted_ = result.refitted
        self.history_ = result.history
        self.warm_start_ = result.warm_start
        self.run_info_ = result.info

    def _predict(self, X: Any) -> Array:
        check_is_fitted(self, "model_")
        return self.model_.predict(self.encoder_.transform(X))

    def leaderboard(self) -> pd.DataFrame:
        """One row per configuration at its highest fidelity, failures included.

        Returns
        -------
        pandas.DataFrame
            Score, fidelity, ensemble weight, seconds, memory, origin of the proposal and status.
        """
        from automl.report import leaderboard

        check_is_fitted(self, "model_")
        weights = {member.config.key: member.weight for member in self.model_.members}
        return leaderboard(self.history_, weights, self.metric_)

    def save(self, path: str | Path) -> Path:
        """Write the model to one file; `automl.load` reads it.

        Parameters
        ----------
        path : str or Path

        Returns
        -------
        Path
        """
        from automl.persistence import save

        check_is_fitted(self, "model_")
        holdout = None if self.holdout_ is None else str(self.holdout_)
        facts = {
            "task": self.task_,
            "metric": self.metric_,
            "holdout": holdout,
            "columns": list(self.feature_names_in_),
        }
        return save(self, path, facts)

    def report(self, *_: Any, **__: Any) -> None:
        """Write a report; a later version carries it out."""
        raise _later("report", "leaderboard()")

    def explain(self, *_: Any, **__: Any) -> None:
        """Explain predictions; a later version carries it out."""
        raise _later("explain", "sklearn.inspection.permutation_importance")

    def pareto(self, *_: Any, **__: Any) -> None:
        """Show the trade-off of several objectives; a later version carries it out."""
        raise _later("pareto", "leaderboard()")

    def __getstate__(self) -> dict[str, Any]:
        """State without what only lives in this process."""
        state: dict[str, Any] = dict(super().__getstate__())
        if "model_" in state:
            state["callbacks"] = None
            if not isinstance(self.metric, str):
                state["metric"] = self.metric_
            if self.metrics is not None:
                state["metrics"] = [one for one in self.metrics if isinstance(one, str)]
        return state


_SETTINGS = """
    Parameters
    ----------
    time_limit : float, default=60.0
        Seconds from entering ``fit`` to its return; None together with `max_trials`.
    max_trials : int, optional
        Number of evaluations. With ``time_limit=None, n_jobs=1`` no decision reads the clock, and
        the same `random_state` gives the same model.
    metric : str or callable, default="auto"
        What is optimised: ROC AUC for two classes, log loss for more, RMSE for regression, the
        name of another metric, a scikit-learn scorer, or a function of (y_true, y_pred).
    metrics : list of str or callable, optional
        Further metrics that are reported on the held-out rows.
    n_jobs : int, optional
        Worker processes with one thread each; None: all cores given to this process.
    memory_limit : float, optional
        Megabytes of private memory at which one worker is ended; None: nine tenths of what is
        available, shared by the workers.
    test_size : float, int or "auto"
        Held-out share or rows; "auto": 20 %, at most 2,500 rows; 0: no check.
    cv : int, splitter or list of (train, validation), optional
        Folds of the search: their number, a splitter of scikit-learn, or positions of rows. None:
        five, stratified.
    time_column : str, optional
        Column of dates or numbers by which rows are ordered: the latest are held out, and folds
        train on the past of what they validate.
    objectives, constraints, executor
        Part of the interface; a later version carries them out.
    column_types : mapping, optional
        Column name to "numeric", "categorical", "boolean", "datetime", "text" or "ignore", over
        what is guessed.
    monotonic_constraints : mapping, optional
        Column of numbers to 1 (predictions must not fall as it grows), -1 (must not rise) or 0.
    refit : bool or "auto"
        Fit the members again on all rows; "auto": where that takes at most a quarter of the limit.
    optimizer : str, default="bohb"
        Search strategy, one of `automl.search.STRATEGIES`.
    knowledge_base : "auto", path or None
        Where earlier runs are read and this one is written; None: neither ("cold").
    write_back : bool, default=True
        Whether this run is added to the own knowledge base.
    random_state : int, numpy random generator or None
    verbose : int, default=1
        0: no progress bar; without a terminal there is none in any case.
    callbacks : list of callable, optional
        Each is called with every `automl.history.TrialResult`.

    Attributes
    ----------
    holdout_ : Holdout or None
        Score on rows that nothing had seen, with its 95 % interval; it belongs to the model that
        was checked, before the refit.
    refitted_ : bool
        Whether all members were fitted again on all rows after the check.
    columns_ : tuple of Column
        What was found in the table, columns that were left out included.
    warm_start_ : tuple of WarmStart
        Pipelines that came from earlier runs, and why.
    history_ : History
        Every evaluation.
    run_info_ : dict
        Facts about the run: seconds, trials, utilization of the workers, members.
    feature_names_in_, n_features_in_, task_, task_reason_, metric_
"""


class AutoMLClassifier(ClassifierMixin, _AutoML):  # type: ignore[misc]  # noqa: D101
    __doc__ = f"""The best classifier for a table, inside a time limit.
{_SETTINGS}    classes_ : ndarray of shape (n_classes,)

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> settings = dict(time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model = AutoMLClassifier(**settings).fit(X, y)
    >>> model.predict_proba(X.head(2)).shape
    (2, 3)
    """

    def _task(self) -> str:
        return "classification"

    def _keep(self, encoder: TableEncoder, target: Target, result: RunResult) -> None:
        super()._keep(encoder, target, result)
        self.classes_ = np.asarray(target.classes)

    def predict_proba(self, X: Any) -> Array:
        """Class probabilities.

        Parameters
        ----------
        X : table of shape (n_rows, n_columns)
            With the columns of the training table, by name (arrays: by position).

        Returns
        -------
        ndarray of shape (n_rows, n_classes)
            Columns in the order of ``classes_``.
        """
        return self._predict(X)

    def predict(self, X: Any) -> Array:
        """Class of each row, as ndarray of shape (n_rows,).

        The most probable one, unless `metric` counts labels and out-of-fold predictions showed
        that it gains from another threshold.
        """
        return np.asarray(self.classes_[self.model_.labels(self.predict_proba(X))])


class AutoMLRegressor(RegressorMixin, _AutoML):  # type: ignore[misc]  # noqa: D101
    __doc__ = f"""The best regressor for a table, inside a time limit.
{_SETTINGS}
    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> settings = dict(time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model = AutoMLRegressor(**settings).fit(X, y)
    >>> model.predict(X.head(2)).shape
    (2,)
    """

    def _task(self) -> str:
        return "regression"

    def predict(self, X: Any) -> Array:
        """Value of each row, as ndarray of shape (n_rows,)."""
        return self._predict(X)


def fit_table(
    X: Any, y: Any, task: str, settings: dict[str, Any], started: float
) -> AutoMLClassifier | AutoMLRegressor:
    """Carry out `automl.fit`; `started` is the clock's reading when that was entered."""
    clock = BudgetClock(_limit_of(settings), started)
    of_fit = {name: settings.pop(name) for name in _FIT_ARGUMENTS if name in settings}
    checked = check_parameters(settings)
    table, labels = read_training_table(X, y)
    target = read_target(labels, task)
    given = Arguments(**of_fit, random_state=settings.get("random_state"))
    declared = read_declared(given, checked, table, y, target)
    kind = AutoMLRegressor if target.task == "regression" else AutoMLClassifier
    return kind(**settings)._fit(table, target, declared, clock)


def check_parameters(settings: Mapping[str, Any]) -> Settings:
    """Check names and values of settings, before there is a table.

    Raises
    ------
    InvalidInputError
        If there is no such setting, or its value is not allowed.
    UnsupportedSettingError
        If a setting is given that a later version carries out.
    """
    known = AutoMLClassifier().get_params(deep=False)
    for name in settings:
        if name not in known:
            raise InvalidInputError(
                f"`{name}` is not a setting, allowed are {', '.join([*known, *_FIT_ARGUMENTS])}; "
                f"got {settings[name]!r}: remove it or correct its name."
            )
    return check_settings({**known, **settings})


_FIT_ARGUMENTS = ("groups", "sample_weight", "X_test", "y_test", "resume")


def _limit_of(settings: Mapping[str, Any]) -> float | None:
    limit = settings.get("time_limit", 60.0)
    return limit if _is_limit(limit) else None


def _is_limit(value: Any) -> bool:
    """Whether the clock can start; what is no limit is refused with the other settings."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)


def _later(name: str, instead: str) -> UnsupportedSettingError:
    return UnsupportedSettingError(
        f"`{name}` is part of the interface and not carried out by this version: use {instead}."
    )


def _warn_of_rare_classes(target: Target) -> None:
    rare = rare_classes(target)
    if rare:
        shown = ", ".join(repr(label) for label in rare[:5])
        warnings.warn(
            f"{len(rare)} classes of `y` have a single row ({shown}): these rows train and are not "
            "scored.",
            DataWarning,
            stacklevel=4,
        )
