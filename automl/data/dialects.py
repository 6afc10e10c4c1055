"""How the fields of a text file are separated, and where its lines do not keep to it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["Dialect", "Fault", "find_dialect", "find_fault"]

_SEPARATORS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"\s*[-+]?\d+,\d+\s*")
_DECIMAL_POINT = re.compile(r"\s*[-+]?\d+\.\d+\s*")
_THOUSANDS = re.compile(r"\s*[-+]?\d{1,3}(,\d{3})+\s*")


@dataclass(frozen=True)
class Dialect:
    """How to cut lines.

    Parameters
    ----------
    separator : str
    decimal : str
        "." or ",".
    width : int
        Fields of every line below the first.
    trailing : bool
        Whether these lines end with a separator that the first has not.
    """

    separator: str
    decimal: str
    width: int
    trailing: bool = False


@dataclass(frozen=True)
class Fault:
    """A line that cannot be cut like the others.

    Parameters
    ----------
    line : int
        Its number in the file, the first is 1.
    width : int
        Number of its fields; 0 where a quote that it opens is never closed.
    expected : int
        Number of fields of the others.
    """

    line: int
    width: int
    expected: int


def find_dialect(lines: list[str]) -> Dialect:
    """Choose the separator that cuts most lines into as many fields as the first.

    Parameters
    ----------
    lines : list of str
        The first lines of a file, whole.

    Examples
    --------
    >>> find_dialect(["size;name", "1,5;x", "2,25;y"])
    Dialect(separator=';', decimal=',', width=2, trailing=False)
    """
    best, rows, most = ",", list(_cut(lines, ",")), (0.0, 1)
    for separator in _SEPARATORS:
        cut = list(_cut(lines, separator))
        n_fields = len(cut[0]) if cut else 0
        body = cut[1:]
        like = sum(len(row) == n_fields for row in body) / len(body) if body else 1.0
        if n_fields > 1 and (like, n_fields) > most:
            best, rows, most = separator, cut, (like, n_fields)
    header, body = rows[:1], rows[1:]
    width = len(header[0]) if header else 0
    longer = bool(body) and all(len(row) == width + 1 for row in body)
    trailing = longer and not any(row[-1].strip() for row in body)
    return Dialect(best, _decimal(body, best), width + longer, trailing)


def _cut(lines: Iterable[str], separator: str) -> Iterator[list[str]]:
    try:
        yield from (row for row in csv.reader(lines, delimiter=separator) if not _blank(row))
    except csv.Error:  # a field that is too long: what came before tells enough
        return


def _blank(row: list[str]) -> bool:
    return not row or (len(row) == 1 and not row[0].strip())


def _decimal(rows: list[list[str]], separator: str) -> str:
    """A comma where fields are numbers with one and none is a number with a point.

    In files with semicolons "1,234" is a fraction, as programs of the countries write that use
    them; in others it may be a thousand, and stays a text.
    """
    if separator == ",":
        return "."
    fields = [field for row in rows for field in row]
    commas = [field for field in fields if _DECIMAL_COMMA.fullmatch(field)]
    if not commas or any(_DECIMAL_POINT.fullmatch(field) for field in fields):
        return "."
    if separator != ";" and all(_THOUSANDS.fullmatch(field) for field in commas):
        return "."
    return ","


def find_fault(lines: Iterable[str], dialect: Dialect) -> Fault | None:
    """Find the first line below the header that has too many or too few fields.

    Parameters
    ----------
    lines : iterable of str
        All lines of the file, with their ends.
    dialect : Dialect

    Examples
    --------
    >>> find_fault(["a,b", "1,2", "3"], Dialect(",", ".", 2))
    Fault(line=3, width=1, expected=2)
    """
    header = True
    for line, width in _widths(iter(lines), dialect.separator):
        if width == 0 or (width != dialect.width and not header):
            return Fault(line, width, dialect.width)
        header = False
    return None


def _widths(lines: Iterator[str], separator: str) -> Iterator[tuple[int, int]]:
    """Number of the first line, and of the fields, of each record; 0 where a quote stays open."""
    seen = 0
    for line in lines:
        if '"' in line:
            width, taken = _quoted(line, lines, separator)
            yield seen + 1, width
            seen += taken
            continue
        seen += 1
        if line.strip(" \r\n"):  # counting is ten times faster than the reader of csv
            yield seen, line.count(separator) + 1


def _quoted(line: str, rest: Iterator[str], separator: str) -> tuple[int, int]:
    """Fields of a record with quotes, and the lines it takes."""
    open_at_end = False

    def more() -> Iterator[str]:
        nonlocal open_at_end
        yield line
        for another in rest:  # noqa: UP028  # `yield from` would close the file at the end of this
            yield another
        open_at_end = True  # a reader asks for a line only where a quote is open

    reader = csv.reader(more(), delimiter=separator)
    try:
        row = next(reader)
    except csv.Error:  # a field beyond what the module reads, which an open quote makes
        return 0, reader.line_num
    return (0 if open_at_end else len(row)), reader.line_num
