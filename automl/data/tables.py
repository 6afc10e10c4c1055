"""Read any table into a pandas frame with unique string names, and any column into a series."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from automl.data.cells import without_signals
from automl.data.files import read_file
from automl.exceptions import InvalidInputError, shown, warn_user
from automl.memory import available_memory_mb

__all__ = [
    "enumerated",
    "from_library",
    "has_column_names",
    "is_row",
    "read_column",
    "read_table",
    "unique_names",
    "with_names",
]

_ALLOWED = (
    "a pandas or polars table, a 2-D array, a scipy sparse matrix, a list of rows or dicts, a dict "
    "of columns, or the path of a file (CSV, Excel, JSON lines, parquet, feather or ARFF)"
)
_SPARSE_SHARE = 0.5  # of the memory that is available, for the cells of a sparse matrix


def read_table(source: Any) -> pd.DataFrame:
    """Read any table.

    Parameters
    ----------
    source : table
        A pandas or polars table (lazy ones are collected), a 2-D array, a scipy sparse matrix, a
        series (one column), a list of rows or dicts, a dict of columns, or the path of a file, see
        `read_file`. Columns without names are called "0", "1", and so on.

    Returns
    -------
    DataFrame
        Same cells, names as unique strings; repeated ones become "a", "a.1".

    Raises
    ------
    InvalidInputError
        If `source` is nothing of the above, such as values without rows and columns, or a file
        cannot be read.

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
    source = from_library(source)
    _check_rows_and_columns(source)
    return with_names(_to_frame(source))


def with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Make the names unique texts."""
    names = [str(name) for name in frame.columns]
    repeated = sorted(name for name, count in Counter(names).items() if count > 1)
    if repeated:
        warn_user(f"Column names repeat and were numbered: {enumerated(repeated)}.")
        names = unique_names(names)
    return frame.set_axis(names, axis=1)


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
    found = from_library(y)
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


def enumerated(names: Iterable[object], limit: int = 10) -> str:
    """List names in a message: where they are many, the first few and the last few."""
    found = [shown(name) for name in names]
    if len(found) <= limit:
        return ", ".join(found)
    first, last = found[: limit // 2], found[-(limit // 2) :]
    return f"{', '.join(first)}, ..., {', '.join(last)} ({len(found)} in all)"


def _to_frame(source: Any) -> pd.DataFrame:
    if isinstance(source, str | PathLike):
        return read_file(source)
    source = from_library(source)
    if isinstance(source, pd.Series):
        return source.to_frame()
    if hasattr(source, "toarray"):
        return _frame_of_sparse(source)
    if isinstance(source, pd.DataFrame):
        return source
    if isinstance(source, np.ndarray | memoryview):
        return _frame_of_array(source)
    if isinstance(source, Mapping):
        return _frame_of_parts(dict(source))
    if isinstance(source, Sequence):
        _check_widths(source)
        return _frame_of_parts(list(source))
    raise InvalidInputError(f"The table must be {_ALLOWED}, got {type(source).__name__}.")


def from_library(source: Any) -> Any:
    """Bring a table or column of another library to pandas (polars, Arrow) or numpy."""
    if isinstance(source, pd.Index | pd.api.extensions.ExtensionArray):
        return pd.Series(source)
    if hasattr(source, "collect") and hasattr(source, "lazy"):  # a lazy polars frame
        source = source.collect()
    if hasattr(source, "to_pandas"):
        return source.to_pandas()
    known = isinstance(source, pd.DataFrame | pd.Series | np.ndarray)
    return source if known or not hasattr(source, "__array__") else np.asarray(source)


def _check_rows_and_columns(source: Any) -> None:
    """Values in one dimension may be a row as well as a column."""
    if isinstance(source, np.ndarray):
        flat = source.ndim == 1 and source.dtype.names is None
    else:
        flat = isinstance(source, list | tuple) and len(source) > 0 and np.isscalar(source[0])
    if flat:
        raise InvalidInputError(
            f"The table must have rows and columns, got {len(source)} values in one dimension. "
            "Reshape your data: `X.reshape(1, -1)` of an array makes them one row, "
            "`X.reshape(-1, 1)` one column."
        )


def _frame_of_sparse(source: Any) -> pd.DataFrame:
    """Fill a sparse matrix up; cells that it does not store are zeros."""
    if len(source.shape) != 2:
        raise InvalidInputError(
            f"A sparse array must have 2 dimensions, got an array of shape {source.shape}; reshape "
            "it to one row per case."
        )
    cells = source.shape[0] * source.shape[1]
    needed = cells * (source.dtype.itemsize + np.dtype(np.float32).itemsize)
    if needed > _SPARSE_SHARE * available_memory_mb() * 2**20:
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
    widths = {len(row) for row in rows if is_row(row)}
    if len(widths) > 1:
        raise InvalidInputError(
            f"All rows of a list must be equally long, got rows of {min(widths)} to "
            f"{max(widths)} values; fill missing ones with None."
        )


def is_row(row: object) -> bool:
    """Whether an item of a list is a row of several cells."""
    return isinstance(row, list | tuple) or (isinstance(row, np.ndarray) and row.ndim > 0)


def _knows_columns(source: Any) -> bool:
    # asked of the type: a lazy polars frame resolves its schema, and warns, when asked itself
    return hasattr(type(source), "columns") or hasattr(type(source), "column_names")


def _is_iterable(y: Any) -> bool:
    has_values = hasattr(y, "__len__") or hasattr(y, "__array__") or hasattr(y, "collect")
    return has_values and not np.isscalar(y)
