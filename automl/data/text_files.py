"""Tables in text with separated fields, read in parts so that memory holds the table once or twice.

Parts are brought to the types that the whole has: a column that is text in one part only is text.
"""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.dialects import Dialect, find_dialect, find_fault
from automl.data.encodings import find_encoding
from automl.data.packed import PACKED, open_bytes, unpacked
from automl.data.parts import Overview, Size, places_within
from automl.exceptions import InvalidInputError

__all__ = ["TextFile"]

_HEAD_CHARACTERS = 1 << 16  # looked at to find the separator
_HEAD_LINES = 5
_CELLS = 5_000_000  # of a part
_ROWS = 100_000
_FEWEST_ROWS = 1_000
_MOST_BYTES_PER_BYTE = 32  # a short text beside one character of the file
_MOST_PACKED = 30  # times smaller than what is inside
_KINDS = {"i": "whole", "u": "large", "f": "float", "b": "boolean"}


@dataclass(frozen=True)
class TextFile:
    """A file of lines, the first of which has the names of the columns.

    Parameters
    ----------
    path : Path
        Packed or not.
    rows_per_part : int, optional
        Read at a time; not given: fewer, the more columns there are.
    """

    path: Path
    rows_per_part: int | None = None

    @cached_property
    def encoding(self) -> str:
        """Name of a codec."""
        return find_encoding(self.path)

    @cached_property
    def dialect(self) -> Dialect:
        """How lines are cut."""
        lines = self._head()
        if not any(line.strip() for line in lines):
            raise InvalidInputError(
                f"The file {str(self.path)!r} must hold a line with the names of the columns and "
                "one line for each row; it is empty: check how it was written."
            )
        return find_dialect(lines)

    def _head(self) -> list[str]:
        lines: list[str] = []
        n_characters = 0
        with self._open() as stream:
            for line in stream:
                lines.append(line)
                n_characters += len(line)
                if n_characters >= _HEAD_CHARACTERS and len(lines) >= _HEAD_LINES:
                    break
        return lines

    def names(self) -> list[str]:
        """Names of the columns."""
        with self._open() as stream, self._faults_found():
            return [str(name) for name in self._parse(stream, nrows=0).columns]

    def surely_below(self, n_bytes: float) -> bool:
        """Whether memory for the table is less than that, whatever is in the file."""
        packed = self.path.suffix.lower() in PACKED
        most = _MOST_BYTES_PER_BYTE * (_MOST_PACKED if packed else 1)
        return self.path.stat().st_size * most < n_bytes

    def size(self) -> Size:
        """Rows and memory, estimated from the first rows and the part of the file they take."""
        with self.path.open("rb") as raw, unpacked(raw, self.path) as stream:
            text = io.TextIOWrapper(stream, self.encoding, newline="")
            with self._faults_found():
                first = self._parse(text, nrows=self._rows())
            share = raw.tell() / self.path.stat().st_size
        return Size.of(first, len(first) / share)

    def read(self) -> pd.DataFrame:
        """All rows."""
        kinds = _Kinds()
        parts: list[pd.DataFrame] = [kinds.note(part) for part in self._checked_parts(self._rows())]
        if len(parts) == 1:
            return parts[0]
        mixed = kinds.mixed()
        if mixed:
            texts = self._parts(self._rows(), dict.fromkeys(mixed, str), mixed)
            parts = [
                part.assign(**{name: text[name] for name in mixed})
                for part, text in zip(parts, texts, strict=True)
            ]
        whole: pd.DataFrame = pd.concat([part.astype(kinds.of_empty(part)) for part in parts])
        return whole

    def overview(self, names: Sequence[str]) -> Overview:
        """Some columns of all rows, and the types of all columns."""
        kinds = _Kinds()
        kept = [kinds.note(part)[list(names)].copy() for part in self._checked_parts(self._rows())]
        return Overview(pd.concat(kept), kinds.types())

    def take(self, rows: npt.NDArray[np.int64], overview: Overview) -> pd.DataFrame:
        """Rows at some sorted positions."""
        parts = self._parts(self._rows(), overview.types)
        taken: list[pd.DataFrame] = [
            part.iloc[places] for part, places in places_within(parts, rows)
        ]
        return pd.concat(taken)

    def batches(self, n_rows: int) -> Iterator[pd.DataFrame]:
        """All rows in parts, of the types of the whole."""
        several = len(list(islice(self._parts(n_rows), 2))) > 1
        if several:
            return self._parts(n_rows, self.overview([]).types)
        return self._checked_parts(n_rows)

    def _rows(self) -> int:
        if self.rows_per_part is not None:
            return self.rows_per_part
        return int(np.clip(_CELLS // max(1, self.dialect.width), _FEWEST_ROWS, _ROWS))

    @contextmanager
    def _open(self) -> Iterator[IO[str]]:
        with open_bytes(self.path) as stream:
            yield io.TextIOWrapper(stream, self.encoding, newline="")

    def _parse(self, text: IO[str], **settings: Any) -> Any:
        return pd.read_csv(
            text,
            sep=self.dialect.separator,
            decimal=self.dialect.decimal,
            index_col=False if self.dialect.trailing else None,
            low_memory=False,
            **settings,
        )

    def _parts(
        self,
        n_rows: int,
        types: Mapping[str, Any] | None = None,
        columns: Sequence[str] | None = None,
    ) -> Iterator[pd.DataFrame]:
        with self._open() as text, self._faults_found():
            yield from self._parse(text, chunksize=n_rows, dtype=types, usecols=columns)

    @contextmanager
    def _faults_found(self) -> Iterator[None]:
        """Say which line it is that pandas cannot cut."""
        try:
            yield
        except pd.errors.ParserError:
            with self._open() as lines:
                self._refuse_fault(lines)
            raise

    def _checked_parts(self, n_rows: int) -> Iterator[pd.DataFrame]:
        """The same, and lines with too few fields, which pandas fills up, are refused."""
        filled = False
        for part in self._parts(n_rows):
            filled = filled or bool(part.iloc[:, -1].isna().any())
            yield part
        if filled:  # only then a line may be short
            with self._open() as lines:
                self._refuse_fault(lines)

    def _refuse_fault(self, lines: Iterable[str]) -> None:
        fault = find_fault(lines, self.dialect)
        if fault is None:
            return
        if fault.width == 0:
            raise InvalidInputError(
                f"The file {str(self.path)!r} must close every quote; the one that line "
                f"{fault.line} opens is never closed: close it, or double the quotes that are "
                "part of a cell."
            )
        raise InvalidInputError(
            f"The file {str(self.path)!r} must have as many fields in each line as names in the "
            f"first, {fault.expected}; line {fault.line} has {fault.width}: mend this line, or "
            f"put cells that hold {self.dialect.separator!r} in quotes."
        )


class _Kinds:
    """What the columns hold, part by part."""

    def __init__(self) -> None:
        self._found: dict[str, set[str]] = defaultdict(set)
        self._texts: dict[str, Any] = {}

    def note(self, part: pd.DataFrame) -> pd.DataFrame:
        """Look at a part, and give it back."""
        for name in part.columns:
            kind = _kind(part[name])
            self._found[name].add(kind)
            if kind == "text":
                self._texts[name] = part[name].dtype
        return part

    def mixed(self) -> list[str]:
        """Columns that are text in the whole, and something else in some parts."""
        numbers = {"whole", "float"}
        return [
            name
            for name, kinds in self._found.items()
            if len(kinds - {""}) > 1 and not kinds - {""} <= numbers
        ]

    def types(self) -> dict[str, Any]:
        """Types with which each part is read as the whole would be."""
        fractions = (
            name
            for name, kinds in self._found.items()
            if "float" in kinds or {"whole", ""} <= kinds
        )
        texts = (*self._texts, *self.mixed())
        return {**dict.fromkeys(fractions, "float64"), **dict.fromkeys(texts, str)}

    def of_empty(self, part: pd.DataFrame) -> dict[str, Any]:
        """Types of columns of text that have no value in a part."""
        return {
            name: self._texts[name]
            for name, kinds in self._found.items()
            if name in self._texts and "" in kinds and part[name].isna().all()
        }


def _kind(column: pd.Series[Any]) -> str:
    if column.isna().all():
        return ""
    if column.dtype.kind in _KINDS:
        return _KINDS[column.dtype.kind]
    plain = column.dtype == object and pd.api.types.infer_dtype(column, skipna=True)
    return "boolean" if plain == "boolean" else "text"
