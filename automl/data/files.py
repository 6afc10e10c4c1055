"""Tables on disk: which reader a file has, and how much of it memory allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from automl.data.packed import PACKED, UNPACK_ERRORS, unpacked_name
from automl.data.parquet_files import ParquetFile
from automl.data.paths import existing_file
from automl.data.samples import draw_rows
from automl.data.text_files import TextFile
from automl.data.whole_files import WholeFile
from automl.exceptions import AutoMLError, InvalidInputError, warn_user
from automl.memory import available_memory_mb

__all__ = [
    "TableFile",
    "column_names",
    "open_file",
    "read_batches",
    "read_file",
    "read_sample",
    "rows_in_file",
]

TableFile = TextFile | ParquetFile | WholeFile

_TEXT = (".csv", ".tsv", ".txt")
_LINES = (".arff", ".json", ".jsonl", ".ndjson")
_BINARY = (".xlsx", ".xlsm", ".feather", ".arrow")
_PARQUET = (".parquet", ".pq")
_ALLOWED = (
    f"{', '.join((*_TEXT, *_LINES))} ({', '.join(PACKED)} may follow), "
    f"{', '.join((*_PARQUET, *_BINARY[:-1]))} or {_BINARY[-1]}"
)
_SHARE = 0.5  # of the memory there is, for a table to learn from: learning needs some, too
_FEWEST_ROWS = 1_000
_SEED = 0  # the same rows of the same file each time, so that a run can be resumed
_ROWS_IN_FILE = "rows_in_file"


def read_file(source: str | PathLike[str], memory_mb: float | None = None) -> pd.DataFrame:
    """Read a file as a whole.

    Parameters
    ----------
    source : path
        Its ending tells the format: CSV and its kin with any usual separator, ARFF, JSON records,
        each packed or not, parquet, Excel (the first sheet) or feather. The first line of text has
        the names of the columns.
    memory_mb : float, optional
        Megabytes that the table may take; not given: what there is.

    Raises
    ------
    InvalidInputError
        If there is no such file, its ending is another one, memory cannot hold it, or it cannot be
        parsed.
    MissingDependencyError
        If the format needs a package that is not installed.

    Warns
    -----
    DataWarning
        If the encoding was guessed, or only one of several sheets is read.
    """
    budget = _bytes(memory_mb, 1.0)
    with open_file(source) as file:
        if isinstance(file, WholeFile) or file.surely_below(budget):
            return _noted(file.read())
        needed = file.size().n_bytes
        if needed <= budget:
            return _noted(file.read())
    raise InvalidInputError(
        f"The table in {str(file.path)!r} must fit into memory; it takes about {_gb(needed)} and "
        f"there are {_gb(budget)}: name the target as a column of the file to learn from some "
        "of its rows, and predict with `automl predict`, which reads it in parts."
    )


def read_sample(
    file: TableFile, targets: Sequence[str], memory_mb: float | None = None
) -> pd.DataFrame:
    """Read as many rows of a file as memory allows, all if it can be.

    Parameters
    ----------
    file : TableFile
        From `open_file`.
    targets : sequence of str
        Columns to be learned; where they are classes, each keeps its share of rows, and some rows
        at least.
    memory_mb : float, optional
        Megabytes that the table may take; not given: half of what there is.

    Warns
    -----
    DataWarning
        If not all rows were read.
    """
    budget = _bytes(memory_mb, _SHARE)
    if isinstance(file, WholeFile) or file.surely_below(budget):
        return _noted(file.read())
    size = file.size()
    if size.n_bytes <= budget:
        return _noted(file.read())
    overview = file.overview(targets)
    n_rows = max(_FEWEST_ROWS, int(budget / size.row_bytes))
    rows = draw_rows(overview.kept, n_rows, np.random.default_rng(_SEED))
    table = _noted(file.take(rows, overview), len(overview.kept))
    warn_user(
        f"The table in {str(file.path)!r} takes about {_gb(size.n_bytes)} of memory, and "
        f"{_gb(budget)} are allowed: {len(table):,} of its {rows_in_file(table):,} rows were drawn "
        "to learn from; more memory would use more."
    )
    return table


def read_batches(source: str | PathLike[str], n_rows: int) -> Iterator[pd.DataFrame]:
    """Read a file in parts that have the types of the whole, so that memory holds one at a time.

    Parameters
    ----------
    source : path
        See `read_file`; what is neither text with separators nor parquet is read as a whole.
    n_rows : int
        Of a part.

    Yields
    ------
    DataFrame
        At least one, which may have no rows.
    """
    with open_file(source) as file:
        yield from file.batches(n_rows)


def column_names(source: str | PathLike[str]) -> list[str]:
    """Names of the columns of a file, without reading more of it than its format asks for."""
    with open_file(source) as file:
        return file.names()


def rows_in_file(table: pd.DataFrame) -> int | None:
    """Rows of the file that a table was read from; None where it came from none."""
    found = table.attrs.get(_ROWS_IN_FILE)
    return None if found is None else int(found)


def _noted(table: pd.DataFrame, n_rows: int | None = None) -> pd.DataFrame:
    table.attrs[_ROWS_IN_FILE] = len(table) if n_rows is None else n_rows
    return table


def _bytes(memory_mb: float | None, share: float) -> float:
    return (available_memory_mb() * share if memory_mb is None else memory_mb) * 2**20


def _gb(n_bytes: float) -> str:
    return f"{n_bytes / 2**30:,.2g} GB" if n_bytes < 2**30 else f"{n_bytes / 2**30:,.1f} GB"


@contextmanager
def open_file(source: str | PathLike[str]) -> Iterator[TableFile]:
    """Choose the reader of a file; what it raises within ends in a sentence with its name."""
    path = existing_file(source)
    try:
        yield _reader(path)
    except AutoMLError:
        raise
    except UNPACK_ERRORS as error:
        raise InvalidInputError(
            f"The file {str(path)!r} must be whole and of the format that its name says; it is "
            "damaged or of another one: copy or save it again."
        ) from error
    except UnicodeError as error:
        raise InvalidInputError(
            f"The file {str(path)!r} must be text in one encoding; it holds letters of another "
            "one: save it again as UTF-8."
        ) from error
    except (ValueError, KeyError, OSError, NotImplementedError) as error:  # of parsers and pyarrow
        said = " ".join(str(error).split()).rstrip(".")
        raise InvalidInputError(f"The file {str(path)!r} cannot be read: {said}.") from error


def _reader(path: Path) -> TableFile:
    name = Path(unpacked_name(path))
    ending, packed = name.suffix.lower(), path.suffix.lower() in PACKED
    if ending in _TEXT:
        return TextFile(path)
    if ending in _LINES or (ending in _BINARY and not packed):
        return WholeFile(path, ending)
    if ending in _PARQUET and not packed:
        return ParquetFile(path)
    raise InvalidInputError(
        f"The name of a table must end in {_ALLOWED}; got {path.name!r}: save the table in one of "
        "these formats."
    )
