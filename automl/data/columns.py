"""What was found in each input column, and what each column of the encoded matrix is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal, overload

__all__ = ["USED_TYPES", "Column", "ColumnType", "Columns", "Feature", "FeatureKind"]

ColumnType = Literal[
    "numeric", "boolean", "categorical", "datetime", "text", "constant", "identifier", "empty"
]
"""What a column of the user's table is taken for; the last three are left out."""

FeatureKind = Literal["numeric", "boolean", "categorical", "text"]
"""What a column of the encoded matrix holds; dates have become numeric features by then, and texts
lists of hashed words, which pipelines turn into a few numbers."""

USED_TYPES: frozenset[ColumnType] = frozenset(
    {"numeric", "boolean", "categorical", "datetime", "text"}
)


@dataclass(frozen=True, repr=False)
class Column:
    """One column of the user's table; shown with its first levels, at most ten.

    Parameters
    ----------
    name : str
        Its name, made a unique string.
    type : ColumnType
        What it was taken for.
    n_missing : int
        Rows without a value, markers such as ``?`` included where numbers are stored as text.
    n_unique : int
        Distinct values, missing ones not counted.
    levels : tuple of str
        The sorted levels of a categorical column, empty for every other type.
    note : str
        What its owner should know, for example ``"numbers stored as text"``.
    """

    name: str
    type: ColumnType
    n_missing: int
    n_unique: int
    levels: tuple[Any, ...] = ()
    note: str = ""

    @property
    def used(self) -> bool:
        """Whether the column reaches the encoded matrix."""
        return self.type in USED_TYPES

    def __repr__(self) -> str:
        return (
            f"Column(name={self.name!r}, type={self.type!r}, n_missing={self.n_missing}, "
            f"n_unique={self.n_unique}, levels=({self.shown_levels()}), note={self.note!r})"
        )

    def shown_levels(self) -> str:
        """List the first levels, at most ten and as many as fit on a line."""
        listed = ", ".join(_cut(level) for level in self.levels[:_SHOWN_LEVELS])
        if len(self.levels) > _SHOWN_LEVELS:
            listed += ", ..."
        return _cut(listed, _LINE)


@dataclass(frozen=True, eq=False, repr=False)
class Columns(Sequence[Column]):
    """The columns of a table: used like a tuple of them, and printed as a short table.

    Parameters
    ----------
    columns : tuple of Column

    Examples
    --------
    >>> Columns((Column("size", "numeric", 2, 40), Column("sex", "categorical", 0, 2, ("f", "m"))))
    name  type         n_missing  n_unique  note  levels
    size  numeric              2        40
    sex   categorical          0         2        f, m
    """

    columns: tuple[Column, ...]

    @overload
    def __getitem__(self, place: int) -> Column: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Column, ...]: ...
    def __getitem__(self, place: int | slice) -> Column | tuple[Column, ...]:
        return self.columns[place]

    def __len__(self) -> int:
        return len(self.columns)

    def __eq__(self, other: object) -> bool:
        return self.columns == (other.columns if isinstance(other, Columns) else other)

    def __hash__(self) -> int:
        return hash(self.columns)

    def __repr__(self) -> str:
        rows = [_HEAD, *(_cells_of(column) for column in self[:_SHOWN_COLUMNS])]
        widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if name in _COUNTS else cell.ljust(width)
                for name, cell, width in zip(_HEAD, row, widths, strict=True)
            ).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, *self._rest()])

    def _repr_html_(self) -> str:
        """Show as a table in a notebook."""
        head = "".join(f"<th>{name}</th>" for name in _HEAD)
        body = "".join(
            f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in _cells_of(column))}</tr>"
            for column in self[:_SHOWN_COLUMNS]
        )
        rest = "".join(f"<p>{line}</p>" for line in self._rest())
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{rest}"

    def _rest(self) -> list[str]:
        n_more = len(self) - _SHOWN_COLUMNS
        return [f"... and {n_more:,} more columns"] if n_more > 0 else []


_HEAD = ("name", "type", "n_missing", "n_unique", "note", "levels")
_COUNTS = ("n_missing", "n_unique")
_SHOWN_COLUMNS = 60
_SHOWN_LEVELS = 10
_LINE = 60


def _cells_of(column: Column) -> tuple[str, ...]:
    counts = (f"{column.n_missing:,}", f"{column.n_unique:,}")
    return (
        _cut(column.name),
        column.type,
        *counts,
        _cut(column.note, _LINE),
        column.shown_levels(),
    )


def _cut(text: object, length: int = 30) -> str:
    """Show a text on one line, and not whole where it is long."""
    line = " ".join(str(text).split())
    return line if len(line) <= length else f"{line[: length - 3]}..."


@dataclass(frozen=True)
class Feature:
    """One column of the encoded matrix.

    Parameters
    ----------
    name : str
        Name of the input column; parts of a date carry a suffix, as in ``"sold.month"``.
    kind : FeatureKind
        Numeric, boolean (0 and 1), categorical (codes from 0) or text (one hashed word).
        Text features stand behind all others.
    n_levels : int
        Number of codes of a categorical feature, 0 for every other kind.
    monotone : int
        1 where predictions must not fall as the feature grows, -1 where they must not rise.
    """

    name: str
    kind: FeatureKind
    n_levels: int = 0
    monotone: int = 0
