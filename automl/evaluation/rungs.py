"""Fidelities of an evaluation: how many rows train, and on how many folds it is scored."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "ETA",
    "FOLDS",
    "LARGE",
    "MOST_VALIDATION",
    "SMALL",
    "Rung",
    "begins_whole",
    "make_race",
    "make_rungs",
]

ETA = 3
FOLDS = 5
SMALL = 2_000
"""Below this number of rows subsets say nothing, so that only folds are a fidelity."""
LEAST_SUBSET = 1_000
"""Smaller subsets rank boosting too low, which needs rows more than others do."""
WHOLE_ROWS, WHOLE_CELLS = 8_000, 500_000
"""From so many rows on, and up to so many cells for each second of the limit, what is known to be
good is tried on all rows at once."""
LARGE = 20_000
"""Above this number of rows one validation fold is precise enough."""
MOST_VALIDATION = 30_000
"""Rows that this fold has at most."""
RACE_ROWS = 20_000
"""Rows of the smallest subset at most, where few fits are made on all rows."""


@dataclass(frozen=True)
class Rung:
    """One fidelity.

    Parameters
    ----------
    fraction : float
        Share of the training part of a fold that is used, in (0, 1].
    n_folds : int
        Folds ``0 .. n_folds - 1`` are scored.
    """

    fraction: float
    n_folds: int

    @property
    def full(self) -> bool:
        """Whether all training rows are used, so that predictions can enter an ensemble."""
        return self.fraction == 1.0


def begins_whole(n_rows: int, n_features: int, limit: float | None) -> bool:
    """Whether pipelines that are known to be good begin with all training rows.

    On large tables a subset of what will be fitted whole in any case costs the ensemble a member
    (docs/adr/0030-whole-at-once.md); on larger ones than the time is for, it is what ends in time.
    Without a limit nothing is short.

    Parameters
    ----------
    n_rows : int
        Rows of all folds together.
    n_features : int
    limit : float, optional
        Seconds of the run.

    Examples
    --------
    >>> begins_whole(40_000, 10, 15.0), begins_whole(5_000, 10, 15.0)
    (True, False)
    """
    if limit is None or n_rows < WHOLE_ROWS:
        return False
    return n_rows * n_features <= WHOLE_CELLS * limit


def make_rungs(n_rows: int, n_folds: int = FOLDS, all_folds: bool = False) -> tuple[Rung, ...]:
    """Ladder of fidelities for a table, cheapest first.

    Parameters
    ----------
    n_rows : int
        Rows of all folds together.
    n_folds : int
        Folds that there are.
    all_folds : bool
        Whether the last rung has all folds however many rows there are.

    Examples
    --------
    >>> [rung.n_folds for rung in make_rungs(500)]
    [1, 2, 5]
    >>> [round(rung.fraction, 2) for rung in make_rungs(30_000)]
    [0.11, 0.33, 1.0]
    """
    if n_rows < SMALL:
        return tuple(Rung(1.0, n) for n in sorted({min(1, n_folds), min(2, n_folds), n_folds}))
    n_train = n_rows * (FOLDS - 1) / FOLDS
    subsets = tuple(
        Rung(share, 1)
        for share in (1.0 / ETA**2, 1.0 / ETA, 1.0)
        if share * n_train >= LEAST_SUBSET
    )
    if n_folds == 1 or (n_rows > LARGE and not all_folds):
        return subsets
    return (*subsets, Rung(1.0, n_folds))


def make_race(n_train: int) -> tuple[Rung, ...]:
    """Rungs where few fits are made on all rows: subsets are cheap whatever the rows, one fold.

    Parameters
    ----------
    n_train : int
        Training rows of the fold.

    Examples
    --------
    >>> [round(rung.fraction * 800_000) for rung in make_race(800_000)]
    [20000, 126491, 800000]
    >>> [round(rung.fraction * 3_000) for rung in make_race(3_000)]
    [1000, 3000]
    """
    smallest = max(LEAST_SUBSET, min(n_train / ETA**2, RACE_ROWS))
    between = math.sqrt(smallest * n_train)
    rows = [smallest, between] if between >= 2 * smallest else [smallest]
    return (*(Rung(n / n_train, 1) for n in rows if n <= n_train / 2), Rung(1.0, 1))
