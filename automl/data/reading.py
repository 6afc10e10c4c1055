"""Read the cells of any form as numbers, truth values, dates or levels.

The same four functions serve training and prediction, so that a column that changes its dtype
between the two (numbers that arrive as text, categories that arrive as floats) keeps its meaning.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import Cells, level_of
from automl.data.number_formats import FoundFormat, NumberFormat, find_number_format

__all__ = [
    "Reading",
    "also_day_first",
    "as_booleans",
    "as_dates",
    "as_levels",
    "as_numbers",
    "date_format",
    "find_numbers",
    "is_marker",
]

MARKERS = frozenset(
    {"", "?", "-", "--", ".", "*", "na", "n/a", "#n/a", "n.a.", "nan", "<na>", "nat"}
    | {"null", "none", "nil", "missing", "unknown"}
)
"""Texts that stand for a missing number or date, in lower case."""

_TRUTH = {"true": 1.0, "t": 1.0, "yes": 1.0, "y": 1.0, "1": 1.0, "on": 1.0}
_FALSEHOOD = {"false": 0.0, "f": 0.0, "no": 0.0, "n": 0.0, "0": 0.0, "off": 0.0}
_BOOLEAN_TEXTS = _TRUTH | _FALSEHOOD

_MONTH_FIRST = {"%m/%d/%Y": "%d/%m/%Y", "%m-%d-%Y": "%d-%m-%Y"}
"""And the same with the day first. Between dots the day is first wherever people write dots."""
_DAYS = ("%Y/%m/%d", *(day for pair in _MONTH_FIRST.items() for day in pair))
_DAYS += ("%d.%m.%Y", "%m.%d.%Y")
_TIMES = ("", " %H:%M", " %H:%M:%S")
_DATE_FORMATS = ("ISO8601", *(day + time for time in _TIMES for day in _DAYS))
_PEEK = 20  # levels tried before a whole column is parsed


@dataclass(frozen=True, eq=False)
class Reading:
    """Values read from a column, and how many could not be.

    Parameters
    ----------
    values : ndarray
        One entry a row, NaN or NaT where missing or unreadable.
    n_unreadable : int
        Rows that hold something that is neither a value nor a marker of a missing one.
    example : str
        The first unreadable content, empty if there is none.
    """

    values: npt.NDArray[Any]
    n_unreadable: int = 0
    example: str = ""


def is_marker(level: str) -> bool:
    """Tell whether a text stands for a missing value.

    Examples
    --------
    >>> is_marker("N/A"), is_marker(" ? "), is_marker("0")
    (True, True, False)
    """
    return level.strip().lower() in MARKERS


def as_numbers(cells: Cells, number_format: NumberFormat | None = None) -> Reading:
    """Read cells as numbers; integer columns keep their dtype, others are floats with NaN.

    Parameters
    ----------
    cells : Cells
        Numbers, or texts that spell numbers.
    number_format : NumberFormat, optional
        How the texts write them; not given means as Python does.
    """
    if cells.form in ("number", "boolean"):
        return Reading(cells.values)
    if cells.form == "date":
        return _nothing_readable(cells, np.full(len(cells.values), np.nan))
    if number_format is not None:
        return _spread(cells, number_format.read(cells.levels))
    return _spread(cells, _plain_numbers(cells.levels))


def find_numbers(cells: Cells) -> tuple[Reading | None, FoundFormat | None]:
    """Read texts as numbers where every one that is no marker of a missing value is one.

    Returns
    -------
    reading : Reading or None
        None where some text is no number, or it is open which number it is.
    found : FoundFormat or None
        How they are written; None for plain numbers, and where some text is no number.
    """
    told = np.array([level for level in cells.levels if not is_marker(level)], dtype=object)
    if not np.isnan(_plain_numbers(told[:_PEEK])).any():
        plain = as_numbers(cells)
        if plain.n_unreadable == 0:
            return plain, None
    found = find_number_format(told)
    if found is None or found.doubt:
        return None, found
    return as_numbers(cells, found.format), found


def _plain_numbers(texts: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    numbers = pd.to_numeric(pd.Series(texts, dtype=object), errors="coerce")
    return numbers.to_numpy(dtype=np.float64)


def as_booleans(cells: Cells) -> Reading:
    """Read cells as float32 of 0, 1 and NaN."""
    if cells.form == "boolean":
        return Reading(cells.values)
    if cells.form == "number":
        values = cells.values.astype(np.float32)
        odd = ~np.isnan(values) & (values != 0) & (values != 1)
        values[odd] = np.nan
        example = level_of(cells.values[odd][0]) if odd.any() else ""
        return Reading(values, int(odd.sum()), example)
    if cells.form == "date":
        return _nothing_readable(cells, np.full(len(cells.values), np.nan, dtype=np.float32))
    truth = [_BOOLEAN_TEXTS.get(level.strip().lower(), np.nan) for level in cells.levels]
    return _spread(cells, np.array(truth, dtype=np.float32))


def as_dates(
    cells: Cells, text_format: str | None = None, zone: datetime.tzinfo | None = None
) -> Reading:
    """Read cells as datetime64[us] on the clock of their own time zone.

    Parameters
    ----------
    cells : Cells
        Dates, or texts and numbers that spell dates.
    text_format : str, optional
        Format of texts as `pandas.to_datetime` knows it; not given means ISO 8601.
    zone : tzinfo, optional
        Clock to read dates with a zone on; not given means their own.
    """
    if cells.form == "date":
        own = cells.zone if zone is None else zone
        if cells.zone is None or own is None:
            return Reading(cells.values)
        local = pd.DatetimeIndex(cells.values, tz="UTC").tz_convert(own).tz_localize(None)
        return Reading(local.to_numpy().astype("datetime64[us]"))
    if cells.form in ("number", "boolean"):
        codes, levels = as_levels(cells)
        cells = Cells("text", codes, levels)
    return _spread(cells, _parse_dates(cells.levels, text_format))


def as_levels(cells: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]:
    """Read cells as categories.

    Returns
    -------
    codes : ndarray of int64, shape (n_rows,)
        Positions in `levels`, -1 where missing.
    levels : ndarray of str objects
        Distinct levels in order of appearance.
    """
    if cells.form in ("category", "text"):
        return cells.values, cells.levels
    values = cells.values
    if cells.form == "boolean":
        names = np.array(["False", "True"], dtype=object)
        codes = np.where(np.isnan(values), -1.0, values).astype(np.int64)
        return codes, names
    codes, uniques = pd.factorize(values)
    named = [level_of(value) for value in uniques]
    return codes.astype(np.int64, copy=False), np.array(named, dtype=object)


def date_format(levels: npt.NDArray[np.object_]) -> str | None:
    """Find the one format in which all texts are dates, None if there is none.

    ISO 8601 comes first. One day above 12 decides about the order of day and month for all; where
    there is none, `also_day_first` says so.
    """
    texts = np.array([level for level in levels if not is_marker(level)], dtype=object)
    for candidate in _DATE_FORMATS if len(texts) else ():
        if _fits(texts[:_PEEK], candidate) and _fits(texts, candidate):
            return candidate
    return None


def also_day_first(levels: npt.NDArray[np.object_], text_format: str) -> str:
    """Find a text that is another date with the day first, where all texts are dates like that.

    Returns
    -------
    str
        Empty where the texts decide that the month is first, or the order makes no difference.

    Examples
    --------
    >>> levels = np.array(["03/04/2021", "12/11/2021"], dtype=object)
    >>> date_format(levels), also_day_first(levels, "%m/%d/%Y")
    ('%m/%d/%Y', '03/04/2021')
    """
    day, *time = text_format.split(" ")
    if day not in _MONTH_FIRST:
        return ""
    other = " ".join([_MONTH_FIRST[day], *time])
    texts = np.array([level for level in levels if not is_marker(level)], dtype=object)
    if not (_fits(texts[:_PEEK], other) and _fits(texts, other)):
        return ""
    differs = _parse_dates(texts, text_format) != _parse_dates(texts, other)
    return str(texts[int(np.argmax(differs))]) if differs.any() else ""


def _fits(texts: npt.NDArray[np.object_], text_format: str) -> bool:
    return not np.isnat(_parse_dates(texts, text_format)).any()


def _parse_dates(levels: npt.NDArray[np.object_], text_format: str | None) -> npt.NDArray[Any]:
    chosen = "ISO8601" if text_format is None else text_format
    texts = pd.Series(levels, dtype=object)
    parsed = pd.to_datetime(texts, format=chosen, errors="coerce", utc=True)
    return parsed.dt.tz_localize(None).to_numpy().astype("datetime64[us]")


def _spread(cells: Cells, parsed: npt.NDArray[Any]) -> Reading:
    """Give each row the value parsed from its level; rows with code -1 stay missing."""
    unreadable = pd.isna(parsed)
    unreadable[unreadable] = [not is_marker(level) for level in cells.levels[unreadable]]
    nothing = np.array([np.nan]) if parsed.dtype.kind == "f" else np.array(["NaT"], parsed.dtype)
    values = np.concatenate([parsed, nothing.astype(parsed.dtype)])[cells.values]
    if not unreadable.any():
        return Reading(values)
    n_unreadable = int(np.append(unreadable, False)[cells.values].sum())
    return Reading(values, n_unreadable, str(cells.levels[unreadable][0]))


def _nothing_readable(cells: Cells, values: npt.NDArray[Any]) -> Reading:
    present = cells.values[~np.isnat(cells.values)]
    return Reading(values, len(present), str(present[0]) if len(present) else "")
