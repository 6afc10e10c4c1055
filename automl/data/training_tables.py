"""Read a training table and its target, or targets, which it may hold by name."""

from __future__ import annotations

import difflib
import math
from collections.abc import Sequence
from os import PathLike
from typing import Any

import pandas as pd

from automl.data.files import TableFile, open_file, read_sample
from automl.data.tables import (
    enumerated,
    from_library,
    is_row,
    read_column,
    read_table,
    with_names,
)
from automl.exceptions import InvalidInputError, warn_user

__all__ = ["check_same_length", "check_targets", "read_training_table", "take_out"]


def read_training_table(
    source: Any, target: Any, memory_mb: float | None = None
) -> tuple[pd.DataFrame, pd.Series[Any] | pd.DataFrame]:
    """Read a table and its target or targets.

    Parameters
    ----------
    source : table
        Whatever `read_table` reads.
    target : str, list of str or array-like
        Name of a column of the table, or names of several, which are taken out of it; or one value
        per row; or a table with one column a target. A list of texts holds names where all are
        different, one at least is a column, and there are fewer than rows.
    memory_mb : float, optional
        Megabytes that the table of a file may take whose target is named; of a larger one some
        rows are read. Not given: half of what there is.

    Returns
    -------
    X : DataFrame
        The table without the target.
    y : Series, or DataFrame where there are several targets
        In the order of the rows of `X`.

    Raises
    ------
    InvalidInputError
        If a named column does not exist, or the lengths differ.

    Warns
    -----
    DataWarning
        If both have the same row labels in another order: rows are matched by their place; or if
        not all rows of a file are read.
    """
    if isinstance(source, str | PathLike):
        with open_file(source) as file:
            names = _names_of_targets(target, file.names(), math.inf)
            if names:
                return _read_training_file(file, names, memory_mb)
    table = read_table(source)
    names = _names_of_targets(target, list(table.columns), len(table))
    if not names:
        labels = _read_labels(target)
        check_same_length(table, labels)
        if isinstance(source, pd.DataFrame) and isinstance(target, pd.Series | pd.DataFrame):
            _warn_of_order(source.index, target.index)
        return table, labels
    return take_out(table, names)


def _read_training_file(
    file: TableFile, targets: list[str], memory_mb: float | None
) -> tuple[pd.DataFrame, pd.Series[Any] | pd.DataFrame]:
    """A file that holds the target: a name that it lacks is told before its rows are read."""
    check_targets(targets, file.names())
    table = with_names(read_sample(file, targets, memory_mb))
    if len(table) == 0:
        raise InvalidInputError(
            f"The file {str(file.path)!r} must hold rows to learn from; it has the names of "
            f"{table.shape[1]} columns and no row: check how it was written."
        )
    return take_out(table, targets)


def _warn_of_order(rows: pd.Index[Any], others: pd.Index[Any]) -> None:
    """Tell a shuffled target from one that merely has other labels, as after ``reset_index``."""
    if rows.equals(others) or not (rows.is_unique and others.is_unique):
        return
    if len(rows.intersection(others)) == len(rows):
        warn_user(
            "X and y have the same row labels in another order, and are matched by place; pass "
            "`y.loc[X.index]` to match them by label."
        )


def take_out(
    table: pd.DataFrame, names: Sequence[str]
) -> tuple[pd.DataFrame, pd.Series[Any] | pd.DataFrame]:
    """Take target columns out of a table, see `read_training_table`."""
    check_targets(names, list(table.columns))
    chosen = table[names[0]] if len(names) == 1 else table[list(names)]
    return table.drop(columns=list(names)), chosen


def check_targets(names: Sequence[str], columns: Sequence[str]) -> None:
    """Check that targets are columns.

    Raises
    ------
    InvalidInputError
        If one is none; the nearest name is proposed.
    """
    for name in names:
        if name not in columns:
            near = _nearest(name, columns)
            advice = "name one of them" if near is None else f"did you mean {near!r}"
            raise InvalidInputError(
                f"target {name!r} is not a column of the table, whose columns are "
                f"{enumerated(columns)}; {advice}, or pass one value per row."
            )


def _nearest(name: str, columns: Sequence[str]) -> str | None:
    """The column whose name is most like another, in upper or lower case."""
    folded = {column.strip().lower(): column for column in reversed(columns)}
    near = difflib.get_close_matches(name.strip().lower(), folded, n=1)
    return folded[near[0]] if near else None


def _names_of_targets(target: Any, columns: list[str], n_rows: float) -> list[str]:
    """Names that a target consists of; none where it holds values."""
    if isinstance(target, str):
        return [target]
    if not isinstance(target, list | tuple | pd.Index) or not 0 < len(target) < n_rows:
        return []
    names = list(target)
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return []
    return names if any(name in columns for name in names) else []


def _read_labels(y: Any) -> pd.Series[Any] | pd.DataFrame:
    """One column, or a table of several."""
    found = from_library(y)
    shape = getattr(found, "shape", None)
    if shape is None and isinstance(found, list | tuple) and len(found):
        shape = (len(found), len(found[0])) if is_row(found[0]) else None
    if shape is None or len(shape) != 2 or shape[1] < 2:
        return read_column(y)
    return read_table(found)


def check_same_length(X: Any, y: Any) -> None:
    """Check that a table and a target have as many rows.

    Raises
    ------
    InvalidInputError
        If not.
    """
    if len(X) != len(y):
        raise InvalidInputError(
            f"X and y have inconsistent numbers of samples: {len(X)} rows in X and {len(y)} "
            "values in y; pass one target value for each row."
        )
