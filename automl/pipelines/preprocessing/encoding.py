"""Categorical codes as numbers: ordinal, one-hot with a cap, and cross-fitted target statistics."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array

__all__ = ["OrdinalCodes", "TargetStatistics", "make_one_hot", "target_columns"]

CROSS_FITS = 5
MOST_STATISTICS = 300


class OrdinalCodes(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Codes as they are, with -1 for missing and unknown levels."""

    def fit(self, X: Array, y: Array | None = None) -> OrdinalCodes:  # noqa: ARG002
        """Nothing to learn."""
        self.n_features_in_ = X.shape[1]
        return self

    def transform(self, X: Array) -> Array:
        """Fill a copy."""
        return np.where(np.isnan(X), np.float32(-1.0), X)


def make_one_hot(max_categories: int, sparse: bool) -> Any:
    """One column for each frequent level (missing counts as one) and one for all rare levels.

    Parameters
    ----------
    max_categories : int
        Columns for one feature at most.
    sparse : bool
        Whether the result is a sparse matrix.
    """
    from sklearn.preprocessing import OneHotEncoder

    return OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=max_categories,
        dtype=np.float32,
        sparse_output=sparse,
    )


class TargetStatistics(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Smoothed target means of levels, cross-fitted on the training rows, and level counts.

    A training row gets ``(sum + smoothing * prior) / (count + smoothing)`` over the rows of the
    other folds, a new row the same over all rows; missing cells are a level of their own, unknown
    levels get the prior. One column for a feature and class (one in all for two classes and for
    regression), and one with the logarithm of the level's share. Features with two levels keep
    their codes, and so do those with fewest levels where the columns would get too many.

    Own code instead of scikit-learn's TargetEncoder: codes are integers already, so that fold
    tables are differences of counts, and classes with a single row are no special case.

    Parameters
    ----------
    smoothing : float
        Rows that the prior counts for.
    regression : bool
    seed : int
        Of the folds.
    """

    def __init__(self, smoothing: float = 10.0, regression: bool = False, seed: int = 0) -> None:
        self.smoothing = smoothing
        self.regression = regression
        self.seed = seed

    def fit(self, X: Array, y: Array) -> TargetStatistics:
        """Collect the statistics of all rows."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Array, y: Array) -> Array:
        """Collect the statistics; training rows get those of the other folds."""
        targets = target_columns(y, self.regression)
        self.prior_ = targets.mean(axis=0)
        self.sizes_ = np.where(np.isnan(X), -1, X).max(axis=0).astype(np.int64) + 2
        self.encoded_ = self._choose(X, targets.shape[1])
        n_folds = min(CROSS_FITS, len(X))
        fold = np.random.default_rng(self.seed).permutation(len(X)) % n_folds
        self.tables_, blocks = [], []
        for column in self.encoded_:
            size = int(self.sizes_[column])
            codes = _codes(X[:, column], size)
            sums = _sums(fold * size + codes, n_folds * size, targets)
            sums = sums.reshape(n_folds, size, -1)
            whole = sums.sum(axis=0)
            self.tables_.append(self._table(whole))
            blocks.append(self._table(whole - sums)[fold, codes])
        return self._join(X, blocks)

    def transform(self, X: Array) -> Array:
        """Statistics of all training rows, for new rows."""
        blocks = [
            table[_codes(X[:, column], len(table))]
            for column, table in zip(self.encoded_, self.tables_, strict=True)
        ]
        return self._join(X, blocks)

    def _choose(self, X: Array, n_targets: int) -> Array:
        """Features that are encoded: most levels first, as long as columns are left."""
        n_levels = np.array([len(np.unique(column[~np.isnan(column)])) for column in X.T])
        room = max(1, MOST_STATISTICS // n_targets)
        ordered = np.argsort(-n_levels, kind="stable")[:room]
        return np.sort(ordered[n_levels[ordered] > 2])

    def _table(self, sums: Array) -> Array:
        """Smoothed means and log shares from sums whose last column counts rows."""
        totals, counts = sums[..., :-1], sums[..., -1:]
        means = (totals + self.smoothing * self.prior_) / (counts + self.smoothing)
        n_rows = counts.sum(axis=-2, keepdims=True)
        shares = np.log((counts + 1.0) / (n_rows + 1.0))
        return np.concatenate([means, shares], axis=-1).astype(np.float32)

    def _join(self, X: Array, blocks: list[Array]) -> Array:
        kept = np.setdiff1d(np.arange(X.shape[1]), self.encoded_)
        codes = np.where(np.isnan(X[:, kept]), np.float32(-1.0), X[:, kept])
        return np.concatenate([codes.astype(np.float32), *blocks], axis=1)


def target_columns(y: Array, regression: bool) -> Array:
    """Values as one column, or class indicators: one column for two classes."""
    if regression:
        return np.asarray(y, dtype=np.float64)[:, None]
    n_classes = int(y.max()) + 1
    indicators = np.asarray(y[:, None] == np.arange(n_classes), dtype=np.float64)
    return indicators[:, 1:] if n_classes == 2 else indicators


def _codes(column: Array, size: int) -> Array:
    """Codes as integers; missing cells and levels beyond the table share the last entry."""
    known = (column >= 0) & (column < size - 1)
    return np.where(known, np.where(known, column, 0), size - 1).astype(np.int64)


def _sums(index: Array, size: int, targets: Array) -> Array:
    """Sum of each target, and the number of rows, for each index."""
    columns = [np.bincount(index, weights=target, minlength=size) for target in targets.T]
    return np.stack([*columns, np.bincount(index, minlength=size).astype(np.float64)], axis=-1)
