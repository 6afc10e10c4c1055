"""All meta-features of a data set, sizes and types first.

Deterministic, free of NaN and of infinite values, and the same names for every task, so that
vectors of different data sets line up: what does not apply is 0. The names below belong to
`METAFEATURES_VERSION`; a feature whose meaning changes needs a new version, because stored
vectors are compared with fresh ones. Values are raw: callers rank-normalise them.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data import Dataset
from automl.metafeatures.columns import describe_columns
from automl.metafeatures.sizes import describe_sizes
from automl.metafeatures.target import describe_target

__all__ = ["METAFEATURES_VERSION", "extract"]

METAFEATURES_VERSION = 1

_SAMPLE_ROWS = 5_000  # enough for shapes of columns; sizes and shares are exact


def extract(dataset: Dataset) -> dict[str, float]:
    """Describe a data set by numbers.

    Parameters
    ----------
    dataset : Dataset
        Encoded rows with their target; take the training part, never held-out rows.

    Returns
    -------
    dict of str to float
        Finite values, in a fixed order.

    Examples
    --------
    >>> from automl.data import Dataset, Feature
    >>> X = np.array([[1.0, 0.0], [2.0, 1.0], [4.0, np.nan]], dtype=np.float32)
    >>> y = np.array([0, 1, 1])
    >>> features = (Feature("size", "numeric"), Feature("colour", "categorical", 2))
    >>> described = extract(Dataset(X, y, "binary", features, n_classes=2))
    >>> described["share_categorical"], round(described["minority_share"], 2)
    (0.5, 0.33)
    """
    return {
        **describe_sizes(dataset),
        **describe_target(dataset),
        **describe_columns(dataset.take(_spaced_rows(dataset.n_rows))),
    }


def _spaced_rows(n_rows: int) -> npt.NDArray[np.int64]:
    """Evenly spaced rows: as good as random ones for shapes of columns, and no seed to carry."""
    n_taken = min(n_rows, _SAMPLE_ROWS)
    return np.linspace(0, n_rows - 1, n_taken).round().astype(np.int64)
