"""What ``fit`` is told besides X and y, read and checked before anything is started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data import (
    Dataset,
    Rows,
    TableEncoder,
    Target,
    code_like,
    read_groups,
    read_order,
    read_training_table,
    read_weights,
)
from automl.exceptions import InvalidInputError
from automl.run.scheme import Scheme
from automl.run.settings import Settings

if TYPE_CHECKING:
    from automl.run.record import Earlier

__all__ = ["Arguments", "Declared", "read_declared"]


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
class Declared:
    """The same, read.

    Parameters
    ----------
    settings : Settings
        With the column that only names groups left out of the features, and the seed of the run
        that is resumed.
    groups, order : ndarray of int64, optional
    weights : ndarray of float64, optional
    test : tuple of (DataFrame, ndarray), optional
        Rows to check on, and their target.
    earlier : Earlier, optional
        Run to go on with.
    """

    settings: Settings
    groups: Rows | None
    order: Rows | None
    weights: npt.NDArray[np.float64] | None
    test: tuple[pd.DataFrame, npt.NDArray[Any]] | None
    earlier: Earlier | None

    def scheme(self, encoder: TableEncoder, training: Dataset) -> Scheme:
        """How rows are to be divided, once the columns are known."""
        test = None
        if self.test is not None:
            table, values = self.test
            test = replace(training, X=encoder.transform(table), y=values, weights=None)
        return Scheme(self.settings.cv, self.groups, self.order, test)


def read_declared(
    given: Arguments, settings: Settings, table: pd.DataFrame, y: Any, target: Target
) -> Declared:
    """Read what was given.

    Parameters
    ----------
    given : Arguments
    settings : Settings
    table : DataFrame
        Training rows without the target.
    y : str or array-like
        As ``fit`` was given it: a name also names the column of the test table.
    target : Target

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
            kinds = {given.groups: "ignore", **(settings.column_types or {})}
            settings = replace(settings, column_types=kinds)
    weights = None
    if given.sample_weight is not None:
        weights = read_weights(given.sample_weight, len(table))
    test = _read_test(given, settings, y, target)
    earlier = None
    if given.resume is not None:
        from automl.run.record import find_run

        earlier = find_run(given.resume)
        settings = replace(settings, random_state=earlier.seed(given.random_state))
    return Declared(settings, groups, order, weights, test, earlier)


def _is_time_series_split(cv: Any) -> bool:
    if not hasattr(cv, "split"):
        return False
    from sklearn.model_selection import TimeSeriesSplit

    return isinstance(cv, TimeSeriesSplit)


def _read_test(
    given: Arguments, settings: Settings, y: Any, target: Target
) -> tuple[pd.DataFrame, npt.NDArray[Any]] | None:
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
    named = y if given.y_test is None else given.y_test
    if given.y_test is None and not isinstance(y, str):
        raise InvalidInputError(
            "`y_test` must be given with `X_test` unless y names a column; got None: pass the "
            "target of the test rows."
        )
    try:
        table, values = read_training_table(given.X_test, named)
    except InvalidInputError as error:
        raise InvalidInputError(f"`X_test` and `y_test` cannot be read: {error}") from error
    if len(table) == 0:
        raise InvalidInputError(
            "`X_test` must have at least one row; got none: leave it out for a check on rows of X."
        )
    return table, code_like(target, values)
