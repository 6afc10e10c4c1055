"""Guess what a column means: its type, its distinct values, and whether it is worth keeping."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.columns import Column, ColumnType
from automl.data.number_formats import NumberFormat, closest_number_format
from automl.data.reading import (
    Reading,
    also_day_first,
    as_booleans,
    as_dates,
    as_levels,
    as_numbers,
    date_format,
    find_numbers,
    is_marker,
)
from automl.exceptions import InvalidInputError

__all__ = ["Profile", "profile_column"]

_BOOLEANS = ("true", "false")
_FEW_ROWS = 20  # up to here a run of integers or of distinct texts may well be information
_LEAST_WORDS = 3.0  # of the mean text of a column of prose
_LEAST_DISTINCT_SHARE = 0.1  # texts that repeat more often than that name categories
_YEARS = (1500, 2100)  # consecutive whole numbers within are years, not row numbers
_INDEX = re.compile(r"unnamed: \d+(\.\d+)*|index|level_0|__index_level_\d+__|", re.IGNORECASE)
"""Names that writing a table with its index, and reading it again, gives to a column."""
_INDEX_SHARE = 1 / 3  # of the numbers from smallest to largest, where rows were drawn from a table


@dataclass(frozen=True, eq=False)
class Profile:
    """What one column was taken for.

    Parameters
    ----------
    type : ColumnType
        What it was taken for.
    n_missing : int
        Rows without a value once read as that type.
    distinct : ndarray
        Sorted distinct values: numbers, 0 and 1, dates, or level names.
    note : str
        What its owner should know.
    text_format : str, optional
        Format of dates stored as text.
    number_format : NumberFormat, optional
        Format of numbers stored as text, where it is not the plain one.
    doubt : str
        Why numbers were not read as such, or dates may be others; empty where all is clear.
    """

    type: ColumnType
    n_missing: int
    distinct: npt.NDArray[Any]
    note: str = ""
    text_format: str | None = None
    number_format: NumberFormat | None = None
    doubt: str = ""

    def as_column(self, name: str) -> Column:
        """Drop the values, keep what is reported."""
        levels = tuple(self.distinct) if self.type == "categorical" else ()
        return Column(name, self.type, self.n_missing, len(self.distinct), levels, self.note)


def profile_column(
    name: str,
    cells: Cells,
    wanted: ColumnType | None,
    keep_row_numbers: bool = False,
    n_rows: int | None = None,
) -> Profile:
    """Guess the type of a column, or obey the wanted one, and look at its values.

    Parameters
    ----------
    name : str
        Name of the column, for messages.
    cells : Cells
        Its cells.
    wanted : ColumnType, optional
        Type that the user asked for; a constant or empty column is still left out.
    keep_row_numbers : bool
        Use row numbers as a numeric column instead of leaving them out.
    n_rows : int, optional
        Of the table that the cells were drawn from; None: they are all of its rows.

    Raises
    ------
    InvalidInputError
        If no value can be read as the wanted type (for booleans: if one cannot).
    """
    profile = _guess(cells) if wanted is None else _READERS[wanted](cells)
    if wanted is not None:
        _check_readable(name, cells, profile)
    if profile.n_missing == len(cells.values):
        return replace(profile, type="empty", note="no value in any row, left out")
    if wanted == "identifier":
        return profile
    if len(profile.distinct) == 1 and profile.n_missing == 0:
        return replace(profile, type="constant", note="one value in all rows, left out")
    if wanted is not None:
        return profile
    n_table = len(cells.values) if n_rows is None else n_rows
    return _judge_identifier(name, profile, cells, keep_row_numbers, n_table)


def _check_readable(name: str, cells: Cells, profile: Profile) -> None:
    """Refuse a wanted type that no value has, or, for booleans, that not all values have."""
    nothing = profile.n_missing == len(cells.values) > _absent(cells)
    if nothing or (profile.type == "boolean" and as_booleans(cells).n_unreadable):
        extent = "none" if nothing else "not all"
        raise InvalidInputError(
            f"column_types says {profile.type!r} for column {name!r}, but {extent} of its values "
            "can be read like that; name another type or leave the column out of column_types."
        )


def _guess(cells: Cells) -> Profile:
    if cells.form != "text":
        return _READERS[_TYPE_OF_FORM[cells.form]](cells)
    if all(is_marker(level) for level in cells.levels):
        return _numeric(cells)  # found to be empty
    if all(is_marker(level) or level.strip().lower() in _BOOLEANS for level in cells.levels):
        return _boolean(cells)
    numbers, found = find_numbers(cells)
    if numbers is not None:
        profile = _of_numbers(cells, numbers)
        return profile if found is None else _formatted(profile, found.format, found.note)
    if date_format(cells.levels) is not None:
        return _datetime(cells)
    profile = _text(cells) if _is_prose(cells) else _categorical(cells)
    if found is None:
        return profile
    return replace(profile, note=f"not read as numbers: {found.doubt}", doubt=found.doubt)


def _is_prose(cells: Cells) -> bool:
    """Tell free text from names of categories: several words, and hardly a cell like another.

    Names of categories may be long ("Black or African American"), and may be many (cities, makers,
    keys), but long and many at once is how people write.
    """
    n_present = int((cells.values >= 0).sum())
    if len(cells.levels) <= max(_FEW_ROWS, _LEAST_DISTINCT_SHARE * n_present):
        return False
    n_words = sum(len(level.split()) for level in cells.levels)
    return n_words >= _LEAST_WORDS * len(cells.levels)


_TYPE_OF_FORM: dict[str, ColumnType] = {
    "number": "numeric",
    "boolean": "boolean",
    "date": "datetime",
    "category": "categorical",
}


def _numeric(cells: Cells) -> Profile:
    """Read numbers that were asked for, in the format that reads most cells."""
    plain = as_numbers(cells)
    if plain.n_unreadable and cells.form in ("text", "category"):
        found = closest_number_format([one for one in cells.levels if not is_marker(one)])
        if found is not None:
            reading = as_numbers(cells, found.format)
            if reading.n_unreadable < plain.n_unreadable:
                return _formatted(_of_numbers(cells, reading), found.format, found.note)
    return _of_numbers(cells, plain)


def _of_numbers(cells: Cells, reading: Reading) -> Profile:
    values = reading.values
    if values.dtype.kind != "f":
        return Profile("numeric", 0, np.unique(values))
    present = values[np.isfinite(values)]
    note = "numbers stored as text" if cells.form == "text" else ""
    return Profile("numeric", len(values) - len(present), np.unique(present), note)


def _formatted(profile: Profile, number_format: NumberFormat, understood: str) -> Profile:
    note = f"{profile.note}: {understood}" if understood else profile.note
    return replace(profile, note=note.removeprefix(": "), number_format=number_format)


def _boolean(cells: Cells) -> Profile:
    values = as_booleans(cells).values
    present = values[~np.isnan(values)]
    return Profile("boolean", len(values) - len(present), np.unique(present))


def _datetime(cells: Cells) -> Profile:
    text_format = date_format(cells.levels) if cells.form in ("text", "category") else None
    values = as_dates(cells, text_format).values
    present = values[~np.isnat(values)]
    found = Profile("datetime", len(values) - len(present), np.unique(present), "", text_format)
    if cells.form != "text":
        return found
    note, doubt = "dates stored as text", also_day_first(cells.levels, text_format or "")
    note += ": month before day" if doubt else _order_of(text_format)
    return replace(found, note=note, doubt=doubt)


def _order_of(text_format: str | None) -> str:
    """Say which of day and month is first, where that is not obvious."""
    if text_format is None or not text_format.startswith(("%d", "%m")):
        return ""
    return ": day before month" if text_format.startswith("%d") else ": month before day"


def _categorical(cells: Cells) -> Profile:
    codes, levels = as_levels(cells)
    return Profile("categorical", int((codes < 0).sum()), np.sort(levels))


def _text(cells: Cells) -> Profile:
    return replace(_categorical(cells), type="text", note="free text")


def _ignored(cells: Cells) -> Profile:
    return replace(_guess(cells), type="identifier", note="left out as asked")


_READERS = {
    "numeric": _numeric,
    "boolean": _boolean,
    "datetime": _datetime,
    "categorical": _categorical,
    "text": _text,
    "identifier": _ignored,
}


def _absent(cells: Cells) -> int:
    """Count the rows that are missing before anything is read into them."""
    if cells.form in ("category", "text"):
        marked = np.array([is_marker(level) for level in cells.levels] + [True])
        return int(marked[cells.values].sum())
    if cells.form == "date":
        return int(np.isnat(cells.values).sum())
    if cells.values.dtype.kind == "f":
        return int((~np.isfinite(cells.values)).sum())
    return 0


def _judge_identifier(
    name: str, profile: Profile, cells: Cells, keep_row_numbers: bool, n_rows: int
) -> Profile:
    n_present = len(cells.values) - profile.n_missing
    if len(profile.distinct) < n_present:
        return profile
    is_index = _is_index(name, profile, cells)
    if n_present <= _FEW_ROWS and not is_index:
        return profile
    if profile.type == "categorical":
        return replace(profile, type="identifier", note="another text in every row, left out")
    if is_index or (profile.type == "numeric" and _counts_rows(profile, cells, n_rows)):
        if keep_row_numbers:
            return replace(profile, note="row number, kept as the only column with values")
        note = "index of the table, left out" if is_index else "row number, left out"
        return replace(profile, type="identifier", note=note)
    return profile


def _is_index(name: str, profile: Profile, cells: Cells) -> bool:
    """Tell an index that was written into the table: by name, and by running numbers.

    Few rows have to count from 0 or 1 in order. Many may be rows that were drawn from a longer
    table, in any order, with gaps.
    """
    if not _INDEX.fullmatch(name.strip()) or profile.type != "numeric" or profile.n_missing:
        return False
    distinct = profile.distinct
    if not _is_whole(cells) or distinct[0] < 0 or _are_years(distinct):
        return False
    if len(distinct) > _FEW_ROWS:
        extent = distinct[-1].item() - distinct[0].item() + 1
        return bool(len(distinct) >= _INDEX_SHARE * extent)
    values = as_numbers(cells).values
    return bool(values[0] in (0, 1) and (values == np.arange(len(values)) + values[0]).all())


def _counts_rows(profile: Profile, cells: Cells, n_rows: int) -> bool:
    """Tell whether the values, all distinct, are whole numbers that count rows, in any order.

    Without a gap, or with no more of them than there are rows that were not looked at.
    """
    distinct = profile.distinct
    if profile.n_missing or not _is_whole(cells) or _are_years(distinct):
        return False
    return bool(distinct[-1].item() - distinct[0].item() <= n_rows - 1)


def _is_whole(cells: Cells) -> bool:
    if cells.form == "text":
        return all(level.strip().lstrip("+-").isdigit() for level in cells.levels)
    return cells.whole


def _are_years(distinct: npt.NDArray[Any]) -> bool:
    return bool(_YEARS[0] <= distinct[0] and distinct[-1] <= _YEARS[1])
