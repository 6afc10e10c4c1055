"""The estimators `AutoMLClassifier` and `AutoMLRegressor`, and what `automl.fit` does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin, RegressorMixin

from automl.base import AutoMLBase, check_target_is_given, limit_of
from automl.data import TableEncoder, Target, Targets, read_targets, read_training_table
from automl.exceptions import InvalidInputError, shown
from automl.run.arguments import Arguments, read_declared
from automl.run.clock import BudgetClock
from automl.run.settings import Settings, check_settings

if TYPE_CHECKING:
    from automl.execution.local import ForkServer
    from automl.run.fit import RunResult
    from automl.several import SeveralResults

__all__ = ["AutoMLClassifier", "AutoMLRegressor", "check_parameters", "fit_table"]

Array = npt.NDArray[Any]

_FIT_ARGUMENTS = ("groups", "sample_weight", "X_test", "y_test", "resume")

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
    columns_ : Columns
        What each column of the table was taken for (`type`), its levels and a note; those that were
        left out, too. Used like a tuple of `Column`, and printed as a short table.
    warm_start_ : tuple of WarmStart
        Pipelines that came from earlier runs, and why.
    history_ : History
        Every evaluation.
    run_info_ : dict
        Facts about the run: seconds, trials and how they ended, use of the workers, members,
        `rows_seen`, and `rows_in_file` (None where the table came from no file).
    feature_names_in_, n_features_in_, target_names_, task_, task_reason_, metric_
    estimators_ : list of fitted estimators
        Only with several targets: one for each, with all of the above. Then `holdout_` is the mean
        over targets, with the check of each in ``holdout_.targets``; `history_` and `warm_start_`
        are lists, and ``run_info_["targets"]`` has the facts of each run.
"""


class AutoMLClassifier(ClassifierMixin, AutoMLBase):  # type: ignore[misc]  # noqa: D101
    __doc__ = f"""The best classifier for a table, inside a time limit.
{_SETTINGS}    classes_ : ndarray of shape (n_classes,), or a list of one for each target

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> settings = dict(time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model = AutoMLClassifier(**settings).fit(X, y)
    >>> model.predict_proba(X.head(2)).shape
    (2, 3)
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _task(self) -> str:
        return "classification"

    def _keep(
        self,
        encoder: TableEncoder,
        target: Target | Targets,
        result: RunResult | SeveralResults,
    ) -> None:
        super()._keep(encoder, target, result)
        self.classes_: Any = target.classes

    def predict_proba(self, X: Any) -> Array | list[Array]:
        """Class probabilities.

        Parameters
        ----------
        X : table of shape (n_rows, n_columns), or one row as a mapping or Series
            With the columns of the training table, by name (arrays: by position).

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or a list of one for each target
            Columns in the order of ``classes_``.
        """
        probabilities: Array | list[Array] = self._predict(X)
        return probabilities

    def predict(self, X: Any) -> Array:
        """Class of each row, as ndarray of shape (n_rows,), or (n_rows, n_targets).

        The most probable one, unless `metric` counts labels and out-of-fold predictions showed
        that it gains from another threshold.
        """
        probabilities = self.predict_proba(X)
        codes = self.model_.labels(probabilities)
        if isinstance(self.classes_, list):
            return _side_by_side(
                [classes[one] for classes, one in zip(self.classes_, codes, strict=True)]
            )
        return np.asarray(self.classes_[codes])

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy: the share of rows that are predicted right, all targets of them.

        Parameters
        ----------
        X : table of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
        sample_weight : array-like of shape (n_rows,), optional
        """
        if not isinstance(getattr(self, "classes_", None), list):
            return float(super().score(X, y, sample_weight))
        right = np.all(self.predict(X) == np.asarray(y), axis=1)
        return float(np.average(right, weights=sample_weight))


class AutoMLRegressor(RegressorMixin, AutoMLBase):  # type: ignore[misc]  # noqa: D101
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
        """Value of each row, as ndarray of shape (n_rows,), or (n_rows, n_targets)."""
        return np.asarray(self._predict(X))


def _side_by_side(labels: list[Array]) -> Array:
    """One column a target; labels keep their types where numpy would turn numbers into text."""
    numbers = {one.dtype.kind in "biuf" for one in labels}
    return np.column_stack([one.astype(object) for one in labels] if len(numbers) > 1 else labels)


def fit_table(
    X: Any,
    y: Any,
    task: str,
    settings: dict[str, Any],
    started: float,
    fork_server: ForkServer | None = None,
) -> AutoMLClassifier | AutoMLRegressor:
    """Carry out `automl.fit`; `started` is the clock's reading when that was entered."""
    clock = BudgetClock(limit_of(settings.get("time_limit", 60.0)), started)
    of_fit = {name: settings.pop(name) for name in _FIT_ARGUMENTS if name in settings}
    checked = check_parameters(settings)
    check_target_is_given(X, y)
    table, labels = read_training_table(X, y)
    target = read_targets(labels, task)
    given = Arguments(**of_fit, random_state=settings.get("random_state"))
    declared = read_declared(given, checked, table, y, target)
    kind = AutoMLRegressor if target.classes is None else AutoMLClassifier
    return kind(**settings)._fit(table, target, declared, clock, fork_server)


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
                f"got {shown(settings[name])}: remove it or correct its name."
            )
    return check_settings({**known, **settings})
