"""In which order to try the configurations that all tables of a compiled base have run.

A configuration is worth its mean rank over the tables of the base, where the tables most like the
new one count as much as all together. From that, greedily: what is cheap comes earlier, and what
is of a family that was taken already comes later, because an ensemble wants members that differ.
Ranks, unlike losses, mean the same on every table, and a table that is an outlier counts no more
than another one. The constants were chosen by ``benchmarks.replay.knowledge`` on tables outside of
its suite.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

__all__ = ["NEAREST", "order_configs", "table_ranks", "table_weights"]

NEAREST = 5
NEAR_SHARE = 0.5
"""Weight of the nearest tables together; the rest is spread evenly over all."""
COST_WEIGHT = 0.06
"""Ranks that e times the seconds are worth; ranks are from 0 to 1."""
FAMILY_WEIGHT = 0.1
"""Ranks that each earlier configuration of the same family costs."""

Array = npt.NDArray[np.float64]


def table_weights(distances: Array) -> Array:
    """How much each table counts; they sum to one.

    Examples
    --------
    >>> table_weights(np.array([0.3, 0.9]))
    array([0.5, 0.5])
    """
    n_tables = len(distances)
    weights = np.full(n_tables, (1.0 - NEAR_SHARE) / n_tables)
    nearest = np.argsort(distances, kind="stable")[:NEAREST]
    weights[nearest] += NEAR_SHARE / len(nearest)
    return weights


def table_ranks(losses: npt.NDArray[np.floating], run: npt.NDArray[np.bool_]) -> Array:
    """Rank configurations on each table, 0 the best and 1 the worst.

    Parameters
    ----------
    losses : ndarray of shape (n_tables, n_configs)
        NaN where there is none; a failure counts as the worst.
    run : ndarray of bool, shape (n_tables, n_configs)
        Whether it was tried at all; what was not gets the middle.

    Examples
    --------
    >>> table_ranks(np.array([[0.1, 0.2, np.nan]]), np.array([[True, True, True]]))
    array([[0. , 0.5, 1. ]])
    """
    worst_last = np.where(np.isfinite(losses), losses, np.inf)
    ranks = (rankdata(worst_last, axis=1) - 1.0) / max(losses.shape[1] - 1, 1)
    return np.where(run, ranks, 0.5)


def order_configs(
    ranks: Array, log_seconds: Array, families: Sequence[object], n_configs: int
) -> list[int]:
    """Take the best one after another, looking at cost and family.

    Parameters
    ----------
    ranks : ndarray of shape (n_configs,)
        Of `table_ranks`, averaged over tables.
    log_seconds : ndarray of shape (n_configs,)
        Predicted logarithms of the seconds of a fit.
    families : sequence
        Of each configuration.
    n_configs : int
        At most so many are taken.

    Returns
    -------
    list of int
        Positions.

    Examples
    --------
    >>> order_configs(np.array([0.0, 0.05, 0.3]), np.zeros(3), ["tree", "tree", "linear"], 2)
    [0, 1]
    >>> order_configs(np.array([0.0, 0.25, 0.3]), np.zeros(3), ["tree", "tree", "linear"], 2)
    [0, 2]
    """
    worth = ranks + COST_WEIGHT * log_seconds
    taken: list[int] = []
    seen: Counter[object] = Counter()
    left = list(range(len(ranks)))
    while left and len(taken) < n_configs:
        best = min(left, key=lambda i: (worth[i] + FAMILY_WEIGHT * seen[families[i]], i))
        taken.append(best)
        left.remove(best)
        seen[families[best]] += 1
    return taken
