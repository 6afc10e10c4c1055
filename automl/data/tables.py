"""Read any table into a pandas frame with unique string names, and any target into a series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd
import psutil

from automl.data.cells import without_signals
from automl.data.files import read_file
from automl.exceptions import InvalidInputError, warn_user

__all__ = [
    "check_same_length",
    "has_column_names",
    "read_column",
    "read_table",
    "read_training_table",
    "take_out",
    "unique_names",
]

_ALLOWED = (
    "a pandas or polars table, a 2-D array, a scipy sparse matrix, a list of rows or dicts, a dict "
    "of columns, or the path of a CSV, ARFF or parquet file"
)
_SPARSE_SHARE = 0.5  # of the memory that is available, for the cells of a sparse matrix


def read_table(source: Any) -> pd.DataFrame:
    """Read any table.

    Parameters
    ----------
    source : table
        A pandas or polars table (lazy ones are collected), a 2-D array, a scipy sparse matrix, a
        1-D array or series (one column), a list of rows or dicts, a dict of columns, or the path
        of a CSV, ARFF or parquet file. Columns without names are called "0", "1", and so on.

    Returns
    -------
    DataFrame
        Same cells, names as unique strings; repeated ones become "a", "a.1".

    Raises
    ------
    InvalidInputError
        If `source` is nothing of the above, or a file cannot be read.

    Warns
    -----
    DataWarning
        If column names repeat.

    Examples
    --------
    >>> import numpy as np
    >>> list(read_table(np.zeros((3, 2))).columns)
    ['0', '1']
    """
    frame = _to_frame(source)
    names = [str(name) for name in frame.columns]
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        warn_user(f"Column names repeat and were numbered: {_enumerate(repeated)}.")
        names = unique_names(names)
    return frame.set_axis(names, axis=1)


def read_training_table(
    source: Any, target: Any
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
        If both have the same row labels in another order: rows are matched by their place.
    """
    table = read_table(source)
    names = _names_of_targets(target, table)
    if not names:
        labels = _read_labels(target)
        check_same_length(table, labels)
        if isinstance(source, pd.DataFrame) and isinstance(target, pd.Series | pd.DataFrame):
            _warn_of_order(source.index, target.index)
        return table, labels
    return take_out(table, names)


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
    for name in names:
        if name not in table.columns:
            raise InvalidInputError(
                f"target {name!r} is not a column of the table, whose columns are "
                f"{_enumerate(table.columns)}; name one of them or pass one value per row."
            )
    chosen = table[names[0]] if len(names) == 1 else table[list(names)]
    return table.drop(columns=list(names)), chosen


def _names_of_targets(target: Any, table: pd.DataFrame) -> list[str]:
    """Names that a target consists of; none where it holds values."""
    if isinstance(target, str):
        return [target]
    if not isinstance(target, list | tuple | pd.Index) or not 0 < len(target) < len(table):
        return []
    names = list(target)
    if not all(isinstance(name, str) for name in names) or len(set(names)) < len(names):
        return []
    return names if any(name in table.columns for name in names) else []


def _read_labels(y: Any) -> pd.Series[Any] | pd.DataFrame:
    """One column, or a table of several."""
    found = _from_library(y)
    shape = getattr(found, "shape", None)
    if shape is None and isinstance(found, list | tuple) and len(found):
        shape = (len(found), len(found[0])) if isinstance(found[0], list | tuple) else None
    if shape is None or len(shape) != 2 or shape[1] < 2:
        return read_column(y)
    return read_table(found)


def read_column(y: Any, argument: str = "y") -> pd.Series[Any]:
    """Read one value per row: a series, a list, an array of one dimension or one column.

    Parameters
    ----------
    y : array-like
        The values.
    argument : str
        Name of the argument, for messages.

    Raises
    ------
    InvalidInputError
        If there is no such thing, or there are several columns.
    """
    if y is None:
        raise InvalidInputError(
            f"automl requires {argument} to be passed, but the target {argument} is None."
        )
    if isinstance(y, str | bytes | Mapping) or not _is_iterable(y):
        raise InvalidInputError(
            f"{argument} must be one value per row, as a series, list or 1-D array, got "
            f"{type(y).__name__}."
        )
    found = _from_library(y)
    if isinstance(found, pd.Series):
        return without_signals(found)
    if not hasattr(found, "toarray") and len(found) == 0:  # a sparse matrix has no length
        return pd.Series([], dtype=np.float64)
    frame = _to_frame(found)
    if frame.shape[1] != 1:
        raise InvalidInputError(
            f"{argument} should be a 1d array, got an array of shape {frame.shape} instead; pass "
            "one column."
        )
    column = without_signals(frame.iloc[:, 0])
    return column if has_column_names(y) else column.rename(None)


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


def has_column_names(source: Any) -> bool:
    """Tell whether the columns of a table have names, or only positions."""
    if isinstance(source, np.ndarray):
        return source.dtype.names is not None
    if isinstance(source, list | tuple):
        return len(source) > 0 and isinstance(source[0], Mapping)
    return _knows_columns(source) or isinstance(source, str | PathLike | Mapping)


def unique_names(names: Iterable[str]) -> list[str]:
    """Make names unique by numbering repeated ones, past numbers that are taken.

    Examples
    --------
    >>> unique_names(["a", "a", "a.1", "a"])
    ['a', 'a.2', 'a.1', 'a.3']
    """
    found = list(names)
    taken, seen, unique = set(found), set[str](), []
    for name in found:
        fresh, number = name, 0
        while fresh in seen or (number and fresh in taken):
            number += 1
            fresh = f"{name}.{number}"
        seen.add(fresh)
        unique.append(fresh)
    return unique


def _enumerate(names: Iterable[object], limit: int = 10) -> str:
    """List names in a message, the first few of them."""
    found = [repr(name) for name in names]
    rest = f" and {len(found) - limit} more" if len(found) > limit else ""
    return ", ".join(found[:limit]) + rest


def _to_frame(source: Any) -> pd.DataFrame:
    if isinstance(source, str | PathLike):
        return read_file(source)
    source = _from_library(source)
    if isinstance(source, pd.Series):
        return source.to_frame()
    if hasattr(source, "toarray"):
        return _frame_of_sparse(source)
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, np.ndarray | memoryview) or hasattr(source, "__array__"):
        return _frame_of_array(source)
    if isinstance(source, Mapping):
        return _frame_of_parts(dict(source))
    if isinstance(source, Sequence):
        _check_widths(source)
        return _frame_of_parts(list(source))
    raise InvalidInputError(f"The table must be {_ALLOWED}, got {type(source).__name__}.")


def _from_library(source: Any) -> Any:
    """Bring a table or column of another library (polars, Arrow) to pandas."""
    if isinstance(source, pd.Index | pd.api.extensions.ExtensionArray):
        return pd.Series(source)
    if hasattr(source, "collect") and hasattr(source, "lazy"):  # a lazy polars frame
        source = source.collect()
    return source.to_pandas() if hasattr(source, "to_pandas") else source


def _frame_of_sparse(source: Any) -> pd.DataFrame:
    """Fill a sparse matrix up; cells that it does not store are zeros."""
    if len(source.shape) != 2:
        raise InvalidInputError(
            f"A sparse array must have 2 dimensions, got an array of shape {source.shape}; reshape "
            "it to one row per case."
        )
    cells = source.shape[0] * source.shape[1]
    needed = cells * (source.dtype.itemsize + np.dtype(np.float32).itemsize)
    if needed > _SPARSE_SHARE * psutil.virtual_memory().available:
        raise InvalidInputError(
            f"X is a sparse matrix of shape {source.shape} whose cells would fill "
            f"{needed / 2**30:.1f} GB, more than half of the memory there is; reduce its columns "
            "first, for example with sklearn.decomposition.TruncatedSVD fitted on training rows."
        )
    return pd.DataFrame(source.toarray())


def _frame_of_array(source: Any) -> pd.DataFrame:
    array = source if isinstance(source, np.ndarray) else np.asarray(source)
    if array.ndim not in (1, 2):
        raise InvalidInputError(
            f"An array must have 1 or 2 dimensions, got an array of shape {array.shape}; "
            "reshape it to one row per case."
        )
    return pd.DataFrame(array, copy=False)  # nothing here writes into cells


def _frame_of_parts(parts: Any) -> pd.DataFrame:
    try:
        return pd.DataFrame(parts)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(f"The table must be {_ALLOWED}; pandas says: {error}.") from error


def _check_widths(rows: Sequence[Any]) -> None:
    widths = {len(row) for row in rows if isinstance(row, list | tuple | np.ndarray)}
    if len(widths) > 1:
        raise InvalidInputError(
            f"All rows of a list must be equally long, got rows of {min(widths)} to "
            f"{max(widths)} values; fill missing ones with None."
        )


def _knows_columns(source: Any) -> bool:
    # asked of the type: a lazy polars frame resolves its schema, and warns, when asked itself
    return hasattr(type(source), "columns") or hasattr(type(source), "column_names")


def _is_iterable(y: Any) -> bool:
    return hasattr(y, "__len__") or hasattr(y, "__array__") or hasattr(y, "collect")
