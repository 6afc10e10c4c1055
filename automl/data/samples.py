"""Rows of a file that is larger than memory allows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["draw_rows"]

_FEWEST = 10
"""Rows of a class that are taken, as far as it has them."""

_SHARE = 0.5
"""Of the sample, that all classes together may take by that."""


def draw_rows(
    targets: pd.DataFrame, n_rows: int, rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Draw rows at random; where the targets are classes, as many of each as it has its share.

    Parameters
    ----------
    targets : DataFrame
        Of all rows; rows that are alike in all columns are a class. Where these are so many that
        each cannot have some rows, they are values, and all rows are drawn alike.
    n_rows : int
        How many to draw.
    rng : Generator

    Returns
    -------
    ndarray of int64
        Positions, sorted.

    Examples
    --------
    >>> targets = pd.DataFrame({"y": ["rare"] * 10 + ["often"] * 990})
    >>> rows = draw_rows(targets, 100, np.random.default_rng(0))
    >>> targets["y"][rows].value_counts().tolist()
    [90, 10]
    """
    if n_rows >= len(targets):
        return np.arange(len(targets))
    classes = targets.groupby(list(targets.columns), dropna=False).ngroup().to_numpy()
    counts = np.bincount(classes)
    least = np.minimum(counts, _FEWEST)
    if least.sum() > _SHARE * n_rows:
        return np.sort(rng.choice(len(targets), n_rows, replace=False))
    wanted = _wanted(counts, least, n_rows)
    shuffled = rng.permutation(len(targets))
    by_class = shuffled[np.argsort(classes[shuffled], kind="stable")]
    place_in_class = np.arange(len(targets)) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.sort(by_class[place_in_class < np.repeat(wanted, counts)])


def _wanted(
    counts: npt.NDArray[np.int64], least: npt.NDArray[np.int64], n_rows: int
) -> npt.NDArray[np.int64]:
    """Rows of each class: what it has at least, and its share of the rest, rounded down."""
    rest = counts - least
    shares = rest * ((n_rows - least.sum()) / max(1, rest.sum()))
    wanted: npt.NDArray[np.int64] = least + shares.astype(np.int64)
    return wanted
