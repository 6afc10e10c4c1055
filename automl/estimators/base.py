"""What the two estimators share: from a raw table to a kept model, and the methods of a model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from automl.data import (
    Target,
    Targets,
    read_targets,
    read_training_table,
    rows_in_file,
    with_one_row_as_table,
)
from automl.estimators.validation import check_settings
from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.run.arguments import Arguments, Declared, read_declared
from automl.run.clock import BudgetClock

if TYPE_CHECKING:
    import pandas as pd

    from automl.estimators.fitted import Fitted
    from automl.execution.local import ForkServer

__all__ = ["AutoMLBase", "check_target_is_given", "each_target", "limit_of"]

Array = npt.NDArray[Any]


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
        y: Any = None,
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
            The raw table; CSV, Excel, JSON lines, parquet and other files are read.
        y : array-like of shape (n_rows,) or (n_rows, n_targets), str, or list of str
            The target, or the name of its column in `X`; or several targets, all classes or all
            numbers. Where a cell of several targets is missing, its row does not train this target.
        groups : str or array-like of shape (n_rows,), optional
            What belongs together (a patient, a device): the held-out part and the folds never tear
            it apart. The name of a column of `X` takes that column out of the features.
        sample_weight : str or array-like of shape (n_rows,), optional
            How much a row counts in training; the name of a column of `X` takes that column out of
            the features. Scores are those of rows that count the same.
        X_test, y_test : table and array-like, optional
            Rows to check the model on, in place of rows of `X`; no model is ever fitted on them.
            Where `y` names columns, `X_test` may hold them.
        resume : str or Path, optional
            For one target.
            Folder or record of a run of the same table and settings that was cut off, or is to
            have more trials (``run_info_["history_path"]``), or "latest" for the last one in
            ``AUTOML_HOME``: its trials count as made. With
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
        check_target_is_given(X, y)
        table, labels = read_training_table(X, y)
        target = read_targets(labels, self._task())
        given = Arguments(groups, sample_weight, X_test, y_test, resume, self.random_state)
        return self._fit(table, target, read_declared(given, settings, table, y, target), clock)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        tags.target_tags.multi_output = True
        tags.non_deterministic = self.time_limit is not None or self.n_jobs != 1
        return tags

    def _task(self) -> str:
        raise UnsupportedSettingError(
            "`fit` is called on AutoMLClassifier, AutoMLRegressor or `automl.fit`, not on their "
            "base class: choose one of these."
        )

    def _fit(
        self,
        table: pd.DataFrame,
        target: Target | Targets,
        declared: Declared,
        clock: BudgetClock,
        fork_server: ForkServer | None = None,
    ) -> Self:
        """Fit on a table and a target that have been read."""
        from automl.estimators.fitting import fit_on  # loads what only a fit needs

        self._keep(fit_on(table, target, declared, clock, fork_server))
        self.run_info_.update(
            seconds=clock.elapsed(), rows_seen=len(table), rows_in_file=rows_in_file(table)
        )
        return self

    def _keep(self, fitted: Fitted) -> None:
        self.encoder_ = fitted.encoder
        self.columns_ = fitted.encoder.columns
        self.feature_names_in_ = np.asarray(fitted.encoder.names, dtype=object)
        self.n_features_in_ = len(fitted.encoder.names)
        self.target_names_ = fitted.names
        self.task_ = fitted.task
        self.task_reason_ = fitted.reason
        self.metric_ = fitted.metric
        self.model_: Any = fitted.model
        self.holdout_ = fitted.holdout
        self.refitted_ = fitted.refitted
        self.history_: Any = fitted.history
        self.warm_start_ = fitted.warm_start
        self.run_info_ = fitted.info
        self.__dict__.pop("estimators_", None)  # of an earlier fit on several targets
        if fitted.each:
            self.estimators_ = [self._of_one(one) for one in fitted.each]

    def _of_one(self, fitted: Fitted) -> Self:
        """Estimator of one of several targets, with the same settings."""
        single = type(self)(**self.get_params(deep=False))
        single._keep(fitted)
        return single

    def _predict(self, X: Any) -> Any:
        check_is_fitted(self, "model_")
        table = with_one_row_as_table(X, self.encoder_.names)
        return self.model_.predict(self.encoder_.transform(table))

    def leaderboard(self) -> pd.DataFrame:
        """One row per configuration at its highest fidelity, failures included.

        Returns
        -------
        pandas.DataFrame
            Sorted by rung, those on all rows first, and then by score; failures last. Columns:
            learner, rung, fidelity (the share of the training rows), val_score (in the metric that
            the corner of the table names), ensemble_weight, seconds, memory, origin of the
            proposal, status, message and config. The best score of many flatters; ``holdout_`` is
            the one to report.
        """
        from automl.report import leaderboard_of_each

        check_is_fitted(self, "model_")
        return leaderboard_of_each(
            {one.target_names_[0]: one._board() for one in each_target(self)}
        )

    def _board(self) -> pd.DataFrame:
        from automl.report import leaderboard

        weights = {member.config.key: member.weight for member in self.model_.members}
        return leaderboard(self.history_, weights, self.metric_)

    def save(self, path: str | Path, format: str = "joblib") -> Path:  # noqa: A002
        """Write the model to one file; `automl.load` reads it.

        Parameters
        ----------
        path : str or Path
        format : {"joblib", "skops"}
            "joblib" is fast, and a pickle inside: the file is signed, and without this signature
            of your own ``AUTOML_HOME`` it loads with ``trusted=True`` only. "skops", for models
            that are handed on, holds data of known types, cannot run code and needs no trust; of
            the settings it keeps those that are plain values. It needs ``pip install
            'automl[safe]'``.

        Returns
        -------
        Path

        Raises
        ------
        ModelFileError
            If the file cannot be written, or the model holds what "skops" cannot hold.
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
        return save(self, path, facts, format)

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


def each_target(model: AutoMLBase) -> list[AutoMLBase]:
    """Fitted estimators with one target each: those of several, or the only one.

    Parameters
    ----------
    model : AutoMLClassifier or AutoMLRegressor
        Fitted.
    """
    return list(getattr(model, "estimators_", [model]))


def check_target_is_given(X: Any, y: Any) -> None:
    """Say how a target is named, before anything is read.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    if y is None:
        columns = [str(name) for name in getattr(X, "columns", ())]
        named = repr(columns[-1]) if columns else "'label'"
        more = f"its last columns are {', '.join(map(repr, columns[-5:]))}: " if columns else ""
        raise InvalidInputError(
            "automl requires y to be passed, but the target y is None; name the column of the "
            f"table that is to be predicted, as in fit(table, {named}), or pass one value per row; "
            f"{more}choose one."
        )


def limit_of(value: Any) -> float | None:
    """Seconds for the clock; what is no limit is refused later, with the other settings."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _later(name: str, instead: str) -> UnsupportedSettingError:
    return UnsupportedSettingError(
        f"`{name}` is part of the interface and not carried out by this version: use {instead}."
    )
