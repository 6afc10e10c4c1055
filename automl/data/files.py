"""Tables on disk: CSV (any usual separator) and ARFF, compressed or not, and parquet."""

from __future__ import annotations

import bz2
import csv
import gzip
import lzma
import re
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from automl.data.arff_files import read_arff
from automl.exceptions import InvalidInputError

__all__ = ["read_file"]

_TEXT = (".csv", ".tsv", ".txt")
_ARFF = ".arff"
_PARQUET = (".parquet", ".pq")
_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_SEPARATORS = (",", ";", "\t", "|")
_HEAD = 1 << 16  # characters looked at to find the separator
_DECIMAL_COMMA = re.compile(r";-?\d+,\d+(?=;|$)", re.MULTILINE)


def read_file(source: str | PathLike[str]) -> pd.DataFrame:
    """Read a CSV, ARFF or parquet file.

    Parameters
    ----------
    source : path
        Ends in .csv, .tsv, .txt or .arff (.gz, .bz2 or .xz may follow), .parquet or .pq. Text is
        UTF-8, the first line of all but ARFF holds the names of the columns.

    Raises
    ------
    InvalidInputError
        If there is no such file, its ending is another one, or it cannot be parsed.
    """
    path = Path(source)
    suffixes = path.suffixes
    packed = bool(suffixes) and suffixes[-1].lower() in _OPENERS
    ending = (path.with_suffix("").suffix if packed else path.suffix).lower()
    if not path.is_file():
        raise InvalidInputError(f"There is no file {str(path)!r}; check the path of the table.")
    try:
        if ending in _PARQUET and not packed:
            return pd.read_parquet(path)
        if ending in _TEXT:
            return _read_text(path)
        if ending == _ARFF:
            with _open(path) as stream:
                return read_arff(stream)
    except (ValueError, OSError, EOFError) as error:  # parsers and pyarrow raise kinds of these
        said = " ".join(str(error).split()).rstrip(".")
        raise InvalidInputError(f"The file {str(path)!r} cannot be read: {said}.") from error
    raise InvalidInputError(
        f"The file {str(path)!r} must end in .csv, .tsv, .txt, .arff (.gz, .bz2, .xz may "
        "follow), .parquet or .pq; save the table in one of these formats."
    )


def _open(path: Path) -> Any:
    opener = _OPENERS.get(path.suffix.lower(), open)
    return opener(path, "rt", encoding="utf-8-sig")


def _read_text(path: Path) -> pd.DataFrame:
    with _open(path) as stream:
        head = stream.read(_HEAD)
    lines = head.splitlines()
    whole_lines = lines[:-1] if len(head) == _HEAD else lines
    separator = _find_separator(whole_lines)
    decimal = "," if separator == ";" and _DECIMAL_COMMA.search(head) else "."
    return pd.read_csv(path, sep=separator, decimal=decimal, encoding="utf-8-sig", low_memory=False)


def _find_separator(lines: list[str]) -> str:
    """Find the separator that cuts all lines into equally many parts, and into most parts."""
    best, most = ",", 1
    for separator in _SEPARATORS:
        widths = {len(row) for row in csv.reader(lines, delimiter=separator) if row}
        if len(widths) == 1 and (width := widths.pop()) > most:
            best, most = separator, width
    return best
