"""Numeric columns on a common scale: standard, robust with a smooth clip, or quantile-normal."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin

from automl.pipelines.declaration import Array

__all__ = ["SmoothRobustScaler", "StandardClipScaler", "make_scaler"]

CLIP = 10.0
MOST_QUANTILES = 200
ROWS_FOR_QUANTILES = 10_000


class StandardClipScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Mean 0 and standard deviation 1, cut at ten standard deviations.

    Constant columns become 0; the cut keeps a single wild cell of a new row from ruling a model.
    """

    def fit(self, X: Array, y: Array | None = None) -> StandardClipScaler:  # noqa: ARG002
        """Find means and deviations."""
        self.center_ = X.mean(axis=0, dtype=np.float64).astype(np.float32)
        deviation = X.std(axis=0, dtype=np.float64)
        self.factor_ = _inverse(deviation, np.abs(self.center_))
        return self

    def transform(self, X: Array) -> Array:
        """Scale a copy."""
        return _clip((X - self.center_) * self.factor_)


class SmoothRobustScaler(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Median 0 and interquartile range 1, then ``x / sqrt(1 + (x / 3)**2)``, within (-3, 3).

    The scaling of RealMLP (Holzmüller et al., arXiv 2407.04491): where the quartiles agree, half
    the range takes the place of their distance; constant columns become 0.
    """

    def fit(self, X: Array, y: Array | None = None) -> SmoothRobustScaler:  # noqa: ARG002
        """Find medians and quartile distances on evenly spaced rows."""
        seen = X[:: 1 + (len(X) - 1) // ROWS_FOR_QUANTILES]
        lower, self.center_, upper = np.percentile(seen, (25, 50, 75), axis=0).astype(np.float32)
        half_range = (X.max(axis=0) - X.min(axis=0)) / 2
        spread = upper - lower
        self.factor_ = _inverse(np.where(spread > 0, spread, half_range), np.abs(self.center_))
        return self

    def transform(self, X: Array) -> Array:
        """Scale and bend a copy."""
        scaled: Array = (X - self.center_) * self.factor_
        np.clip(scaled, -1e6, 1e6, out=scaled)  # squares stay finite in float32
        scaled /= np.sqrt(1.0 + (scaled / np.float32(3.0)) ** 2)
        return scaled


def make_scaler(name: str, seed: int) -> Any:
    """Transformer of a scaling choice.

    Parameters
    ----------
    name : {"standard", "robust", "quantile"}
    seed : int
        For the rows on which quantiles are taken.
    """
    if name == "standard":
        return StandardClipScaler()
    if name == "robust":
        return SmoothRobustScaler()
    return _QuantileNormal(seed)


class _QuantileNormal(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Ranks mapped to a normal distribution, with as many quantiles as the rows carry."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed

    def fit(self, X: Array, y: Array | None = None) -> _QuantileNormal:  # noqa: ARG002
        from sklearn.preprocessing import QuantileTransformer

        self.transformer_ = QuantileTransformer(
            n_quantiles=int(np.clip(len(X) // 10, 10, min(MOST_QUANTILES, len(X)))),
            output_distribution="normal",
            subsample=ROWS_FOR_QUANTILES,
            random_state=self.seed,
        ).fit(X)
        return self

    def transform(self, X: Array) -> Array:
        # cells beyond the training range land at +-5.2 and would stand far from all others
        ranks: Array = np.clip(self.transformer_.transform(X), -3.0, 3.0)
        return ranks.astype(np.float32, copy=False)


def _inverse(spread: Array, magnitude: Array) -> Array:
    """One over the spread; 0 where the spread is nothing but float32 rounding."""
    real = spread > 1e-6 * magnitude
    return np.where(real, 1.0 / np.where(real, spread, 1.0), 0.0).astype(np.float32)


def _clip(X: Array) -> Array:
    np.clip(X, -CLIP, CLIP, out=X)
    return X
