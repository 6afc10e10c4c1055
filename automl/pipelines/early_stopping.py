"""When to stop adding rounds: an inner split, and a patience that grows with the best round.

The validation rows of the search stay clean: boosting learners and networks stop on rows that
they take from their own training part. The patience follows AutoGluon's adaptive rule,
``max(base, 0.3 * best_round + 20)`` with a smaller base for budgets of seconds. Small tables need a
larger share of rows to stop on: a dozen rows choose rounds by chance.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from automl.data import Task, holdout_split
from automl.pipelines.clock import Clock
from automl.pipelines.declaration import Array

__all__ = ["StopRule", "fits_again", "inner_split", "loss_of", "scaled_rounds"]

MIN_ROWS_TO_SPLIT = 40
MAX_INNER_ROWS = 3_000
MAX_INNER_SHARE = 0.04
"""Rows of the inner split at most, whichever is more: a few thousand rows of a target with heavy
tails stop boosting by chance, and a small share of many rows costs nothing."""
INNER_SHARE = 0.15
INNER_SHARE_SMALL = 0.25
SMALL_ROWS = 1_000


def inner_split(y: Array, task: Task, seed: int) -> tuple[Array, Array] | None:
    """Rows to fit on and rows to stop on, or None where there are too few rows for both."""
    if len(y) < MIN_ROWS_TO_SPLIT:
        return None
    share = INNER_SHARE_SMALL if len(y) < SMALL_ROWS else INNER_SHARE
    n_stop = min(round(share * len(y)), max(MAX_INNER_ROWS, round(MAX_INNER_SHARE * len(y))))
    train, stop = holdout_split(y, task, n_stop, np.random.default_rng(seed))
    return (train, stop) if len(stop) else None


def loss_of(y: Array, prediction: Array, task: Task, weights: Array | None = None) -> float:
    """Log loss, or mean squared error: what rounds are chosen by, whatever the metric."""
    if task == "regression":
        return float(np.average((y - prediction) ** 2, weights=weights))
    chosen = prediction[np.arange(len(y)), y]
    return float(-np.average(np.log(np.clip(chosen, 1e-12, 1.0)), weights=weights))


@dataclass
class StopRule:
    """Remembers the best round and says when to stop.

    Parameters
    ----------
    patience : int
        Rounds without improvement that are always granted.
    clock : Clock
    growth : float
        Rounds granted besides, for each round up to the best.

    Examples
    --------
    >>> rule = StopRule(patience=2, clock=Clock(None), growth=0.0)
    >>> [rule.update(round_, loss) for round_, loss in [(1, 0.5), (2, 0.4), (3, 0.6), (4, 0.7)]]
    [False, False, False, True]
    >>> rule.best_round
    2
    """

    patience: int
    clock: Clock
    growth: float = 0.3
    best_round: int = 0
    best_loss: float = math.inf

    def update(self, round_: int, loss: float) -> bool:
        """Take in the loss after `round_` rounds; True when to stop."""
        if loss < self.best_loss or self.best_round == 0:
            self.best_round, self.best_loss = round_, loss
        granted = max(float(self.patience), self.growth * self.best_round + self.patience / 2)
        return round_ - self.best_round >= granted or self.clock.left() <= 0


def fits_again(n_rows: int, seconds: float, clock: Clock, most_rows: int) -> bool:
    """Whether a second fit, on all rows, is worth its time and fits into what is left.

    Parameters
    ----------
    n_rows : int
    seconds : float
        What the first fit took.
    clock : Clock
    most_rows : int
        Above this many rows the rows of the inner split add too little.
    """
    return n_rows <= most_rows and 1.3 * seconds < clock.left()


def scaled_rounds(best_round: int, n_fitted: int, n_all: int) -> int:
    """Rounds for a fit on more rows: a little more data carries a little more rounds."""
    growth = float(np.sqrt(n_all / n_fitted))
    return max(1, round(best_round * growth))
