"""Signs that a score will be too good: a column that gives the answer away, rows on both sides."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data.target import Task

__all__ = ["repeats_by_chance", "rows_in_both", "telling_columns"]

_MOST_ROWS = 2_000
_LEAST_ROWS = 50
"""With fewer rows a column can tell everything by chance."""
_ALMOST_ALL = 0.98
_MOST_CELLS = 2_000_000
_CHUNK_CELLS = 5_000_000


def telling_columns(
    X: npt.NDArray[np.float32],
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    rng: np.random.Generator,
) -> tuple[int, ...]:
    """Find columns that alone predict the target almost perfectly.

    Rows are brought into the order of a column; if the target is a function of the column, rows
    that are neighbours then agree in the target (the idea of Chatterjee's coefficient, JASA 2021).
    It needs one sort a column, whatever the shape of the function.

    Parameters
    ----------
    X : ndarray of float32, shape (n_rows, n_features)
    y : ndarray of shape (n_rows,)
    task : Task
    rng : Generator

    Returns
    -------
    tuple of int
        Positions of columns whose neighbours agree in 98 % of what chance leaves open.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> X = rng.normal(size=(200, 3)).astype(np.float32)
    >>> telling_columns(X, (X[:, 1] > 0).astype(np.int64), "binary", rng)
    (1,)
    """
    if len(y) < _LEAST_ROWS:
        return ()
    most = int(np.clip(_MOST_CELLS // max(1, X.shape[1]), _LEAST_ROWS, _MOST_ROWS))
    rows = rng.permutation(len(y))[:most]  # random within ties, whatever the order was
    step = max(1, _CHUNK_CELLS // len(rows))
    found: list[int] = []
    for start in range(0, X.shape[1], step):
        order = np.argsort(X[rows, start : start + step], axis=0, kind="stable")
        agreement = _agreement(y[rows][order], task)
        found.extend(start + np.flatnonzero(agreement > _ALMOST_ALL))
    return tuple(int(column) for column in found)


def _agreement(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64], task: Task
) -> npt.NDArray[np.float64]:
    """How far neighbours agree, column by column: 0 is chance, 1 is always."""
    if task == "regression":
        between = np.mean(np.diff(y, axis=0) ** 2, axis=0)
        chance = 2.0 * np.var(y[:, :1])
    else:
        counts = np.unique(y[:, 0], return_counts=True)[1]
        changes = np.sum(y[1:] != y[:-1], axis=0)
        between = (changes - (len(counts) - 1)) / (len(y) - 1)  # beyond those that cannot be spared
        chance = 1.0 - np.sum((counts / len(y)) ** 2)
    return np.asarray(1.0 - between / max(float(chance), 1e-300))


def rows_in_both(
    one: tuple[npt.NDArray[np.float32], npt.NDArray[np.generic]],
    other: tuple[npt.NDArray[np.float32], npt.NDArray[np.generic]],
) -> int:
    """Count rows of `one` that `other` holds too, with the same cells and the same target.

    Parameters
    ----------
    one, other : tuple of ndarray
        Encoded rows and their target.

    Examples
    --------
    >>> X, y = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32), np.array([0, 1])
    >>> rows_in_both((X, y), (X[:1], y[:1])), rows_in_both((X, y), (X, 1 - y))
    (1, 0)
    """
    marks, others = _marks(*one), _marks(*other)
    if len(marks) == 0:
        return 0
    # looking millions of rows up among a few is much faster than sorting the millions
    few = np.sort(marks)
    near = few[np.minimum(np.searchsorted(few, others), len(few) - 1)]
    return int(np.isin(marks, others[near == others]).sum())


def _marks(X: npt.NDArray[np.float32], y: npt.NDArray[np.generic]) -> npt.NDArray[np.uint64]:
    """A number of 64 bits for each row: a random sum of its cells, as bits, modulo 2**64."""
    cells = np.random.default_rng(0).integers(2**63, size=X.shape[1] + 1, dtype=np.uint64)
    cells = 2 * cells + 1
    marks = y.astype(np.float64).view(np.uint64) * cells[-1]
    step = max(1, _CHUNK_CELLS // max(1, X.shape[1]))
    for start in range(0, len(X), step):
        # adding 0 turns -0.0 into 0.0
        bits = np.ascontiguousarray(X[start : start + step] + np.float32(0.0)).view(np.uint32)
        marks[start : start + step] += bits.astype(np.uint64) @ cells[:-1]
    return np.asarray(marks)


def repeats_by_chance(X: npt.NDArray[np.float32]) -> bool:
    """Tell whether columns are so coarse that equal rows need no copying.

    Were columns independent and their values equally frequent, `n` rows would hold about
    ``n**2 / possible`` equal pairs; a factor of a thousand is granted for rows that are not.

    Examples
    --------
    >>> coarse = np.tile(np.eye(2, dtype=np.float32), (10, 1))
    >>> fine = np.random.default_rng(0).random((20, 8)).astype(np.float32)
    >>> repeats_by_chance(coarse), repeats_by_chance(fine)
    (True, False)
    """
    sample = X[:: max(1, len(X) // _MOST_ROWS)]
    possible = sum(np.log2(len(np.unique(column))) for column in sample.T)
    return bool(possible < 2.0 * np.log2(len(X)) + 10.0)
