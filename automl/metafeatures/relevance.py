"""How much single columns say about the target."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data import Dataset

__all__ = ["describe_relevance", "target_codes"]

_BINS = 8
_MOST_LEVELS = 30
_NAMES = ("information_q50", "information_q90", "information_sum")


def describe_relevance(dataset: Dataset) -> dict[str, float]:
    """Mutual information of each column with the target, as a share of the target's entropy.

    Parameters
    ----------
    dataset : Dataset
        A sample of rows and columns.

    Returns
    -------
    dict of str to float
        Median and 90 % quantile over columns, and the logarithm of one plus the sum. Numbers are
        cut into eight bins of equal size, missing cells are a value of their own, and what chance
        alone would give is taken off.
    """
    codes, n_codes = _column_codes(dataset)
    target, n_targets = target_codes(dataset)
    if n_targets < 2:
        return dict.fromkeys(_NAMES, 0.0)
    information = _information(codes, n_codes, target, n_targets)
    found = (*np.quantile(information, (0.5, 0.9)), np.log1p(information.sum()))
    return {name: float(value) for name, value in zip(_NAMES, found, strict=True)}


def target_codes(dataset: Dataset) -> tuple[npt.NDArray[np.int64], int]:
    """Classes, or quantile bins of values, without gaps; and their number."""
    y = dataset.y
    if dataset.task == "regression":
        edges = np.unique(np.quantile(y, np.arange(1, _BINS) / _BINS))
        y = np.searchsorted(edges, y, side="left")
    present, codes = np.unique(y, return_inverse=True)
    return codes.astype(np.int64), len(present)


def _column_codes(dataset: Dataset) -> tuple[npt.NDArray[np.int64], int]:
    """Small whole numbers in place of all cells; the last code stands for missing ones."""
    X = dataset.X
    codes = np.zeros(X.shape, dtype=np.int64)
    numeric = list(dataset.numeric)
    if numeric:
        edges = _edges(X[:, numeric])
        for edge in edges:
            codes[:, numeric] += X[:, numeric] > edge
    categorical = list(dataset.categorical)
    if categorical:
        # rare levels have the highest codes nowhere, but any folding will do for a description
        codes[:, categorical] = np.nan_to_num(X[:, categorical]).astype(np.int64) % _MOST_LEVELS
    n_codes = max(_BINS, _MOST_LEVELS if categorical else 0) + 1
    codes[np.isnan(X)] = n_codes - 1
    return codes, n_codes


def _edges(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Quantiles of each column without its missing cells."""
    ordered = np.sort(values, axis=0)
    last = np.maximum((~np.isnan(values)).sum(axis=0) - 1, 0)
    shares = np.arange(1, _BINS) / _BINS
    places = np.floor(shares[:, None] * last).astype(np.int64)
    return np.asarray(np.take_along_axis(ordered, places, axis=0))


def _information(
    codes: npt.NDArray[np.int64], n_codes: int, target: npt.NDArray[np.int64], n_targets: int
) -> npt.NDArray[np.float64]:
    """Share of the target's entropy that each column takes away."""
    n_rows, n_columns = codes.shape
    cells = (np.arange(n_columns) * n_codes + codes) * n_targets + target[:, None]
    size = n_columns * n_codes * n_targets
    joint = np.bincount(cells.ravel(), minlength=size).reshape(n_columns, n_codes, n_targets)
    of_column, of_target = joint.sum(axis=2), np.bincount(target, minlength=n_targets)
    entropy = _entropy(of_target / n_rows)
    information = _entropy(of_column / n_rows) + entropy - _entropy(joint / n_rows, axes=(1, 2))
    used = (of_column > 0).sum(axis=1)
    by_chance = (used - 1) * (n_targets - 1) / (2 * n_rows)  # Miller and Madow
    return np.asarray(np.clip((information - by_chance) / entropy, 0.0, 1.0))


def _entropy(
    shares: npt.NDArray[np.float64], axes: tuple[int, ...] = (-1,)
) -> npt.NDArray[np.float64]:
    logs = np.log(np.where(shares > 0, shares, 1.0))
    return np.asarray(-(shares * logs).sum(axis=axes))
