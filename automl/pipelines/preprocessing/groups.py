"""Numbers relative to the rows that share a category."""

from __future__ import annotations

from itertools import product

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array
from automl.pipelines.preprocessing.importance import gains, sample_rows

__all__ = ["GroupComparisons"]

CATEGORIES = 6
NUMBERS = 10
LEAST_DISTINCT = 10
PRIOR_ROWS = 10.0


class GroupComparisons(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Rank of a number among the rows with the same level, and its distance to their mean.

    After the group-by step of TabPrep (arXiv 2606.02384). Means are drawn towards the mean of all
    rows, which unknown levels get; their rank is missing. Missing cells are a level of their own.
    Pairs of a category and a number are chosen by the gain of a small boosted model.

    Parameters
    ----------
    categorical : tuple of int
        Positions of category codes; other columns are numbers.
    most : int
        Columns that are made at most.
    regression : bool
    seed : int
    """

    def __init__(
        self,
        categorical: tuple[int, ...],
        most: int = 8,
        regression: bool = False,
        seed: int = 0,
    ) -> None:
        self.categorical = categorical
        self.most = most
        self.regression = regression
        self.seed = seed

    def fit(self, X: Array, y: Array) -> GroupComparisons:
        """Choose pairs on a sample of rows, and collect the groups of all rows."""
        rows = sample_rows(len(X), self.seed)
        seen, target = X[rows], y[rows]
        pairs = list(product(*self._bases(seen, target)))
        if 2 * len(pairs) > self.most:
            made = [
                _Group(seen[:, c], seen[:, n]).compare(seen[:, c], seen[:, n]) for c, n in pairs
            ]
            together = np.concatenate([seen, *made], axis=1)
            worth = gains(together, target, self.regression, self.seed)[seen.shape[1] :]
            worth = worth.reshape(-1, 2).sum(axis=1)
            best = np.sort(np.argsort(-worth, kind="stable")[: self.most // 2])
            pairs = [pairs[i] for i in best if worth[i] > 0]
        self.pairs_ = pairs
        self.groups_ = [_Group(X[:, c], X[:, n]) for c, n in pairs]
        return self

    def transform(self, X: Array) -> Array:
        """Two columns for each pair."""
        made = [
            group.compare(X[:, c], X[:, n])
            for group, (c, n) in zip(self.groups_, self.pairs_, strict=True)
        ]
        return np.concatenate([np.empty((len(X), 0), np.float32), *made], axis=1)

    def _bases(self, X: Array, y: Array) -> tuple[list[int], list[int]]:
        """Categories and numbers with the largest gain."""
        worth = gains(X, y, self.regression, self.seed)
        ranked = [int(i) for i in np.argsort(-worth, kind="stable")]
        n_distinct = [len(np.unique(column[~np.isnan(column)])) for column in X.T]
        codes = [i for i in ranked if i in self.categorical and n_distinct[i] >= 2]
        numbers = [
            i for i in ranked if i not in self.categorical and n_distinct[i] >= LEAST_DISTINCT
        ]
        return codes[:CATEGORIES], numbers[:NUMBERS]


class _Group:
    """The numbers of one column, sorted inside each level of another.

    Ranks inside a level are positions in one sorted array of keys: level times the number of
    distinct values, plus the place of the value among them.
    """

    def __init__(self, codes: Array, values: Array) -> None:
        present = ~np.isnan(values)
        codes, values = codes[present], values[present].astype(np.float64)
        self.n_levels = int(np.where(np.isnan(codes), -1, codes).max(initial=-1)) + 2
        level = self._level(codes)
        self.values = np.unique(values)
        self.keys = np.sort(level * (len(self.values) + 1) + np.searchsorted(self.values, values))
        self.counts = np.bincount(level, minlength=self.n_levels)
        self.starts = np.cumsum(self.counts) - self.counts
        overall = values.mean() if len(values) else 0.0
        sums = np.bincount(level, weights=values, minlength=self.n_levels)
        self.means = (sums + PRIOR_ROWS * overall) / (self.counts + PRIOR_ROWS)

    def _level(self, codes: Array) -> Array:
        """Missing cells and unknown levels share the last one."""
        known = (codes >= 0) & (codes < self.n_levels - 1)
        return np.where(known, np.where(known, codes, 0), self.n_levels - 1).astype(np.int64)

    def compare(self, codes: Array, values: Array) -> Array:
        """Rank in [0, 1] and distance to the mean; NaN where the number is missing."""
        level = self._level(codes)
        low, high = (
            self._below(level, np.searchsorted(self.values, values, side=side))
            for side in ("left", "right")
        )
        with np.errstate(all="ignore"):
            rank = (low + high) / 2 / self.counts[level]
            distance = values - self.means[level]
        made = np.column_stack([rank, distance]).astype(np.float32)
        made[np.isnan(values)] = np.nan
        return made

    def _below(self, level: Array, place: Array) -> Array:
        """Rows of the level whose value stands before `place`."""
        width = len(self.values) + 1
        return np.searchsorted(self.keys, level * width + place) - self.starts[level]
