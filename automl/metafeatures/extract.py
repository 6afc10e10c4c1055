"""All meta-features of a data set, sizes and types first.

Deterministic, free of NaN and of infinite values, and the same names for every task, so that
vectors of different data sets line up: what does not apply is 0. Features are versioned by name:
what a name means never changes, because stored vectors are compared with fresh ones; another
meaning gets another name, and vectors compare by the names that both have. Values are raw:
callers scale them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from automl.data import Dataset
from automl.metafeatures.columns import describe_columns
from automl.metafeatures.dependence import describe_dependence
from automl.metafeatures.landmarks import describe_landmarks
from automl.metafeatures.quantiles import describe_quantiles
from automl.metafeatures.relevance import describe_relevance
from automl.metafeatures.sizes import describe_sizes
from automl.metafeatures.target import describe_target

__all__ = ["extract"]

_SAMPLE_ROWS = 5_000  # enough for shapes of columns; sizes and shares are exact
_SHAPE_ROWS = 2_000  # for what needs sorted columns
_LANDMARK_ROWS = 1_000
_MOST_COLUMNS = 100  # wider tables are described by evenly spaced columns
_SEED = 0


def extract(dataset: Dataset) -> dict[str, float]:
    """Describe a data set by some forty numbers.

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
    rng = np.random.default_rng(_SEED)
    small = _take_columns(dataset.take(_random_rows(dataset.n_rows, _SHAPE_ROWS, rng)))
    numbers = small.X[:, list(small.numeric)].astype(np.float64)
    return {
        **describe_sizes(dataset),
        **describe_target(dataset),
        **describe_columns(dataset.take(_spaced(dataset.n_rows, _SAMPLE_ROWS))),
        **describe_quantiles(numbers),
        **describe_dependence(numbers),
        **describe_relevance(small),
        **describe_landmarks(small.take(_spaced(small.n_rows, _LANDMARK_ROWS)), rng),
    }


def _spaced(n: int, n_taken: int) -> npt.NDArray[np.int64]:
    """Evenly spaced positions."""
    return np.linspace(0, n - 1, min(n, n_taken)).round().astype(np.int64)


def _random_rows(n_rows: int, n_taken: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Rows in random order: a pattern in the table must not meet a pattern of the sample."""
    return rng.permutation(n_rows)[:n_taken]


def _take_columns(dataset: Dataset) -> Dataset:
    columns = _spaced(dataset.n_features, _MOST_COLUMNS)
    features = tuple(dataset.features[i] for i in columns)
    return replace(dataset, X=dataset.X[:, columns], features=features)
