"""Files that are read as a whole: Excel, JSON, feather and ARFF."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from automl.data.arff_files import read_arff
from automl.data.encodings import find_encoding
from automl.data.packed import open_bytes
from automl.exceptions import InvalidInputError, MissingDependencyError, warn_user

__all__ = ["WholeFile"]

_NO_RECORDS = (
    "The file {!r} must hold one JSON record in each line, or one list of records, as in "
    '[{{"a": 1}}, {{"a": 2}}]; it holds something else: save it like that, or as CSV.'
)


@dataclass(frozen=True)
class WholeFile:
    """A file of a format that has no parts.

    Parameters
    ----------
    path : Path
    ending : str
        Of its name, once unpacked.
    """

    path: Path
    ending: str

    @cached_property
    def _table(self) -> pd.DataFrame:
        return _READERS[self.ending](self.path)

    def names(self) -> list[str]:
        """Names of the columns."""
        return [str(name) for name in self._table.columns]

    def read(self) -> pd.DataFrame:
        """All rows."""
        return self._table

    def batches(self, n_rows: int) -> Iterator[pd.DataFrame]:
        """All rows in parts."""
        table = self.read()
        for start in range(0, max(1, len(table)), n_rows):
            yield table.iloc[start : start + n_rows]


def _read_excel(path: Path) -> pd.DataFrame:
    try:
        import openpyxl  # noqa: F401  # pandas would name it, but not the extra
    except ImportError as error:
        raise MissingDependencyError(
            f"The Excel file {str(path)!r} needs the package openpyxl, which is not installed: "
            "pip install 'automl[excel]'."
        ) from error
    with pd.ExcelFile(path, engine="openpyxl") as book:
        first, *others = [str(name) for name in book.sheet_names]
        if others:
            warn_user(
                f"The file {str(path)!r} has {len(others) + 1} sheets, of which the first, "
                f"{first!r}, was read; save another one as a file of its own to use that."
            )
        return pd.read_excel(book)


def _read_json(path: Path) -> pd.DataFrame:
    """Lines with a record each, or one list of records, whatever the file is called."""
    encoding = find_encoding(path)
    with open_bytes(path) as stream:
        text = stream.read().decode(encoding)
    if not text.strip():
        raise InvalidInputError(
            f"The file {str(path)!r} must hold a record for each row; it is empty: check how it "
            "was written."
        )
    try:
        if text.lstrip().startswith("["):
            records = json.loads(text)
        else:
            records = [json.loads(line) for line in text.split("\n") if line.strip()]
    except json.JSONDecodeError as error:
        raise InvalidInputError(_NO_RECORDS.format(str(path))) from error
    if not all(isinstance(record, dict) for record in records):
        raise InvalidInputError(_NO_RECORDS.format(str(path)))
    return pd.DataFrame(records)  # read_json of pandas would turn the text "007" into 7


def _read_arff(path: Path) -> pd.DataFrame:
    encoding = find_encoding(path)
    with open_bytes(path) as stream:
        return read_arff(io.TextIOWrapper(stream, encoding))


_READERS = {
    ".arff": _read_arff,
    ".arrow": pd.read_feather,
    ".feather": pd.read_feather,
    ".json": _read_json,
    ".jsonl": _read_json,
    ".ndjson": _read_json,
    ".xlsm": _read_excel,
    ".xlsx": _read_excel,
}
