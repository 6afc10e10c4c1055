"""What the two estimators share: from a raw table to a kept model, and the methods of a model."""

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
from sklearn.base import BaseEstimator
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
from automl.exceptions import DataWarning, UnsupportedSettingError
from automl.run.arguments import Arguments, Declared, read_declared
from automl.run.clock import BudgetClock
from automl.run.settings import check_settings

if TYPE_CHECKING:
    import pandas as pd

    from automl.run.fit import RunResult

__all__ = ["AutoMLBase", "limit_of"]

Array = npt.NDArray[Any]

_PRELOAD = ("automl.evaluation.evaluate", "lightgbm", "sklearn.ensemble", "sklearn.pipeline")


class AutoMLBase(BaseEstimator):  # type: ignore[misc]
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
        clock = BudgetClock(limit_of(self.time_limit))
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
            The best score of many flatters; ``holdout_`` is the one to report.
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


def limit_of(value: Any) -> float | None:
    """Seconds for the clock; what is no limit is refused later, with the other settings."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


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
