"""Comparisons over tables. The table is the unit: its splits have been averaged before.

A loss of infinity stands for a run that failed; it loses against every number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["Duel", "duel", "holm", "mean_interval", "mean_ranks", "normalised", "ratio_line"]

TIE = 0.001
"""Losses that differ by less than this share count as equal."""
LOWEST_SCORE = -1.0


@dataclass(frozen=True)
class Duel:
    """One system against another, from the first one's view.

    Parameters
    ----------
    wins, ties, losses : int
        Tables.
    p : float
        Of the Wilcoxon signed-rank test on relative differences, two-sided.
    """

    wins: int
    ties: int
    losses: int
    p: float

    @property
    def points(self) -> float:
        """Wins, with halves for ties."""
        return self.wins + self.ties / 2.0


def duel(first: Sequence[float], second: Sequence[float]) -> Duel:
    """Compare losses of two systems on the same tables.

    Examples
    --------
    >>> found = duel([0.1, 0.2, 0.3], [0.2, 0.2, float("inf")])
    >>> found.wins, found.ties, found.losses
    (2, 1, 0)
    """
    relative = np.array([_relative(a, b) for a, b in zip(first, second, strict=True)])
    tied = np.abs(relative) <= TIE
    wins, losses = int(((relative < 0) & ~tied).sum()), int(((relative > 0) & ~tied).sum())
    return Duel(wins, int(tied.sum()), losses, _wilcoxon(relative))


def _relative(a: float, b: float) -> float:
    """Difference as a share of the larger loss, in [-1, 1]."""
    if a == b:
        return 0.0
    if np.isinf(a) or np.isinf(b):
        return 1.0 if np.isinf(a) else -1.0
    return (a - b) / max(abs(a), abs(b))


def _wilcoxon(relative: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    from scipy.stats import wilcoxon

    if not relative.any():
        return 1.0
    return float(wilcoxon(relative, zero_method="zsplit").pvalue)


def holm(p: Sequence[float]) -> list[float]:
    """Adjust p-values for their number (Holm, 1979).

    Examples
    --------
    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted, highest = [0.0] * len(p), 0.0
    for rank, i in enumerate(sorted(range(len(p)), key=lambda i: p[i])):
        highest = max(highest, min(1.0, (len(p) - rank) * p[i]))
        adjusted[i] = highest
    return adjusted


def mean_ranks(losses: Mapping[str, Sequence[float]]) -> dict[str, float]:
    """Mean rank of each system over the same tables, 1 the best; equal losses share ranks."""
    from scipy.stats import rankdata

    table = np.array(list(losses.values()))
    ranks = rankdata(table, axis=0)
    return {name: float(rank) for name, rank in zip(losses, ranks.mean(axis=1), strict=True)}


def mean_interval(values: Sequence[float]) -> tuple[float, float, float]:
    """Mean over tables, and the ends of its 95 % interval after Student.

    Examples
    --------
    >>> [round(x, 2) for x in mean_interval([0.0, 0.1, 0.2])]
    [0.1, -0.15, 0.35]
    """
    from scipy.stats import t

    mean = float(np.mean(values))
    if len(values) < 2:
        return mean, -np.inf, np.inf
    half = t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / len(values) ** 0.5
    return mean, mean - float(half), mean + float(half)


def normalised(loss: float, prior: float, best: float) -> float:
    """0 for the prior, 1 for the best loss that was seen; failures count 0, nothing below -1.

    Examples
    --------
    >>> round(normalised(0.2, prior=0.5, best=0.1), 2)
    0.75
    """
    if np.isinf(loss):
        return 0.0
    if prior <= best:
        return 1.0 if loss <= best else 0.0
    return max(LOWEST_SCORE, (prior - loss) / (prior - best))


def ratio_line(name: str, losses: Sequence[float], base: Sequence[float]) -> str:
    """Say how losses compare with others on the same tables."""
    found = duel(losses, base)
    ratio = np.exp(np.mean(np.log(np.array(losses) / np.array(base))))
    return (
        f"{name:32} loss ratio {ratio:.4f}, won / tied / lost "
        f"{found.wins} / {found.ties} / {found.losses}, p {found.p:.2g}"
    )
