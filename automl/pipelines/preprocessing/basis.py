"""More columns from numeric ones, for models that are linear in their columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array

__all__ = ["CubicSplines", "PiecewiseLinear", "make_basis"]

N_BINS = 10
N_KNOTS = 5
DEGREE = 3
MOST_COLUMNS = 1_000
ROWS_FOR_QUANTILES = 10_000


class PiecewiseLinear(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Each column beside its piecewise-linear encoding (Gorishniy et al., arXiv 2203.05556).

    Bin t of a column contributes ``(x - b[t-1]) / (b[t] - b[t-1])`` clipped to [0, 1]; bin edges
    are quantiles, equal ones merged. Columns with fewer than three edges are passed on alone.

    Parameters
    ----------
    n_bins : int
        For one column at most; fewer where columns are many.
    """

    def __init__(self, n_bins: int = N_BINS) -> None:
        self.n_bins = n_bins

    def fit(self, X: Array, y: Array | None = None) -> PiecewiseLinear:  # noqa: ARG002
        """Find the bin edges on evenly spaced rows."""
        n_bins = min(self.n_bins, MOST_COLUMNS // X.shape[1])
        self.edges_ = _quantiles(X, max(n_bins, 1) + 1)
        return self

    def transform(self, X: Array) -> Array:
        """Columns, then their bins."""
        blocks = [X]
        for column, edges in zip(X.T, self.edges_, strict=True):
            if len(edges) > 2:
                bins = (column[:, None] - edges[:-1]) / np.diff(edges)
                blocks.append(np.clip(bins, 0.0, 1.0, out=bins))
        return np.concatenate(blocks, axis=1, dtype=np.float32)


class CubicSplines(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Each column beside cubic B-splines with few knots at its quantiles.

    Beyond the outer knots splines are constant, so that only the column itself goes on. Columns
    with fewer than three different knots are passed on alone. Own code instead of scikit-learn's
    SplineTransformer, which takes one number of knots for all columns and makes splines of no
    width where quantiles are equal.

    Parameters
    ----------
    n_knots : int
        For one column at most; fewer where columns are many.
    """

    def __init__(self, n_knots: int = N_KNOTS) -> None:
        self.n_knots = n_knots

    def fit(self, X: Array, y: Array | None = None) -> CubicSplines:  # noqa: ARG002
        """Find the knots on evenly spaced rows."""
        n_knots = min(self.n_knots, MOST_COLUMNS // X.shape[1] - DEGREE)
        self.knots_ = _quantiles(X, max(n_knots, 2))
        return self

    def transform(self, X: Array) -> Array:
        """Columns, then their splines."""
        from scipy.interpolate import BSpline

        blocks = [X]
        for column, knots in zip(X.T, self.knots_, strict=True):
            if len(knots) > 2:
                inside = np.clip(column, knots[0], knots[-1]).astype(np.float64)
                padded = np.pad(knots.astype(np.float64), DEGREE, mode="edge")
                blocks.append(BSpline.design_matrix(inside, padded, DEGREE).toarray())
        return np.concatenate(blocks, axis=1, dtype=np.float32)


def make_basis(name: str) -> Any:
    """Transformer of a basis choice.

    Parameters
    ----------
    name : {"piecewise", "spline", "quadratic"}
        "quadratic" adds squares and products of the first 40 columns.
    """
    return {"piecewise": PiecewiseLinear, "spline": CubicSplines, "quadratic": _Quadratic}[name]()


class _Quadratic(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Columns, their squares and products; only the most varied columns where there are many."""

    MOST = 40

    def fit(self, X: Array, y: Array | None = None) -> _Quadratic:  # noqa: ARG002
        order = np.argsort(-X.std(axis=0), kind="stable")[: self.MOST]
        self.chosen_ = np.sort(order)
        self.left_, self.right_ = np.triu_indices(len(self.chosen_))
        return self

    def transform(self, X: Array) -> Array:
        chosen = X[:, self.chosen_]
        products = chosen[:, self.left_] * chosen[:, self.right_]
        return np.concatenate([X, products], axis=1, dtype=np.float32)


def _quantiles(X: Array, number: int) -> list[Array]:
    """For each column quantiles from the smallest to the largest cell, without equal ones."""
    seen = X[:: 1 + (len(X) - 1) // ROWS_FOR_QUANTILES]
    shares = np.linspace(0.0, 1.0, number)
    return [_distinct(edges) for edges in np.quantile(seen, shares, axis=0).T]


def _distinct(edges: Array) -> Array:
    """Edges without those closer than a thousandth of the range: narrow bins would explode."""
    span = float(edges[-1] - edges[0])
    keep = [0]
    for position in range(1, len(edges)):
        if edges[position] - edges[keep[-1]] > 1e-3 * span:
            keep.append(position)
    return np.asarray(edges[keep], dtype=np.float32)
