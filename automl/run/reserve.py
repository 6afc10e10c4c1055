"""How many seconds of the limit are kept for what follows the search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble import MOST_MEMBERS
from automl.evaluation.problem import Problem
from automl.metrics import quick_metric
from automl.run.book import Book
from automl.run.clock import BudgetClock
from automl.run.costs import CostModel
from automl.run.design import current_design

__all__ = ["REFIT_SHARE", "RefitPlan", "Reserve", "plan_refit"]

REFIT_SHARE = 0.25
"""Part of the limit that a refit may take."""
_CHECK_SHARE = 0.04
_CHECK_SECONDS = 0.6
"""For ensemble selection and check: a share of the limit and a constant."""
_RENEW_SHARE = 0.05
"""The guess of the members is made anew after this part of the limit."""
_CANDIDATES = 30
_ROWS = 1_000
_UNCERTAINTY = 1.3
_KNOWN_ROUNDS_SHARE = 0.6
"""Of the cost of a fit, where the boosting rounds need not be found any more."""


class Reserve:
    """Seconds to keep, from a quick guess at what the members of the ensemble will be.

    Parameters
    ----------
    problem : Problem
    y : ndarray of shape (n_rows,)
    clock : BudgetClock
    n_workers : int
    refit : bool
        Whether there may be a refit at all.
    resumed : bool
        Whether models of an earlier run may have to be fitted again.
    """

    def __init__(
        self,
        problem: Problem,
        y: npt.NDArray[Any],
        clock: BudgetClock,
        n_workers: int,
        refit: bool,
        resumed: bool = False,
    ):
        self._problem, self._y, self._clock = problem, y, clock
        self._n_workers, self._refit, self._resumed = n_workers, refit, resumed
        self._known_at, self._refit_seconds = -np.inf, 0.0

    def __call__(self, book: Book, costs: CostModel) -> float:
        """Seconds to keep now."""
        limit = self._clock.limit
        if limit is None:
            return 0.0
        kept = _CHECK_SECONDS + _CHECK_SHARE * limit
        if not (self._refit or self._resumed) or not book.configs:
            return kept
        if self._clock.elapsed() - self._known_at > _RENEW_SHARE * limit:
            within = REFIT_SHARE * limit / _UNCERTAINTY
            self._refit_seconds = _UNCERTAINTY * self._guess(book, costs, within)
            self._known_at = self._clock.elapsed()
        return kept + self._refit_seconds

    def _guess(self, book: Book, costs: CostModel, within: float) -> float:
        keys, folds = book.library()
        rows = book.validation_rows(folds)
        step = max(1, len(rows) // _ROWS)
        predictions = [book.predictions(key, folds)[::step] for key in keys[:_CANDIDATES]]
        metric = quick_metric(self._problem.metric)
        weights = current_design().quick_weights(predictions, self._y[rows[::step]], metric)
        heaviest = np.argsort(-weights, kind="stable")[:MOST_MEMBERS]
        heaviest_first = [keys[i] for i in heaviest if weights[i] > 0.0]
        n_rows = len(self._y)
        again = self._seconds_of_models(heaviest_first, book) if self._resumed else 0.0
        if not self._refit:
            return again
        plan = plan_refit(heaviest_first, book, costs, n_rows, self._n_workers, within)
        return again + plan.seconds

    def _seconds_of_models(self, keys: list[str], book: Book) -> float:
        """For models of an earlier run, of which only the predictions are left."""
        n_missing = {
            key: sum(not self._problem.has_model(key, str(k)) for k in book.of(key)) for key in keys
        }
        return sum(n * book.fit_seconds(key) for key, n in n_missing.items()) / self._n_workers


@dataclass(frozen=True)
class RefitPlan:
    """Which members are fitted again.

    Parameters
    ----------
    keys : tuple of str
        Of their configurations, heaviest member first.
    seconds : float
        Until all are ready, predicted.
    """

    keys: tuple[str, ...]
    seconds: float


def plan_refit(
    keys: list[str],
    book: Book,
    costs: CostModel,
    n_rows: int,
    n_workers: int,
    within: float,
) -> RefitPlan:
    """As many members as fit into the time, heavy ones first.

    Parameters
    ----------
    keys : list of str
        Heaviest member first.
    book : Book
    costs : CostModel
    n_rows, n_workers : int
    within : float
        Seconds that it may take.
    """
    taken: list[str] = []
    for key in keys:
        if _seconds([*taken, key], book, costs, n_rows, n_workers) <= within:
            taken.append(key)
    return RefitPlan(tuple(taken), _seconds(taken, book, costs, n_rows, n_workers))


def _seconds(keys: list[str], book: Book, costs: CostModel, n_rows: int, n_workers: int) -> float:
    """Predicted seconds until configurations are fitted again on `n_rows` rows."""
    total, longest = 0.0, 0.0
    for key in keys:
        seconds = costs.predict(book.configs[key], n_rows) or 0.0
        known = book.rounds(key, n_rows) is not None
        one = seconds * (_KNOWN_ROUNDS_SHARE if known else 1.0)
        total, longest = total + one, max(longest, one)
    return max(total / n_workers, longest)
