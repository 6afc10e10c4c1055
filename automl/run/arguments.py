"""What ``fit`` is told besides X and y, read and checked before anything is started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data import (
    Rows,
    Target,
    Targets,
    code_like,
    named_column,
    naming_the_target,
    read_groups,
    read_order,
    read_table,
    read_training_table,
    read_weights,
    take_out,
    varies,
)
from automl.exceptions import InvalidInputError
from automl.run.settings import Settings

if TYPE_CHECKING:
    from automl.run.record import Earlier

__all__ = ["Arguments", "Declared", "TestRows", "read_declared"]


@dataclass(frozen=True, eq=False)
class Arguments:
    """Arguments of ``fit`` besides X and y, and the seed, as they were given."""

    groups: Any = None
    sample_weight: Any = None
    X_test: Any = None
    y_test: Any = None
    resume: Any = None
    random_state: Any = None


@dataclass(frozen=True, eq=False)
class TestRows:
    """Rows to check on, as the user gave them.

    Parameters
    ----------
    table : DataFrame
    values : tuple of ndarray
        Coded values of each target, in the rows where it has one.
    rows : tuple of ndarray of int64
        Positions of these rows.
    """

    table: pd.DataFrame
    values: tuple[npt.NDArray[Any], ...]
    rows: tuple[Rows, ...]


@dataclass(frozen=True, eq=False)
class Declared:
    """The same, read.

    Parameters
    ----------
    settings : Settings
        With the column that only names groups left out of the features, and the seed of the run
        that is resumed.
    groups, order : ndarray of int64, optional
    weights : ndarray of float64, optional
    test : TestRows, optional
    earlier : Earlier, optional
        Run to go on with.
    """

    settings: Settings
    groups: Rows | None
    order: Rows | None
    weights: npt.NDArray[np.float64] | None
    test: TestRows | None
    earlier: Earlier | None

    def test_values(self, k: int = 0) -> npt.NDArray[Any] | None:
        """Coded values of a target in the test rows."""
        return None if self.test is None else self.test.values[k]


def read_declared(
    given: Arguments, settings: Settings, table: pd.DataFrame, y: Any, target: Target | Targets
) -> Declared:
    """Read what was given.

    Parameters
    ----------
    given : Arguments
    settings : Settings
    table : DataFrame
        Training rows without the target.
    y : str, list of str or array-like
        As ``fit`` was given it: a name also names the column of the test table.
    target : Target or Targets

    Raises
    ------
    InvalidInputError
        If something does not fit the table, or contradicts something else.
    """
    order = None
    if settings.time_column is not None:
        order = read_order(table, settings.time_column)
    elif _is_time_series_split(settings.cv):
        order = np.arange(len(table))
    groups = None
    if given.groups is not None:
        groups = read_groups(table, given.groups)
        if settings.time_column is not None:
            raise InvalidInputError(
                "`groups` and `time_column` must not both be given, whole groups are seldom later "
                "than others; got both: leave one out."
            )
        if isinstance(given.groups, str):
            settings = _without_feature(settings, given.groups)
    weights = None
    if isinstance(given.sample_weight, str):
        column = named_column(table, given.sample_weight, "sample_weight")
        weights = read_weights(column, len(table))
        settings = _without_feature(settings, given.sample_weight)
    elif given.sample_weight is not None:
        weights = read_weights(given.sample_weight, len(table))
    test = _read_test(given, settings, _names_in(y, target), target)
    earlier = None
    if given.resume is not None:
        if isinstance(target, Targets):
            raise InvalidInputError(
                f"`resume` must be None where y has several targets, each of which has a record of "
                f"its own; got {given.resume!r}: resume one of them alone with its y."
            )
        from automl.run.record import find_run

        earlier = find_run(given.resume)
        settings = replace(settings, random_state=earlier.seed(given.random_state))
    return Declared(settings, groups, order, weights, test, earlier)


def _without_feature(settings: Settings, column: str) -> Settings:
    """Leave a column that says something else out of the features."""
    return replace(settings, column_types={column: "ignore", **(settings.column_types or {})})


def _is_time_series_split(cv: Any) -> bool:
    if not hasattr(cv, "split"):
        return False
    from sklearn.model_selection import TimeSeriesSplit

    return isinstance(cv, TimeSeriesSplit)


def _names_in(y: Any, target: Target | Targets) -> list[str]:
    """Names of columns that `y` consists of; none where it holds values."""
    if isinstance(y, str):
        return [y]
    n_targets = len(target.each) if isinstance(target, Targets) else 1
    named = isinstance(y, list | tuple | pd.Index) and len(y) == n_targets
    return list(y) if named and all(isinstance(name, str) for name in y) else []


def _read_test(
    given: Arguments, settings: Settings, names: list[str], target: Target | Targets
) -> TestRows | None:
    if given.X_test is None:
        if given.y_test is not None:
            raise InvalidInputError(
                "`y_test` must come with `X_test`; got only y_test: pass both, or neither."
            )
        return None
    if settings.test_size not in ("auto", 0):
        raise InvalidInputError(
            f"`test_size` must be 'auto' where X_test is given, which is what the model is checked "
            f"on; got {settings.test_size!r}: leave one of them out."
        )
    if given.y_test is None and not names:
        raise InvalidInputError(
            "`y_test` must be given with `X_test` unless y names a column; got None: pass the "
            "target of the test rows."
        )
    try:
        if given.y_test is None:
            table, labels = take_out(read_table(given.X_test), names)
        else:
            table, labels = read_training_table(given.X_test, given.y_test)
    except InvalidInputError as error:
        raise InvalidInputError(f"`X_test` and `y_test` cannot be read: {error}") from error
    if len(table) == 0:
        raise InvalidInputError(
            "`X_test` must have at least one row; got none: leave it out for a check on rows of X."
        )
    if isinstance(target, Target):
        return TestRows(table, (code_like(target, labels),), (np.arange(len(table)),))
    return _test_of_each(table, labels, target)


def _test_of_each(
    table: pd.DataFrame, labels: pd.Series[Any] | pd.DataFrame, targets: Targets
) -> TestRows:
    """Several targets in the test rows; a cell without a value checks nothing."""
    columns = labels.to_frame() if isinstance(labels, pd.Series) else labels
    if columns.shape[1] != len(targets.each):
        raise InvalidInputError(
            f"`y_test` must have the {len(targets.each)} columns of y; got {columns.shape[1]}: "
            "pass one for each target, in the same order."
        )
    if set(columns.columns) == set(targets.names):
        columns = columns[list(targets.names)]
    values, rows = [], []
    for k, target in enumerate(targets.each):
        known = np.flatnonzero(columns.iloc[:, k].notna().to_numpy() & varies(target))
        with naming_the_target(target.name):
            values.append(code_like(target, columns.iloc[known, k]))
        rows.append(known)
    return TestRows(table, tuple(values), tuple(rows))
