"""What the target looks like: balance of classes, or shape of a distribution."""

from __future__ import annotations

import numpy as np

from automl.data import Dataset
from automl.metafeatures.moments import damped_shape

__all__ = ["describe_target"]


def describe_target(dataset: Dataset) -> dict[str, float]:
    """Classes and their balance, or skew and kurtosis; 0 for what does not apply.

    Parameters
    ----------
    dataset : Dataset
        All rows.

    Returns
    -------
    dict of str to float
        ``class_entropy`` is relative to equal classes (1), ``target_distinct_share`` is distinct
        values per row, ``target_zero_share`` the share of exact zeros.
    """
    described = {
        "log_n_classes": 0.0,
        "class_entropy": 0.0,
        "minority_share": 0.0,
        "majority_share": 0.0,
        "target_skew": 0.0,
        "target_kurtosis": 0.0,
        "target_distinct_share": 0.0,
        "target_zero_share": 0.0,
    }
    if dataset.task == "regression":
        return described | _describe_amounts(dataset)
    return described | _describe_classes(dataset)


def _describe_classes(dataset: Dataset) -> dict[str, float]:
    counts = np.bincount(dataset.y.astype(np.int64), minlength=dataset.n_classes)
    shares = counts / dataset.n_rows
    present = shares[shares > 0]
    entropy = -(present * np.log(present)).sum()
    return {
        "log_n_classes": float(np.log(dataset.n_classes)),
        "class_entropy": float(entropy / np.log(max(dataset.n_classes, 2))),
        "minority_share": float(present.min()),
        "majority_share": float(present.max()),
    }


def _describe_amounts(dataset: Dataset) -> dict[str, float]:
    amounts = dataset.y.astype(np.float64)[:, np.newaxis]
    skew, kurtosis = damped_shape(amounts)
    return {
        "target_skew": float(skew[0]),
        "target_kurtosis": float(kurtosis[0]),
        "target_distinct_share": len(np.unique(amounts)) / dataset.n_rows,
        "target_zero_share": float((amounts == 0).mean()),
    }
