"""Combinations of two categorical columns as categories of their own."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array
from automl.pipelines.preprocessing.encoding import TargetStatistics
from automl.pipelines.preprocessing.importance import gains, sample_rows

__all__ = ["CategoryCrosses"]

BASES = 12
MOST_SINGLES = 300  # columns of statistics that single columns are chosen by
MOST_CANDIDATES = 400  # columns of statistics that pairs are chosen by
MOST_STATISTICS = 200  # columns of statistics of the chosen pairs; many classes make them wide
MOST_LEVELS_OF_NUMBERS = 25


class CategoryCrosses(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Codes of pairs of columns, without the columns; `TargetStatistics` make numbers of them.

    A missing cell is a level like any other; a pair of levels that no training row has is missing.
    Numeric columns with few distinct values serve as categories too. After the crosses of TabPrep
    (arXiv 2606.02384); of all pairs only those are kept whose statistics a small boosted model,
    that sees the statistics of the single columns beside them, gains most from.

    Parameters
    ----------
    categorical : tuple of int
        Positions of category codes; other columns are numbers.
    most : int
        Pairs at most.
    regression : bool
    seed : int
    """

    def __init__(
        self,
        categorical: tuple[int, ...],
        most: int = 12,
        regression: bool = False,
        seed: int = 0,
    ) -> None:
        self.categorical = categorical
        self.most = most
        self.regression = regression
        self.seed = seed

    def fit(self, X: Array, y: Array) -> CategoryCrosses:
        """Choose pairs on a sample of rows, and list the combinations of all rows."""
        rows = sample_rows(len(X), self.seed)
        self.pairs_ = self._choose(X[rows], y[rows])
        self.levels_ = {i: _levels(X[:, i]) for i in {i for pair in self.pairs_ for i in pair}}
        self.known_ = [np.unique(self._cross(X, *pair)) for pair in self.pairs_]
        return self

    def transform(self, X: Array) -> Array:
        """Codes from 0; NaN where a combination is new."""
        made = np.full((len(X), len(self.pairs_)), np.nan, dtype=np.float32)
        for place, (pair, known) in enumerate(zip(self.pairs_, self.known_, strict=True)):
            crossed = self._cross(X, *pair)
            code = np.minimum(np.searchsorted(known, crossed), len(known) - 1)
            found = known[code] == crossed
            made[found, place] = code[found]
        return made

    def _cross(self, X: Array, left: int, right: int) -> Array:
        """One number for each combination of levels."""
        width = len(self.levels_[right]) + 2
        return _place(X[:, left], self.levels_[left]) * width + _place(
            X[:, right], self.levels_[right]
        )

    def _choose(self, X: Array, y: Array) -> list[tuple[int, int]]:
        """Pairs with the largest gain, in the order of the table."""
        n_targets = 1 if self.regression else int(y.max()) + 1
        usable = self._usable(X, max(BASES, MOST_SINGLES // (n_targets + 1)))
        if len(usable) < 2:
            return []
        singles = [self._statistics(X[:, [i]], y) for i in usable]
        width = max(block.shape[1] for block in singles)
        n_bases = max(2, min(BASES, math.isqrt(2 * MOST_CANDIDATES // width)))
        if len(usable) > n_bases:
            best = _best(self._worth([], singles, y), n_bases)
            usable, singles = [usable[i] for i in best], [singles[i] for i in best]
        pairs = list(combinations(usable, 2))
        n_wanted = max(1, min(self.most, MOST_STATISTICS // width))
        if len(pairs) <= n_wanted:
            return pairs
        self.levels_ = {i: _levels(X[:, i]) for i in usable}
        crossed = [self._statistics(_compact(self._cross(X, *pair)), y) for pair in pairs]
        worth = self._worth(singles, crossed, y)
        return [pairs[i] for i in _best(worth, n_wanted) if worth[i] > 0]

    def _usable(self, X: Array, most: int) -> list[int]:
        """Columns to pair, codes before numbers where they are many."""
        codes, numbers = [], []
        for i, column in enumerate(X.T):
            n_levels = len(_levels(column))
            if i in self.categorical:
                codes += [i] if n_levels >= 2 else []
            elif 2 <= n_levels <= MOST_LEVELS_OF_NUMBERS:
                numbers.append(i)
        return sorted([*codes, *numbers][:most])

    def _statistics(self, codes: Array, y: Array) -> Array:
        return TargetStatistics(regression=self.regression, seed=self.seed).fit_transform(codes, y)

    def _worth(self, beside: list[Array], blocks: list[Array], y: Array) -> Array:
        """Gain of each block of columns."""
        together = np.concatenate([*beside, *blocks], axis=1)
        worth = gains(together, y, self.regression, self.seed)
        ends = np.cumsum([block.shape[1] for block in [*beside, *blocks]])
        sums = np.array([part.sum() for part in np.split(worth, ends[:-1])])
        return sums[len(beside) :]


def _best(worth: Array, n: int) -> list[int]:
    """Positions of the largest values, ascending."""
    return sorted(int(i) for i in np.argsort(-worth, kind="stable")[:n])


def _levels(column: Array) -> Array:
    """Values of a column, sorted, missing ones left out."""
    return np.unique(column[~np.isnan(column)])


def _place(column: Array, levels: Array) -> Array:
    """Position among the levels; one behind them for missing cells, two for unknown levels."""
    if not len(levels):
        return np.zeros(len(column), dtype=np.int64)
    place = np.minimum(np.searchsorted(levels, column), len(levels) - 1)
    place = np.where(levels[place] == column, place, len(levels) + 1)
    return np.where(np.isnan(column), len(levels), place).astype(np.int64)


def _compact(codes: Array) -> Array:
    return np.unique(codes, return_inverse=True)[1].astype(np.float32)[:, None]
