"""What a table loses on its way to numbers, collected column by column and told in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from automl.data.cells import Cells
from automl.data.codecs import Encoded
from automl.data.profile import Profile
from automl.data.reading import as_levels, is_marker
from automl.exceptions import shown, warn_user

__all__ = ["Losses", "warn_of_doubts"]

_BY_CHANCE = 0.01  # that no row has a value, given the share of training rows without one
_MOST_NAMED = 10


class Losses:
    """Values of a table to predict that became missing, and columns that say nothing at all.

    Parameters
    ----------
    n_rows : int
        Of the table. A single row may well lack a value or have a new level, and is not reported.
    shares_missing : mapping of str to float
        Share of training rows without a value, by column.
    """

    def __init__(self, n_rows: int, shares_missing: Mapping[str, float]):
        self._n_rows, self._shares_missing = n_rows, shares_missing
        self._unreadable: list[str] = []
        self._infinite: list[str] = []
        self._absent: list[str] = []
        self._unknown: list[str] = []

    def note(self, name: str, cells: Cells, coded: Encoded) -> None:
        """Note what a column lost."""
        of_all = f"of {self._n_rows} values"
        if coded.n_unreadable:
            example = f"such as {shown(coded.example)}"
            self._unreadable.append(f"{name!r} ({coded.n_unreadable} {of_all}, {example})")
        if coded.n_infinite:
            self._infinite.append(f"{name!r} ({coded.n_infinite} {of_all})")
        if self._n_rows < 2 or coded.n_unreadable or coded.n_infinite:
            return
        if np.isnan(coded.blocks[0][0]) and np.isnan(coded.blocks[0]).all():
            self._note_nothing(name, cells)

    def _note_nothing(self, name: str, cells: Cells) -> None:
        codes, levels = as_levels(cells)
        present = [one for one in levels[np.unique(codes[codes >= 0])] if not is_marker(one)]
        if present:
            self._unknown.append(f"{name!r} (such as {shown(present[0])})")
        elif self._shares_missing[name] ** self._n_rows < _BY_CHANCE:
            self._absent.append(repr(name))

    def warn(self) -> None:
        """Warn of what was noted, in one sentence for each way to lose values."""
        told = (
            ("Values that could not be read became missing in {}.", self._unreadable),
            ("Infinite values became missing in {}.", self._infinite),
            ("No row has a value in {}, unlike in training; check the table.", self._absent),
            (
                "No row has a level known from training in {}, so that all count as missing; "
                "check the table.",
                self._unknown,
            ),
        )
        for sentence, where in told:
            if where:
                warn_user(sentence.format(_listed(where)))


def warn_of_doubts(found: Mapping[str, Profile]) -> None:
    """Warn of columns of a training table that may mean something else.

    Parameters
    ----------
    found : mapping of str to Profile
        Columns with a doubt, by name.
    """
    numbers = [f"{n!r} ({p.doubt})" for n, p in found.items() if p.type != "datetime"]
    dates = [f"{n!r} (such as {p.doubt!r})" for n, p in found.items() if p.type == "datetime"]
    if numbers:
        warn_user(
            f"Texts that may be read as different numbers are left as categories in "
            f"{_listed(numbers)}; write plain numbers, or say 'numeric' in column_types, which "
            "takes a comma for thousands where it may be either."
        )
    if dates:
        warn_user(
            f"Day and month may be swapped, and the month is taken to be first, in "
            f"{_listed(dates)}; write dates as 2021-12-31, or pass "
            "pandas.to_datetime(column, dayfirst=True)."
        )


def _listed(where: Iterable[str]) -> str:
    found = list(where)
    rest = f" and {len(found) - _MOST_NAMED} more columns" if len(found) > _MOST_NAMED else ""
    return ", ".join(found[:_MOST_NAMED]) + rest
