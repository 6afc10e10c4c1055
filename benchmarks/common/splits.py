"""Fixed splits: the same rows for every system, on every machine, in every year.

A fifth of the rows, at most 5,000, is the test part. Classes keep their shares, and every class of
the test part has at least one row in the training part; regression targets are cut into ten parts
of equal size that keep theirs. The seed is a hash of the table's name and the split's number, and
the permutation is written out here, so that no library's change of mind moves a row.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Split", "default_splits", "make_split"]

TEST_SHARE = 0.2
MOST_TEST_ROWS = 5_000
FEW_ROWS = 2_000
SPLITS_OF_SMALL = 3
_PARTS = 10

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Split:
    """Row numbers of both parts, ascending, and a hash that tells whether they ever change."""

    train: Rows
    test: Rows

    @property
    def key(self) -> str:
        """Eight hex digits over the test rows."""
        return hashlib.sha256(self.test.astype("<i8").tobytes()).hexdigest()[:8]


def default_splits(n_rows: int) -> int:
    """Three splits below 2,000 rows, one else."""
    return SPLITS_OF_SMALL if n_rows < FEW_ROWS else 1


def make_split(name: str, number: int, y: npt.ArrayLike, task: str) -> Split:
    """Split a table.

    Parameters
    ----------
    name : str
        Of the table.
    number : int
        Of the split.
    y : array-like, shape (n_rows,)
        Target.
    task : str
        "regression" or a classification task.
    """
    values = np.asarray(y)
    groups = _parts(values) if task == "regression" else _codes(values)
    keys = _random_keys(name, number, len(values))
    wanted = min(round(TEST_SHARE * len(values)), MOST_TEST_ROWS)
    taken = _shares(np.bincount(groups), wanted)
    test = np.concatenate(
        [_smallest(np.flatnonzero(groups == group), keys, n) for group, n in enumerate(taken)]
    )
    test.sort()
    return Split(np.setdiff1d(np.arange(len(values)), test), test)


def _random_keys(name: str, number: int, n_rows: int) -> npt.NDArray[np.uint64]:
    """One number a row; rows with the smallest numbers of their group are the test part."""
    stream = hashlib.shake_256(f"{name}:{number}".encode()).digest(8 * n_rows)
    return np.frombuffer(stream, dtype="<u8")


def _smallest(rows: Rows, keys: npt.NDArray[np.uint64], n: int) -> Rows:
    return rows[np.argsort(keys[rows], kind="stable")[:n]]


def _shares(counts: npt.NDArray[np.int64], wanted: int) -> list[int]:
    """Test rows of each group: in proportion, rounded by largest remainder, one left to train."""
    exact = counts * (wanted / counts.sum())
    taken = np.floor(exact).astype(np.int64)
    order = np.argsort(taken - exact, kind="stable")
    taken[order[: wanted - int(taken.sum())]] += 1
    return [int(n) for n in np.minimum(taken, np.maximum(counts - 1, 0))]


def _codes(values: npt.NDArray[np.generic]) -> Rows:
    return np.unique(values.astype(str), return_inverse=True)[1].astype(np.int64)


def _parts(values: npt.NDArray[np.generic]) -> Rows:
    order = np.argsort(values.astype(np.float64), kind="stable")
    parts = np.empty(len(values), dtype=np.int64)
    parts[order] = np.arange(len(values)) * _PARTS // len(values)
    return parts
