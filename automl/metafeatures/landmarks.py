"""Landmarks [1]_: how well three tiny models do on a thousand rows.

All are judged alike, whatever the task: the share of the target's variance that is explained on
rows that were not used to fit, where classes are columns of zeros and ones.

.. [1] Pfahringer, Bensusan and Giraud-Carrier, Meta-learning by landmarking, ICML 2000.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data import Dataset
from automl.metafeatures.dependence import standardise
from automl.metafeatures.relevance import target_codes

__all__ = ["describe_landmarks"]

Values = npt.NDArray[np.float64]

_LEVELS = 10  # one-hot columns of a category at most
_MOST_COLUMNS = 150
_RIDGE = 0.01  # of the number of rows
_LEAST_ROWS = 10
_NAMES = ("landmark_stump", "landmark_linear", "landmark_nearest")


def describe_landmarks(dataset: Dataset, rng: np.random.Generator) -> dict[str, float]:
    """Score a decision stump, a ridge regression and the nearest neighbour.

    Parameters
    ----------
    dataset : Dataset
        A sample of rows and columns; half of the rows fit, the others score, and vice versa.
    rng : Generator
        Cuts the halves.

    Returns
    -------
    dict of str to float
        From -1 (worse than knowing nothing; the nearest neighbour of noise) to 1; 0 for fewer than
        ten rows.
    """
    if dataset.n_rows < _LEAST_ROWS:
        return dict.fromkeys(_NAMES, 0.0)
    X, y = _inputs(dataset), _outputs(dataset)
    order = rng.permutation(dataset.n_rows)
    halves = order[::2], order[1::2]
    scores = [
        [_explained(model(X[a], y[a], X[b]), y[a], y[b]) for model in (_stump, _linear, _nearest)]
        for a, b in (halves, halves[::-1])
    ]
    return {name: float(score) for name, score in zip(_NAMES, np.mean(scores, axis=0), strict=True)}


def _inputs(dataset: Dataset) -> Values:
    """Standardised numbers, frequent levels as zeros and ones."""
    blocks = [dataset.X[:, list(dataset.numeric)].astype(np.float64)]
    for column in dataset.categorical:
        codes = dataset.X[:, column]
        levels, counts = np.unique(codes[~np.isnan(codes)], return_counts=True)
        frequent = levels[np.argsort(-counts, kind="stable")][:_LEVELS]
        blocks.append((codes[:, None] == frequent).astype(np.float64))
    X = standardise(np.hstack(blocks))
    spaced = np.linspace(0, X.shape[1] - 1, min(X.shape[1], _MOST_COLUMNS)).round().astype(int)
    return X[:, spaced]


def _outputs(dataset: Dataset) -> Values:
    if dataset.task == "regression":
        return standardise(dataset.y.astype(np.float64)[:, None])
    codes, n_classes = target_codes(dataset)
    return np.eye(n_classes)[codes]


def _explained(prediction: Values, train: Values, truth: Values) -> float:
    """Share of the squared error of the training mean that is gone; not below -1."""
    total = ((truth - train.mean(axis=0)) ** 2).sum()
    if total <= 0:
        return 0.0
    return float(max(-1.0, 1.0 - ((truth - prediction) ** 2).sum() / total))


def _linear(X: Values, y: Values, X_new: Values) -> Values:
    mean, of_y = X.mean(axis=0), y.mean(axis=0)
    centred = X - mean
    gram = centred.T @ centred + _RIDGE * len(X) * np.eye(X.shape[1])
    return np.asarray((X_new - mean) @ np.linalg.solve(gram, centred.T @ (y - of_y)) + of_y)


def _nearest(X: Values, y: Values, X_new: Values) -> Values:
    squares = (X_new**2).sum(axis=1)[:, None] - 2.0 * X_new @ X.T + (X**2).sum(axis=1)
    return np.asarray(y[squares.argmin(axis=1)])


def _stump(X: Values, y: Values, X_new: Values) -> Values:
    """The one cut of one column that takes away most squared error."""
    order = np.argsort(X, axis=0, kind="stable")
    ordered = np.take_along_axis(X, order, axis=0)
    sums = np.cumsum(y[order], axis=0)[:-1]  # of the left side, for every cut of every column
    n_left = np.arange(1, len(X))[:, None]
    total = y.sum(axis=0)
    gain = (sums**2).sum(axis=2) / n_left + ((total - sums) ** 2).sum(axis=2) / (len(X) - n_left)
    gain[ordered[1:] <= ordered[:-1]] = -np.inf  # equal values cannot be cut apart
    row, column = np.unravel_index(int(gain.argmax()), gain.shape)
    if not np.isfinite(gain[row, column]):
        return np.tile(y.mean(axis=0), (len(X_new), 1))
    cut = (ordered[row, column] + ordered[row + 1, column]) / 2.0
    left = X[:, column] <= cut
    means = y[~left].mean(axis=0), y[left].mean(axis=0)
    return np.asarray(np.where((X_new[:, column] <= cut)[:, None], means[1], means[0]))
