"""Texts as a few numbers: directions in which they differ, and what they say about the target."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array
from automl.pipelines.preprocessing.encoding import CROSS_FITS, target_columns

__all__ = ["TextNumbers"]

MOST_TERMS = 20_000
MOST_ROWS = 10_000  # that components are found on
COMPONENTS = 48
MOST_SCORES = 20  # columns of scores; more classes get none
STRENGTH = 1.0  # of the ridge penalty, for rows of unit length


class TextNumbers(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Latent semantic analysis of hashed terms, and cross-fitted linear scores.

    Terms of the training rows are weighted by their rarity (tf-idf), rows have unit length. The
    first columns are the leading singular directions (Deerwester et al., Journal of the American
    Society for Information Science 41, 1990). Rare words that point at the target are not among
    them; a ridge regression on all terms finds them. Its scores, one column for each class (one in
    all for two classes and for regression), are cross-fitted: a training row gets the score of
    models that have not seen it.

    Parameters
    ----------
    regression : bool
    seed : int
    """

    def __init__(self, regression: bool = False, seed: int = 0) -> None:
        self.regression = regression
        self.seed = seed

    def fit(self, X: Array, y: Array) -> TextNumbers:
        """Learn from all rows."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Array, y: Array) -> Array:
        """Learn from all rows; training rows get the scores of the other folds."""
        self.terms_ = _Terms().fit(X)
        weights = self.terms_.transform(X)
        self.directions_ = self._directions(weights)
        targets = target_columns(y, self.regression)
        if targets.shape[1] > MOST_SCORES or weights.shape[1] == 0:
            targets = targets[:, :0]
        self.prior_ = targets.mean(axis=0)
        self.slopes_ = self._slopes(weights, targets)
        n_folds = min(CROSS_FITS, len(X))
        fold = np.random.default_rng(self.seed).permutation(len(X)) % n_folds
        scores = np.tile(self.prior_, (len(X), 1))
        for k in range(n_folds if n_folds > 1 and targets.shape[1] else 0):
            rest = fold != k
            slopes = self._slopes(weights[rest], targets[rest])
            scores[~rest] = targets[rest].mean(axis=0) + weights[~rest] @ slopes
        return self._join(weights, scores)

    def transform(self, X: Array) -> Array:
        """Components and scores of new rows; terms that no training row has count for nothing."""
        weights = self.terms_.transform(X)
        return self._join(weights, self.prior_ + weights @ self.slopes_)

    def _directions(self, weights: Any) -> Array:
        from sklearn.utils.extmath import randomized_svd

        n_components = min(COMPONENTS, *(max(0, size - 1) for size in weights.shape))
        if n_components == 0:
            return np.zeros((weights.shape[1], 0), dtype=np.float32)
        rows = weights[:: 1 + (weights.shape[0] - 1) // MOST_ROWS]
        _, sizes, directions = randomized_svd(rows, n_components, n_iter=3, random_state=self.seed)
        return np.asarray(directions[sizes > 1e-6 * max(sizes[0], 1e-9)].T, dtype=np.float32)

    def _slopes(self, weights: Any, targets: Array) -> Array:
        from sklearn.linear_model import Ridge

        if not targets.shape[1]:
            return np.zeros((weights.shape[1], 0), dtype=np.float32)
        model = Ridge(STRENGTH, fit_intercept=False, solver="sparse_cg", tol=1e-3)
        model.fit(weights, targets - targets.mean(axis=0))
        return np.asarray(model.coef_, dtype=np.float32).reshape(targets.shape[1], -1).T

    def _join(self, weights: Any, scores: Array) -> Array:
        return np.concatenate([weights @ self.directions_, scores], axis=1, dtype=np.float32)


class _Terms:
    """Which hashes are terms, and how much each counts."""

    def fit(self, X: Array) -> _Terms:
        """Take terms of at least two rows, the most frequent ones where they are too many."""
        row, _ = np.nonzero(~np.isnan(X))
        pairs = np.unique(np.column_stack([X[~np.isnan(X)], row]), axis=0)
        known, n_rows = np.unique(pairs[:, 0], return_counts=True)
        kept = np.sort(np.argsort(-n_rows, kind="stable")[:MOST_TERMS])
        kept = kept[n_rows[kept] > 1]
        self.known = known[kept]
        self.rarity = np.log((1.0 + len(X)) / (1.0 + n_rows[kept])) + 1.0
        return self

    def transform(self, X: Array) -> Any:
        """Rows of unit length as a sparse matrix."""
        from scipy.sparse import csr_matrix

        present = ~np.isnan(X)
        row, _ = np.nonzero(present)
        place = np.searchsorted(self.known, X[present])
        found = place < len(self.known)
        found[found] = self.known[place[found]] == X[present][found]
        counts = csr_matrix(
            (np.ones(int(found.sum()), dtype=np.float32), (row[found], place[found])),
            shape=(len(X), len(self.known)),
        )
        counts.sum_duplicates()
        counts.data = (1.0 + np.log(counts.data)) * self.rarity[counts.indices]
        lengths = np.sqrt(np.bincount(counts.nonzero()[0], counts.data**2, len(X)))
        counts.data /= np.repeat(lengths, np.diff(counts.indptr))
        return counts.astype(np.float32)
