"""Sizes of a data set, and the types of its columns."""

from __future__ import annotations

import numpy as np

from automl.data import Dataset

__all__ = ["describe_sizes"]

_BLOCK_ROWS = 8_192  # rows tested for missing values at once


def describe_sizes(dataset: Dataset) -> dict[str, float]:
    """Sizes as natural logarithms, types and missing cells as shares, counts of levels.

    Parameters
    ----------
    dataset : Dataset
        All rows.

    Returns
    -------
    dict of str to float
        ``log_rows_per_feature`` is the ratio of the two sizes; the share of missing cells counts
        all cells, ``share_columns_missing`` and ``share_rows_missing`` columns and rows with at
        least one of them.
    """
    log_rows, log_features = np.log(dataset.n_rows), np.log(dataset.n_features)
    kinds = [feature.kind for feature in dataset.features]
    levels = [feature.n_levels for feature in dataset.features if feature.kind == "categorical"]
    missing = _count_missing(dataset)
    return {
        "log_n_rows": float(log_rows),
        "log_n_features": float(log_features),
        "log_rows_per_feature": float(log_rows - log_features),
        "share_categorical": kinds.count("categorical") / dataset.n_features,
        "share_boolean": kinds.count("boolean") / dataset.n_features,
        "share_missing": float(missing.sum() / dataset.X.size),
        "share_columns_missing": float((missing > 0).mean()),
        "share_rows_missing": _share_rows_missing(dataset),
        "log_median_levels": float(np.log1p(np.median(levels))) if levels else 0.0,
        "log_levels_q90": float(np.log1p(np.quantile(levels, 0.9))) if levels else 0.0,
        "log_max_levels": float(np.log1p(max(levels))) if levels else 0.0,
    }


def _count_missing(dataset: Dataset) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Count missing cells of each column, without a mask as large as the table."""
    missing = np.zeros(dataset.n_features, dtype=np.int64)
    for start in range(0, dataset.n_rows, _BLOCK_ROWS):
        missing += np.isnan(dataset.X[start : start + _BLOCK_ROWS]).sum(axis=0)
    return missing


def _share_rows_missing(dataset: Dataset) -> float:
    """Share of rows with a missing cell."""
    blocks = range(0, dataset.n_rows, _BLOCK_ROWS)
    found = sum(np.isnan(dataset.X[i : i + _BLOCK_ROWS]).any(axis=1).sum() for i in blocks)
    return float(found / dataset.n_rows)
