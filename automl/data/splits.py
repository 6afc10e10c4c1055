"""Held-out split, folds, and nested subsamples: stratified, for any number of rows.

scikit-learn's stratified splitters refuse classes with one member and test parts smaller than the
number of classes, and know no strata for regression. A search must go on in all these cases, so
the three splits are built here on one notion of a stratum: a class, or a quantile bin of the
target. Nothing here warns; `automl.data.rare_classes` tells the front door whom to warn about.
"""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np
import numpy.typing as npt

from automl.data.target import Task
from automl.exceptions import InvalidInputError

__all__ = [
    "Fold",
    "Rows",
    "count_test_rows",
    "holdout_split",
    "make_folds",
    "nested_order",
    "strata_of",
]

Rows = npt.NDArray[np.int64]
"""Positions of rows."""

_MOST_BINS = 10  # quantile bins of a regression target
_ROWS_PER_BIN = 5


@dataclass(frozen=True, eq=False)
class Fold:
    """One fold of a cross-validation.

    Parameters
    ----------
    train, validation : ndarray of int64
        Sorted positions of rows.
    """

    train: Rows
    validation: Rows


def holdout_split(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    test_size: float,
    rng: np.random.Generator,
) -> tuple[Rows, Rows]:
    """Keep rows aside for the final check.

    Parameters
    ----------
    y : ndarray, shape (n_rows,)
        Class codes, or numbers.
    task : Task
        Classes are strata; for regression, quantile bins are.
    test_size : float or int
        A share between 0 and 1, or a number of rows.
    rng : Generator
        Source of chance.

    Returns
    -------
    train, test : ndarray of int64
        Sorted positions. Each class keeps at least one row in training, so that the test part can
        turn out smaller than asked for, or empty.

    Raises
    ------
    InvalidInputError
        If `test_size` is neither a share nor a number of rows below that of `y`.
    """
    n_rows = len(y)
    n_test = count_test_rows(test_size, n_rows)
    strata = strata_of(y, task)
    quotas = _share_out(n_test, np.array([len(rows) for rows in strata]), rng)
    in_test = np.zeros(n_rows, dtype=bool)
    for rows, quota in zip(strata, quotas, strict=True):
        in_test[rng.permutation(rows)[:quota]] = True
    return np.flatnonzero(~in_test), np.flatnonzero(in_test)


def make_folds(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    n_folds: int,
    rng: np.random.Generator,
) -> tuple[Fold, ...]:
    """Cut rows into folds for cross-validation.

    Parameters
    ----------
    y : ndarray, shape (n_rows,)
        Class codes, or numbers.
    task : Task
        Classes are strata; for regression, quantile bins are.
    n_folds : int
        At least 2; fewer folds are made where there are fewer rows to validate on.
    rng : Generator
        Source of chance.

    Returns
    -------
    tuple of Fold
        Rows of classes with a single member are in every training part and in no validation part;
        every other class is in every training part. Empty if fewer than 2 rows are left.

    Raises
    ------
    InvalidInputError
        If `n_folds` is not a whole number of at least 2.
    """
    if not isinstance(n_folds, Integral) or n_folds < 2:
        raise InvalidInputError(
            f"n_folds must be a whole number of at least 2, got {n_folds!r}; 5 is usual."
        )
    strata = strata_of(y, task)
    able = [rows for rows in strata if len(rows) > 1]
    if not able:
        return ()
    # One round-robin through all strata: neighbours of one class fall into different folds, and
    # folds differ by at most one row.
    able = [able[index] for index in rng.permutation(len(able))]
    dealt = np.concatenate([rng.permutation(rows) for rows in able])
    n_made = min(int(n_folds), len(dealt))
    fold_of = np.full(len(y), -1)
    fold_of[dealt] = np.arange(len(dealt)) % n_made
    return tuple(
        Fold(np.flatnonzero(fold_of != fold), np.flatnonzero(fold_of == fold))
        for fold in range(n_made)
    )


def nested_order(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    rows: Rows,
    rng: np.random.Generator,
) -> Rows:
    """Order rows such that each prefix is nearly stratified: subsamples are prefixes, and nest.

    Parameters
    ----------
    y : ndarray, shape (n_rows,)
        Class codes, or numbers, of all rows.
    task : Task
        Classes are strata; for regression, quantile bins are.
    rows : ndarray of int64
        The rows to order.
    rng : Generator
        Source of chance.

    Returns
    -------
    ndarray of int64
        A permutation of `rows`. The first ``n_classes`` hold each class once, the first
        ``2 * n_classes`` (where all classes have two rows) twice.
    """
    members: list[Rows] = []
    keys: list[npt.NDArray[np.float64]] = []
    for stratum in strata_of(y[rows], task):
        # systematic sampling: member i of m comes at a random point of [i/m, (i+1)/m)
        m = len(stratum)
        key = (np.arange(m) + rng.random(m)) / m
        if task != "regression":
            key[:2] -= np.array([2.0, 1.0])[:m]
        members.append(rng.permutation(stratum))
        keys.append(key)
    order = np.argsort(np.concatenate(keys), kind="stable")
    chosen: Rows = np.concatenate(members)[order]
    return rows[chosen].astype(np.int64)


def strata_of(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64], task: Task
) -> list[npt.NDArray[np.int64]]:
    """Positions of the rows of each class, or of each quantile bin; none is empty."""
    if task == "regression":
        n_bins = int(np.clip(len(y) // _ROWS_PER_BIN, 1, _MOST_BINS))
        edges = np.quantile(y, np.arange(1, n_bins) / n_bins)
        labels = np.searchsorted(edges, y, side="right").astype(np.int64)
    else:
        labels = y.astype(np.int64)
    order = np.argsort(labels, kind="stable").astype(np.int64)
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return np.split(order, cuts)


def count_test_rows(test_size: float, n_rows: int) -> int:
    """Turn a share or a number of rows into a number of rows."""
    if isinstance(test_size, Integral) and 0 <= test_size < n_rows:
        return int(test_size)
    if isinstance(test_size, Real) and not isinstance(test_size, Integral) and 0 < test_size < 1:
        return round(float(test_size) * n_rows)
    raise InvalidInputError(
        f"test_size must be a share between 0 and 1 or a number of rows below {n_rows}, got "
        f"{test_size!r}."
    )


def _share_out(
    n_test: int, sizes: npt.NDArray[np.int64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Give each stratum its share of the test rows by largest remainder, chance among equals.

    Strata with one row give none, the others keep one.
    """
    able = np.where(sizes > 1, sizes, 0)
    exact = n_test * able / max(1, able.sum())
    most = np.maximum(sizes - 1, 0)
    quotas: npt.NDArray[np.int64] = np.minimum(np.floor(exact).astype(np.int64), most)
    while (left := n_test - int(quotas.sum())) > 0 and (quotas < most).any():
        open_strata = np.flatnonzero(quotas < most)
        remainder = (exact - quotas)[open_strata]
        first = open_strata[np.lexsort((rng.random(len(open_strata)), -remainder))]
        quotas[first[:left]] += 1
    return quotas
