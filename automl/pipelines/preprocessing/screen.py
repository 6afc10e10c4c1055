"""A quick screen of the columns of very wide tables, fitted inside each fold.

Trees, neighbours, kernels and networks pay for each column, and on tables with thousands of columns
spend their seconds on those that say nothing. Linear models are cheap and see all; what is said of
distances (neighbours, kernels) gains by fewer columns than trees do
(docs/adr/0033-screen-of-wide-tables.md).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, TransformerMixin

__all__ = ["WIDE", "ColumnScreen"]

Array = npt.NDArray[Any]

WIDE = 1_000
"""Columns above which a table is screened."""
_MOST_ROWS = 20_000
_CHUNK = 1_000


class ColumnScreen(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Keeps the columns that go with the target, one by one.

    A column counts by its correlation with the target, or that of its squared distance from its
    mean, whichever is larger; with several classes, by the class that it tells best from the rest.
    Missing cells count as the mean.

    Parameters
    ----------
    most : int
        Columns kept.
    classes : bool
        Whether the target holds codes of classes.

    Attributes
    ----------
    kept_ : ndarray of int64
        Positions of the columns kept, ascending.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 50)).astype(np.float32)
    >>> ColumnScreen(2, classes=False).fit(X, X[:, 7] + X[:, 31] ** 2).kept_
    array([ 7, 31])
    """

    def __init__(self, most: int, classes: bool) -> None:
        self.most = most
        self.classes = classes

    def fit(self, X: Array, y: Array) -> Self:
        """Choose columns by the training rows."""
        step = -(-len(X) // _MOST_ROWS)
        X, y = X[::step], y[::step]
        targets = (y[:, None] == np.unique(y)).astype(np.float64) if self.classes else y[:, None]
        targets = _standardised(targets)
        starts = range(0, X.shape[1], _CHUNK)
        scores = np.concatenate([_scores(X[:, i : i + _CHUNK], targets) for i in starts])
        self.kept_ = np.sort(np.argsort(-scores, kind="stable")[: self.most])
        return self

    def transform(self, X: Array) -> Array:
        """Columns that were kept."""
        return X[:, self.kept_]


def _scores(X: Array, targets: Array) -> Array:
    values = _standardised(X.astype(np.float64))
    bent = _standardised(values**2)
    found = (np.abs(one.T @ targets).max(axis=1) for one in (values, bent))
    return np.asarray(np.maximum(*found))


def _standardised(values: Array) -> Array:
    """Columns of mean 0 and length 1; of zeros where there is nothing to tell rows apart."""
    present = ~np.isnan(values)
    count = np.maximum(present.sum(axis=0), 1)
    mean = np.where(present, values, 0.0).sum(axis=0) / count
    centred = np.where(present, values - mean, 0.0)
    length = np.sqrt((centred**2).sum(axis=0))
    return np.asarray(centred / np.where(length > 0, length, 1.0))
