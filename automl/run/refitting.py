"""Fit the members of the ensemble again, on all rows."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable
from concurrent.futures import Future, wait
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble import Member
from automl.evaluation.evaluate import ALL_ROWS, RefitJob, Refitted, refit, witnesses
from automl.evaluation.problem import Problem
from automl.exceptions import warn_user
from automl.execution import Executor, JobFuture, JobReport
from automl.metrics import METRICS
from automl.run.book import Book
from automl.run.clock import BudgetClock
from automl.run.costs import CostModel
from automl.run.reserve import REFIT_SHARE, plan_refit
from automl.run.search import config_seed
from automl.space import Config

__all__ = ["is_refitted", "refit_members"]

_log = logging.getLogger(__name__)

Array = npt.NDArray[Any]

WORSE = 1.05
"""Loss on rows it was fitted on, over that of a model that had not seen them, that is too much."""
NEGLIGIBLE = 0.01
"""Log loss, or share of the spread of the values, below which a loss is as good as none."""
_CHECK_SECONDS = 0.25
ENOUGH = 0.9
"""Share of all rows from which on a fit is not made again for the others."""
_RETURN_SECONDS = 0.3
"""Kept for loading the refitted models and returning."""


def is_refitted(asked: bool | str, problem: Problem, n_rows: int) -> bool:
    """Whether members are to be fitted again; for a few rows more only where that is asked for.

    Parameters
    ----------
    asked : bool or "auto"
        The setting.
    problem : Problem
    n_rows : int
        Of the whole table.
    """
    if asked == "auto":
        return len(problem.folds[0].train) < ENOUGH * n_rows
    return bool(asked)


def refit_members(
    members: tuple[Member, ...],
    book: Book,
    problem: Problem,
    costs: CostModel,
    executor: Executor,
    clock: BudgetClock,
    y: Array,
    seed: int,
    always: bool,
) -> tuple[Member, ...]:
    """Fit each member once on all rows; those that do not end in time stay as checked.

    A single fit takes the place of the fold models: it predicts as well in an ensemble, in a fifth
    of the time (see docs/adr/0021). Boosting has the rounds of its folds. A fit that predicts its
    own rows worse than its fold model did unseen is not taken (0025).

    Parameters
    ----------
    members : tuple of Member
        With the models of their folds.
    book, problem, costs, executor, clock
        Of the search that found them.
    y : ndarray of shape (n_rows,)
        Targets of all rows.
    seed : int
    always : bool
        Whether all are fitted, however long it takes.

    Returns
    -------
    tuple of Member
        In the same order.
    """
    within = clock.remaining() - _RETURN_SECONDS
    if clock.limit is not None and not always:
        within = min(within, REFIT_SHARE * clock.limit)
    heaviest_first = sorted(members, key=lambda member: -member.weight)
    keys = [member.config.key for member in heaviest_first]
    plan = plan_refit(keys, book, costs, len(y), executor.n_workers, within)
    planned = [m.config for m in heaviest_first if always or m.config.key in plan.keys]
    _log.info("%d of %d members are fitted on all rows", len(planned), len(members))
    futures = _submit(planned, book, problem, executor, clock, len(y), seed)
    with contextlib.suppress(KeyboardInterrupt):  # what is not there yet stays as it was checked
        _wait_within(futures.values(), clock)
    return tuple(_replaced(m, futures.get(m.config.key), problem, y) for m in members)


def _wait_within(futures: Iterable[JobFuture], clock: BudgetClock) -> None:
    """Wait as long as the clock allows, whose limit a Ctrl-C draws near."""
    pending: set[Future[JobReport]] = set(futures)
    while pending and (left := clock.remaining() - _RETURN_SECONDS) > 0.0:
        pending = wait(pending, timeout=min(left, _CHECK_SECONDS))[1]


def _submit(
    configs: list[Config],
    book: Book,
    problem: Problem,
    executor: Executor,
    clock: BudgetClock,
    n_rows: int,
    seed: int,
) -> dict[str, JobFuture]:
    """Queue the refits, in the order of the configurations."""
    futures: dict[str, JobFuture] = {}
    for config in configs:
        left = None if not clock.timed else clock.remaining() - _RETURN_SECONDS
        job = RefitJob(
            store=problem.store,
            config=config,
            seed=config_seed(seed, config),
            rounds=book.rounds(config.key, n_rows),
            max_seconds=left,
        )
        futures[config.key] = executor.submit(refit, job, timeout=left)
    return futures


def _replaced(member: Member, future: JobFuture | None, problem: Problem, y: Array) -> Member:
    """The refitted member, or the checked one if there is no better one."""
    if future is None or not future.done() or future.cancelled():
        return member
    error = future.exception()
    if error is not None:
        return _kept(member, f"failed with {error}")
    refitted: Refitted = future.result().value
    if _is_worse(member.config.key, refitted, problem, y):
        return _kept(member, "predicts rows that it was fitted on worse than before it saw them")
    return replace(member, models=(problem.model(member.config.key, ALL_ROWS),), refitted=True)


def _kept(member: Member, why: str) -> Member:
    learner = member.config["learner"]
    text = f"A member ({learner}) stays as it was checked: fitted on all rows, it {why}."
    warn_user(text)
    return member


def _is_worse(key: str, refitted: Refitted, problem: Problem, y: Array) -> bool:
    """Whether rows that it was fitted on are predicted worse than the fold model did unseen.

    A sound fit is better on its own rows. One that is not went wrong in a way that nothing after
    it would show: there are no rows left to score it on.
    """
    if not np.isfinite(refitted.prediction).all():
        return True
    rows, unseen = problem.folds[0].validation, problem.prediction(key, 0)
    chosen = witnesses(len(rows))
    truth = y[rows[chosen]]
    metric = METRICS["log_loss" if problem.n_classes else "rmse"]
    least = NEGLIGIBLE * (1.0 if problem.n_classes else float(truth.std()))
    before = max(metric.loss(truth, unseen[chosen]), least)
    return metric.loss(truth, refitted.prediction) > WORSE * before
