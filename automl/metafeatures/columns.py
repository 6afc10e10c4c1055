"""Shapes of the numeric columns."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data import Dataset
from automl.metafeatures.moments import damped_shape

__all__ = ["describe_columns"]

_MOST_COLUMNS = 200  # wider tables are described by evenly spaced columns


def describe_columns(dataset: Dataset) -> dict[str, float]:
    """Average shape of the numeric columns; 0 where there is none.

    Parameters
    ----------
    dataset : Dataset
        A sample of rows.

    Returns
    -------
    dict of str to float
        Means over columns: of absolute skew and of kurtosis (damped), of the share of exact
        zeros, of columns that hold whole numbers alone, and of columns with two values.
    """
    chosen = [i for i, feature in enumerate(dataset.features) if feature.kind == "numeric"]
    if not chosen:
        return dict.fromkeys(_NAMES, 0.0)
    spaced = np.linspace(0, len(chosen) - 1, min(len(chosen), _MOST_COLUMNS)).round().astype(int)
    values = dataset.X[:, np.array(chosen)[spaced]].astype(np.float64)
    skew, kurtosis = damped_shape(values)
    shapes = (
        np.abs(skew),
        kurtosis,
        (values == 0).mean(axis=0),
        _are_whole(values),
        _have_two_values(values),
    )
    return {name: float(shape.mean()) for name, shape in zip(_NAMES, shapes, strict=True)}


_NAMES = (
    "mean_abs_skew",
    "mean_kurtosis",
    "mean_zero_share",
    "share_whole_numbers",
    "share_two_valued",
)


def _are_whole(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    whole: npt.NDArray[np.bool_] = np.all(np.isnan(values) | (values == np.floor(values)), axis=0)
    return whole


def _have_two_values(values: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Tell which columns hold nothing but their minimum and their maximum."""
    known = ~np.isnan(values)
    low = np.where(known, values, np.inf).min(axis=0)
    high = np.where(known, values, -np.inf).max(axis=0)
    at_ends = np.all(~known | (values == low) | (values == high), axis=0)
    two_valued: npt.NDArray[np.bool_] = at_ends & (low < high)
    return two_valued
