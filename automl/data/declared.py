"""What a user declares about rows: which belong together, and which came first."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.data.cells import Cells, read_cells
from automl.data.reading import Reading, as_dates, as_levels, as_numbers, date_format, find_numbers
from automl.data.splits import Rows
from automl.data.tables import read_column
from automl.exceptions import InvalidInputError

__all__ = ["named_column", "read_groups", "read_order"]


def read_groups(table: pd.DataFrame, groups: Any) -> Rows:
    """Code the group of each row.

    Parameters
    ----------
    table : DataFrame
    groups : str or array-like
        Name of a column of the table, or one value per row.

    Returns
    -------
    ndarray of int64

    Raises
    ------
    InvalidInputError
        If there is no such column, lengths differ, or values are missing.

    Examples
    --------
    >>> read_groups(pd.DataFrame({"a": [1, 2, 3]}), ["u", "v", "u"]).tolist()
    [0, 1, 0]
    """
    if isinstance(groups, str):
        column = named_column(table, groups, "groups")
    else:
        column = read_column(groups, "groups")
    if len(column) != len(table):
        raise InvalidInputError(
            f"`groups` must give one value for each of the {len(table)} rows; got {len(column)}: "
            "pass it in the order of the rows of X."
        )
    codes, _ = as_levels(read_cells(column.rename("groups")))
    _check_complete(codes < 0, "groups")
    return codes


def read_order(table: pd.DataFrame, time_column: str) -> Rows:
    """Rank rows by time; rows of one moment have the same rank.

    Parameters
    ----------
    table : DataFrame
    time_column : str
        A column of dates, numbers, or texts that spell either.

    Returns
    -------
    ndarray of int64

    Raises
    ------
    InvalidInputError
        If there is no such column, or some of its values say no time.

    Examples
    --------
    >>> read_order(pd.DataFrame({"t": ["2024-02-01", "2023-12-31", "2024-02-01"]}), "t").tolist()
    [1, 0, 1]
    """
    reading = _times(read_cells(named_column(table, time_column, "time_column")))
    _check_complete(pd.isna(reading.values), "time_column", reading)
    return np.unique(reading.values, return_inverse=True)[1].astype(np.int64)


def _times(cells: Cells) -> Reading:
    if cells.form == "date":
        return Reading(cells.values)
    numbers = find_numbers(cells)[0] if cells.form == "text" else as_numbers(cells)
    if numbers is not None and numbers.n_unreadable == 0:
        return numbers
    return as_dates(cells, date_format(cells.levels))


def named_column(table: pd.DataFrame, name: str, argument: str) -> pd.Series[Any]:
    """Find the column that an argument of ``fit`` names.

    Raises
    ------
    InvalidInputError
        If there is none.
    """
    if name not in table.columns:
        raise InvalidInputError(
            f"`{argument}` must name a column of X, which has {', '.join(table.columns[:10])}; "
            f"got {name!r}: correct the name."
        )
    column: pd.Series[Any] = table[name]
    return column


def _check_complete(missing: Any, argument: str, reading: Reading | None = None) -> None:
    if missing.any():
        example = f", such as {reading.example!r}" if reading and reading.example else ""
        raise InvalidInputError(
            f"`{argument}` must have a value in every row; got none that can be read in "
            f"{int(missing.sum())} of {len(missing)}{example}: fill or drop these rows."
        )
