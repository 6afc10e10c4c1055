"""Held-out split and folds that never tear a group apart, and are stratified as far as that allows.

Groups are dealt one by one, largest first, to the part that they bring nearest to its share of
every stratum (a class, or a quantile bin). scikit-learn's stratified group splitter deals for folds
only, knows no regression, and leaves parts empty.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.data.splits import Fold, Rows, count_test_rows, strata_of
from automl.data.target import Task
from automl.exceptions import InvalidInputError

__all__ = ["group_folds", "group_holdout"]

Numbers = npt.NDArray[np.float64]


def group_holdout(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    groups: Rows,
    test_size: float,
    rng: np.random.Generator,
) -> tuple[Rows, Rows]:
    """Keep whole groups aside for the final check.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
    task : Task
    groups : ndarray of int64
        Code of the group of each row.
    test_size : float or int
        A share or a number of rows, which groups meet only about.
    rng : Generator

    Returns
    -------
    train, test : ndarray of int64
        Sorted positions; neither is empty.

    Raises
    ------
    InvalidInputError
        If there are fewer than three groups: one is kept aside, two make folds.

    Examples
    --------
    >>> y, groups = np.arange(8.0), np.array([0, 0, 1, 1, 2, 2, 3, 3])
    >>> train, test = group_holdout(y, "regression", groups, 0.25, np.random.default_rng(0))
    >>> len(train), len(set(groups[test]))
    (6, 1)
    """
    _check_number(groups, 3, "keep some aside and validate on others")
    share = count_test_rows(test_size, len(y)) / len(y)
    part = _dealt(y, task, groups, np.array([1.0 - share, share]), rng)
    return np.flatnonzero(part == 0), np.flatnonzero(part == 1)


def group_folds(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    groups: Rows,
    n_folds: int,
    rng: np.random.Generator,
) -> tuple[Fold, ...]:
    """Cut rows into folds by whole groups.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
    task : Task
    groups : ndarray of int64
        Code of the group of each row.
    n_folds : int
        Fewer are made where there are fewer groups.
    rng : Generator

    Raises
    ------
    InvalidInputError
        If all rows are of one group.
    """
    _check_number(groups, 2, "train on some and validate on others")
    n_made = min(n_folds, len(np.unique(groups)))
    part = _dealt(y, task, groups, np.full(n_made, 1.0 / n_made), rng)
    return tuple(
        Fold(np.flatnonzero(part != fold), np.flatnonzero(part == fold)) for fold in range(n_made)
    )


def _check_number(groups: Rows, least: int, purpose: str) -> None:
    found = len(np.unique(groups))
    if found < least:
        raise InvalidInputError(
            f"`groups` must hold at least {least} groups to {purpose}; got {found}: give a finer "
            "grouping, a test table (X_test, y_test), or leave it out."
        )


def _dealt(
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64],
    task: Task,
    groups: Rows,
    shares: Numbers,
    rng: np.random.Generator,
) -> Rows:
    """Part of each row."""
    names, group_of = np.unique(groups, return_inverse=True)
    strata = strata_of(y, task)
    sizes = np.bincount(group_of).astype(np.float64)
    of_strata = [np.bincount(group_of[rows], minlength=len(names)) for rows in strata]
    part = _deal(np.column_stack([sizes, *of_strata]), shares, rng)
    _fill_empty(part, sizes, len(shares))
    return np.asarray(part[group_of])


def _deal(counts: Numbers, shares: Numbers, rng: np.random.Generator) -> Rows:
    """Deal by the least growth of the chi-square distance from what each part should hold.

    The first column of `counts` is the size of each group, the others are its rows in each stratum.
    """
    wanted = shares[:, None] * counts.sum(axis=0)
    scale = np.maximum(wanted, 1e-9)
    held = np.zeros_like(wanted)
    part = np.zeros(len(counts), dtype=np.int64)
    for group in np.lexsort((rng.random(len(counts)), -counts[:, 0])):
        grown = (2.0 * (held - wanted) + counts[group]) * counts[group] / scale
        chosen = int(np.argmin(grown.sum(axis=1)))
        part[group] = chosen
        held[chosen] += counts[group]
    return part


def _fill_empty(part: Rows, sizes: Numbers, n_parts: int) -> None:
    """Give each empty part the smallest group of the part that has most groups."""
    for empty in np.setdiff1d(np.arange(n_parts), part):
        richest = np.bincount(part, minlength=n_parts).argmax()
        able = np.flatnonzero(part == richest)
        part[able[sizes[able].argmin()]] = empty
