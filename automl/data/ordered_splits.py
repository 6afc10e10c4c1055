"""Splits along time: the latest rows are held out, and folds train on the past of what they check.

Rows of one moment are never torn apart: they often share what happened at it.
"""

from __future__ import annotations

import numpy as np

from automl.data.splits import Fold, Rows, count_test_rows
from automl.exceptions import InvalidInputError

__all__ = ["expanding_folds", "latest_rows"]


def latest_rows(order: Rows, test_size: float) -> tuple[Rows, Rows]:
    """Keep the latest rows aside for the final check.

    Parameters
    ----------
    order : ndarray of int64
        Rank of the moment of each row; rows of one moment have the same.
    test_size : float or int
        A share or a number of rows, which whole moments meet only about.

    Returns
    -------
    earlier, latest : ndarray of int64
        Sorted positions; neither is empty.

    Raises
    ------
    InvalidInputError
        If there are fewer than three moments: one is kept aside, two make a fold.

    Examples
    --------
    >>> latest_rows(np.array([3, 1, 2, 0, 4]), 2)[1].tolist()
    [0, 4]
    """
    _check_moments(order, 3)
    n_test = count_test_rows(test_size, len(order))
    moments, counts = np.unique(order, return_counts=True)
    held = np.cumsum(counts[::-1])[::-1]  # rows from each moment on
    cut = moments[2:][np.abs(held[2:] - n_test).argmin()]
    return np.flatnonzero(order < cut), np.flatnonzero(order >= cut)


def expanding_folds(order: Rows, n_folds: int) -> tuple[Fold, ...]:
    """Cut rows into blocks of time, each validated by what came before it.

    Parameters
    ----------
    order : ndarray of int64
        As in `latest_rows`.
    n_folds : int
        Fewer are made where there are fewer moments.

    Returns
    -------
    tuple of Fold
        The latest first: it has most to train on, and is most like the time to come.

    Raises
    ------
    InvalidInputError
        If all rows are of one moment.

    Examples
    --------
    >>> [(len(f.train), f.validation.tolist()) for f in expanding_folds(np.arange(6), 2)]
    [(4, [4, 5]), (2, [2, 3])]
    """
    _check_moments(order, 2)
    in_order = np.sort(order)
    starts = np.linspace(0, len(order), n_folds + 1, endpoint=False).round().astype(np.int64)
    cuts = np.unique(in_order[starts])
    cuts = cuts[cuts > in_order[0]]
    ends = [*cuts[1:], in_order[-1] + 1]
    if len(cuts) == 0:  # nearly all rows are of the first moment
        cuts, ends = in_order[-1:], [in_order[-1] + 1]
    folds = [
        Fold(np.flatnonzero(order < cut), np.flatnonzero((order >= cut) & (order < end)))
        for cut, end in zip(cuts, ends, strict=True)
    ]
    return tuple(reversed(folds))


def _check_moments(order: Rows, least: int) -> None:
    found = len(np.unique(order))
    if found < least:
        raise InvalidInputError(
            f"`time_column` must hold at least {least} different moments to train on the earlier "
            f"and check on the later; got {found}: name another column, or leave it out."
        )
