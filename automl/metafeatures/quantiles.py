"""Shapes of numeric columns from their quantiles, which a single wild value cannot move."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["describe_quantiles"]

Values = npt.NDArray[np.float64]

_EIGHTHS = np.arange(1, 8) / 8
_NORMAL_TAILS = 1.233  # Moors' figure of a normal column
_FENCE = 1.5  # interquartile ranges beyond the quartiles, as in a box plot
_LARGEST = 5.0
_NAMES = (
    "robust_skew_q50",
    "robust_skew_q90",
    "robust_tails_q50",
    "robust_tails_q90",
    "share_outliers",
    "share_columns_outliers",
    "share_distinct_q50",
)


def describe_quantiles(values: Values) -> dict[str, float]:
    """Quantiles over columns of shapes that are themselves made of quantiles.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_columns)
        Numeric columns of a sample of rows, NaN where missing.

    Returns
    -------
    dict of str to float
        Absolute skew of Bowley (quartiles) and tails of Moors (octiles, 0 for a normal column)
        at the median and the 90 % quantile of columns; share of cells beyond 1.5 interquartile
        ranges, and of columns that have such; distinct values per known one. 0 without columns.
    """
    ordered = np.sort(values, axis=0)  # NaN comes last
    counts = (~np.isnan(values)).sum(axis=0)
    ordered, counts = ordered[:, counts > 1], counts[counts > 1]
    if ordered.shape[1] == 0:
        return dict.fromkeys(_NAMES, 0.0)
    eighths = _quantiles(ordered, counts)
    skew, tails = _shapes(eighths)
    outside = _outliers(ordered, eighths)
    skew_q, tails_q = (np.quantile(shape, (0.5, 0.9)) for shape in (np.abs(skew), tails))
    distinct = 1 + (np.diff(ordered, axis=0) > 0).sum(axis=0)  # comparisons with NaN are false
    found = (
        *skew_q,
        *tails_q,
        outside.sum() / counts.sum(),
        (outside > 0).mean(),
        np.median(distinct / counts),
    )
    return {name: float(value) for name, value in zip(_NAMES, found, strict=True)}


def _quantiles(ordered: Values, counts: npt.NDArray[np.int64]) -> Values:
    """The seven octiles of each column, linear between neighbours."""
    place = _EIGHTHS[:, None] * (counts - 1)
    below = np.floor(place).astype(np.int64)
    above = np.minimum(below + 1, counts - 1)
    low = np.take_along_axis(ordered, below, axis=0)
    high = np.take_along_axis(ordered, above, axis=0)
    share = place - below
    return np.asarray(low * (1.0 - share) + high * share)


def _shapes(eighths: Values) -> tuple[Values, Values]:
    """Bowley's skew and Moors' tails of each column; 0 where half of the values are equal."""
    e1, e2, e3, e4, e5, e6, e7 = eighths / _scale(eighths)
    spread = e6 - e2
    varies = spread > 0
    usable = np.where(varies, spread, 1.0)
    skew = np.where(varies, (e6 - e4 - (e4 - e2)) / usable, 0.0)
    tails = np.where(varies, (e7 - e5 + (e3 - e1)) / usable - _NORMAL_TAILS, 0.0)
    return skew, np.clip(tails, -_LARGEST, _LARGEST)


def _scale(eighths: Values) -> Values:
    """Largest size of each column's octiles: differences of huge values would overflow."""
    largest = np.abs(eighths).max(axis=0)
    return np.where(largest > 0, largest, 1.0)


def _outliers(ordered: Values, eighths: Values) -> Values:
    """Number of cells outside of the fences of each column."""
    scale = _scale(eighths)
    low, high = eighths[1] / scale, eighths[5] / scale
    reach = _FENCE * (high - low)
    scaled = ordered / scale
    return np.asarray(((scaled < low - reach) | (scaled > high + reach)).sum(axis=0))
