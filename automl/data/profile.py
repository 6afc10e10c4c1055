"""Guess what a column means: its kind, its distinct values, and whether it is worth keeping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.columns import Column, Kind
from automl.data.reading import as_booleans, as_dates, as_levels, as_numbers, date_format, is_marker
from automl.exceptions import InvalidInputError

__all__ = ["Profile", "profile_column"]

_FEW_ROWS = 20  # up to here a run of integers or of distinct texts may well be information
_LEAST_WORDS = 3.0  # of the mean text of a column of prose
_LEAST_DISTINCT_SHARE = 0.1  # texts that repeat more often than that name categories
_YEARS = (1500, 2100)  # consecutive whole numbers within are years, not row numbers


@dataclass(frozen=True, eq=False)
class Profile:
    """What one column was taken for.

    Parameters
    ----------
    kind : Kind
        What it was taken for.
    n_missing : int
        Rows without a value once read as that kind.
    distinct : ndarray
        Sorted distinct values: numbers, 0 and 1, dates, or level names.
    note : str
        What its owner should know.
    text_format : str, optional
        Format of dates stored as text.
    """

    kind: Kind
    n_missing: int
    distinct: npt.NDArray[Any]
    note: str = ""
    text_format: str | None = None

    def as_column(self, name: str) -> Column:
        """Drop the values, keep what is reported."""
        levels = tuple(self.distinct) if self.kind == "categorical" else ()
        return Column(name, self.kind, self.n_missing, len(self.distinct), levels, self.note)


def profile_column(
    name: str, cells: Cells, wanted: Kind | None, keep_row_numbers: bool = False
) -> Profile:
    """Guess the kind of a column, or obey the wanted one, and look at its values.

    Parameters
    ----------
    name : str
        Name of the column, for messages.
    cells : Cells
        Its cells.
    wanted : Kind, optional
        Kind that the user asked for; a constant or empty column is still left out.
    keep_row_numbers : bool
        Use row numbers as a numeric column instead of leaving them out.

    Raises
    ------
    InvalidInputError
        If no value can be read as the wanted kind (for booleans: if one cannot).
    """
    kind = _guess(cells) if wanted is None else wanted
    profile = _READERS[kind](cells)
    if wanted is not None:
        _check_readable(name, cells, profile)
    if profile.n_missing == len(cells.values):
        return replace(profile, kind="empty", note="no value in any row, left out")
    if kind == "identifier":
        return profile
    if len(profile.distinct) == 1 and profile.n_missing == 0:
        return replace(profile, kind="constant", note="one value in all rows, left out")
    return profile if wanted is not None else _judge_identifier(profile, cells, keep_row_numbers)


def _check_readable(name: str, cells: Cells, profile: Profile) -> None:
    """Refuse a wanted kind that no value has, or, for booleans, that not all values have."""
    nothing = profile.n_missing == len(cells.values) > _absent(cells)
    if nothing or (profile.kind == "boolean" and as_booleans(cells).n_unreadable):
        extent = "none" if nothing else "not all"
        raise InvalidInputError(
            f"column_types says {profile.kind!r} for column {name!r}, but {extent} of its values "
            "can be read like that; name another kind or leave the column out of column_types."
        )


def _guess(cells: Cells) -> Kind:
    if cells.form != "text":
        return _KIND_OF_FORM[cells.form]
    told = [level.strip().lower() for level in cells.levels if not is_marker(level)]
    if not told:
        return "numeric"  # nothing but markers of missing values: found to be empty
    if set(told) <= {"true", "false"}:
        return "boolean"
    if as_numbers(cells).n_unreadable == 0:
        return "numeric"
    if date_format(cells.levels) is not None:
        return "datetime"
    return "text" if _is_prose(cells) else "categorical"


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


_KIND_OF_FORM: dict[str, Kind] = {
    "number": "numeric",
    "boolean": "boolean",
    "date": "datetime",
    "category": "categorical",
}


def _numeric(cells: Cells) -> Profile:
    values = as_numbers(cells).values
    if values.dtype.kind != "f":
        return Profile("numeric", 0, np.unique(values))
    present = values[np.isfinite(values)]
    note = "numbers stored as text" if cells.form == "text" else ""
    return Profile("numeric", len(values) - len(present), np.unique(present), note)


def _boolean(cells: Cells) -> Profile:
    values = as_booleans(cells).values
    present = values[~np.isnan(values)]
    return Profile("boolean", len(values) - len(present), np.unique(present))


def _datetime(cells: Cells) -> Profile:
    text_format = date_format(cells.levels) if cells.form in ("text", "category") else None
    values = as_dates(cells, text_format).values
    present = values[~np.isnat(values)]
    note = "dates stored as text" if cells.form == "text" else ""
    return Profile("datetime", len(values) - len(present), np.unique(present), note, text_format)


def _categorical(cells: Cells) -> Profile:
    codes, levels = as_levels(cells)
    return Profile("categorical", int((codes < 0).sum()), np.sort(levels))


def _text(cells: Cells) -> Profile:
    return replace(_categorical(cells), kind="text", note="free text")


def _ignored(cells: Cells) -> Profile:
    return replace(_READERS[_guess(cells)](cells), kind="identifier", note="left out as asked")


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


def _judge_identifier(profile: Profile, cells: Cells, keep_row_numbers: bool) -> Profile:
    n_present = len(cells.values) - profile.n_missing
    if n_present <= _FEW_ROWS or len(profile.distinct) < n_present:
        return profile
    if profile.kind == "categorical":
        return replace(profile, kind="identifier", note="another text in every row, left out")
    if profile.kind == "numeric" and _counts_rows(profile, cells):
        if keep_row_numbers:
            return replace(profile, note="row number, kept as the only column with values")
        return replace(profile, kind="identifier", note="row number, left out")
    return profile


def _counts_rows(profile: Profile, cells: Cells) -> bool:
    """Tell whether the values, all distinct, are whole numbers without a gap, in any order."""
    if cells.form == "text" and profile.n_missing == 0:
        whole = all(level.strip().lstrip("+-").isdigit() for level in cells.levels)
    else:
        whole = cells.whole
    low, high = profile.distinct[0].item(), profile.distinct[-1].item()
    are_years = _YEARS[0] <= low and high <= _YEARS[1]
    return whole and not are_years and high - low == len(profile.distinct) - 1
