"""The loop: ask the optimizer, evaluate in workers, record; the only place that knows both."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from automl.evaluation.evaluate import EvaluationJob, FoldResult, evaluate
from automl.evaluation.problem import Problem
from automl.evaluation.rungs import Rung
from automl.execution import Executor, JobCrashed, JobError, JobFuture, JobReport
from automl.history import TrialInfo, TrialResult
from automl.pipelines import is_anytime
from automl.run.book import Book, mean_losses
from automl.run.clock import BudgetClock
from automl.run.costs import CostModel
from automl.run.interruption import Interruption
from automl.run.plan import Plan
from automl.search import Optimizer
from automl.space import Config

__all__ = ["Search", "SearchSummary", "config_seed"]

_log = logging.getLogger(__name__)


_MARGIN_SECONDS = 0.15
"""Time that a worker needs to store and answer after the learner has stopped."""
_GRACE_SHARE, _GRACE_SECONDS = 0.25, 0.5
"""A job that did not look at the clock is ended this much of its share, and this long, after it."""
_MOST_CUT = 8.0
"""Times its share that the fit of a learner may be predicted to take, if it can end early."""
_CHECK_SECONDS = 0.25
_GIVE_UP_SECONDS = 0.3
"""What has not answered this long before the limit is left behind: a worker may not even start."""


@dataclass(frozen=True)
class SearchSummary:
    """What the loop used.

    Parameters
    ----------
    seconds : float
        Wall seconds from the first submission to the last answer.
    utilization : float
        CPU seconds of trials divided by workers times seconds.
    n_trials : int
    n_cancelled : int
        Evaluations that still ran when the time was up, and are no trials.
    """

    seconds: float
    utilization: float
    n_trials: int
    n_cancelled: int


@dataclass
class Search:
    """One search over a stored problem.

    Parameters
    ----------
    problem : Problem
    rungs : tuple of Rung
    plan : Plan
        How long an evaluation may take, and with how many threads.
    optimizer : Optimizer
    executor : Executor
    clock : BudgetClock
    reserve : callable
        ``reserve(book, costs)``: seconds to keep for ensemble, check and refit.
    max_trials : int, optional
    seed : int
    on_start : list of callable
        Called with each `TrialInfo` as it is submitted.
    on_result : list of callable
        Called with each `TrialResult` as it comes: history file, progress, the user's callbacks.
    interruption : Interruption
        Of the run, which the search ends for.
    costs : CostModel
    """

    problem: Problem
    rungs: tuple[Rung, ...]
    plan: Plan
    optimizer: Optimizer
    executor: Executor
    clock: BudgetClock
    reserve: Callable[[Book, CostModel], float]
    max_trials: int | None
    seed: int
    on_start: list[Callable[[TrialInfo], None]]
    on_result: list[Callable[[TrialResult], None]]
    interruption: Interruption
    costs: CostModel = field(default_factory=CostModel)
    book: Book = field(init=False)

    def __post_init__(self) -> None:
        self.book = Book(self.problem)
        self._pending: dict[JobFuture, tuple[TrialInfo, float]] = {}
        self._waiting: TrialInfo | None = None
        self._asked = self._n_full = 0
        self._cpu_seconds = 0.0

    def run(self) -> SearchSummary:
        """Search until the time, the trials or the space are used up."""
        started = self.clock.elapsed()
        try:
            while not self.interruption.requested:
                self._fill()
                if not self._pending:
                    break
                wait(self._pending, timeout=_CHECK_SECONDS, return_when=FIRST_COMPLETED)
                for future in [one for one in self._pending if one.done()]:
                    self._record(future)
                if self.clock.remaining() < _GIVE_UP_SECONDS:
                    break
        except KeyboardInterrupt:  # of a callback, or where the first one is not caught
            self.interruption.request()
        n_cancelled = self._give_up()
        seconds = max(self.clock.elapsed() - started, 1e-9)
        utilization = self._cpu_seconds / (self.executor.n_workers * seconds)
        n_trials = len(self.optimizer.history)
        return SearchSummary(seconds, utilization, n_trials, n_cancelled)

    def _give_up(self) -> int:
        """Free the workers from what nobody waits for any more; how much that was."""
        given_up = len(self._pending)
        for future in self._pending:
            future.give_up()
        self._pending.clear()
        return given_up

    def seconds_left(self) -> float:
        """Seconds until the search has to end; infinite without a limit."""
        if not self.clock.timed:
            return math.inf
        return self.clock.remaining() - self.reserve(self.book, self.costs)

    def take_over(self, results: Iterable[TrialResult]) -> None:
        """Count in the trials of an earlier run, as if they had just come."""
        for result in results:
            self._asked += 1
            self._enter(result.info, _folds_of(result))
            self.optimizer.tell(result)

    def _fill(self) -> None:
        """Keep every core busy as long as there is time; what needs several waits for them."""
        while self._free() > 0:
            left = self.seconds_left()
            if left <= _MARGIN_SECONDS:
                return
            info = self._waiting or self._ask()
            if info is None:
                return
            self._waiting = info if self._threads(info) > self._free() else None
            if self._waiting is not None:
                return
            self._submit(info, left)

    def _ask(self) -> TrialInfo | None:
        if self._asked == self.max_trials:
            return None
        info = self.optimizer.ask(self._acceptable if self.clock.timed else None)
        self._asked += info is not None
        return info

    def _free(self) -> int:
        """Cores without work."""
        return self.executor.n_workers - sum(
            self._threads(info) for info, _ in self._pending.values()
        )

    def _threads(self, info: TrialInfo) -> int:
        return self.plan.threads(info.config, self.rungs[info.rung])

    def _submit(self, info: TrialInfo, left: float) -> None:
        rung = self.rungs[info.rung]
        max_seconds = timeout = None
        if self.clock.limit is not None:
            left -= _MARGIN_SECONDS
            max_seconds = min(left, self.plan.longest(info.config, rung, left, self._n_full))
            grace = _GRACE_SHARE * max_seconds + _GRACE_SECONDS
            timeout = min(max_seconds + grace, left + 2 * _MARGIN_SECONDS)
        job = EvaluationJob(
            store=self.problem.store,
            config=info.config,
            fraction=rung.fraction,
            keep=rung.full or not self.book.folds,
            folds=self._folds(info.config, rung),
            seed=config_seed(self.seed, info.config),
            max_seconds=max_seconds,
            threads=self._threads(info),
        )
        self._n_full += rung.full
        future = self.executor.submit(evaluate, job, timeout=timeout)
        self._pending[future] = (info, self.clock.elapsed())
        for observer in self.on_start:
            observer(info)

    def _folds(self, config: Config, rung: Rung) -> tuple[int, ...]:
        n_folds = min(rung.n_folds, len(self.problem.folds))
        return self.book.missing(config, n_folds) if rung.full else tuple(range(n_folds))

    def _acceptable(self, config: Config, rung_number: int) -> bool:
        """Veto of the loop: an evaluation that would not end in time is not started.

        At full size on one fold some learners may be ended by their share of the limit: on all
        rows they are worth more after a part of their rounds than on a subset after all of them.
        """
        rung, left = self.rungs[rung_number], self.seconds_left()
        n_train = rung.fraction * len(self.problem.folds[0].train)
        one = self.costs.predict(config, max(1, round(n_train)))
        if one is None:
            return True
        one /= self.plan.threads(config, rung)
        folds = self._folds(config, rung)
        share = self.plan.share(config, rung, left, self._n_full)
        cut = len(folds) == 1 and is_anytime(config) and (rung.full or self.plan.few)
        if cut and one <= _MOST_CUT * share:
            one = min(one, share)
        allowed = one * len(folds) <= min(left, share)
        if not allowed:
            said = (config["learner"], rung_number, one * len(folds), min(left, share))
            _log.debug("%s is not begun at rung %d: it may take %.1f s of %.1f", *said)
        return allowed

    def _record(self, future: JobFuture) -> None:
        info, started = self._pending.pop(future)
        try:
            report = future.result()
        except JobError as error:
            self._cpu_seconds += error.cpu_seconds
            self._tell(_failure(info, error, self.rungs[info.rung], started))
            return
        self._cpu_seconds += report.cpu_seconds
        results: tuple[FoldResult, ...] = report.value
        self._enter(info, results)
        self._tell(self._success(info, report, results, self.rungs[info.rung], started))

    def _enter(self, info: TrialInfo, results: tuple[FoldResult, ...]) -> None:
        """Note what the folds of a trial cost and gave."""
        for result in results:
            seconds = result.threads * (result.fit_seconds + result.predict_seconds)
            self.costs.observe(info.config, result.n_train, seconds)
        self.book.add(info.config, results, self.rungs[info.rung].full)
        if self.book.configs:
            self.interruption.doing = "choosing the ensemble of what was found"

    def _success(
        self,
        info: TrialInfo,
        report: JobReport,
        results: tuple[FoldResult, ...],
        rung: Rung,
        started: float,
    ) -> TrialResult:
        n_folds = min(rung.n_folds, len(self.problem.folds))
        by_fold = dict(self.book.folds.get(info.config.key, {})) if rung.full else {}
        by_fold.update({result.fold: result for result in results})
        complete = all(k in by_fold for k in range(n_folds))
        used = [by_fold[k] for k in range(n_folds) if k in by_fold]
        return TrialResult(
            info=info,
            status="ok" if complete else "timeout",
            losses=mean_losses(used) if complete else None,
            score=float(np.mean([r.score for r in used])) if complete else None,
            wall_seconds=report.wall_seconds,
            cpu_seconds=report.cpu_seconds,
            peak_memory_mb=report.peak_memory_mb,
            started=started,
            message="" if complete else f"{len(used)} of {n_folds} folds ended in time",
            details={
                "fraction": rung.fraction,
                "metric": self.problem.metric.name,
                "folds": [{**asdict(fold), "losses": list(fold.losses)} for fold in results],
            },
        )

    def _tell(self, result: TrialResult) -> None:
        info = result.info
        said = (info.number, info.config["learner"], info.rung, info.origin, result.status)
        score = "" if result.score is None else f", {self.problem.metric.name} {result.score:.6g}"
        _log.info("trial %d, %s at rung %d (%s): %s%s", *said, score)
        if result.message:
            _log.debug("trial %d: %s", info.number, result.message)
        self.optimizer.tell(result)
        for observer in self.on_result:
            observer(result)


def _folds_of(result: TrialResult) -> tuple[FoldResult, ...]:
    found = result.details.get("folds", ())
    return tuple(FoldResult(**{**fold, "losses": tuple(fold["losses"])}) for fold in found)


def _failure(info: TrialInfo, error: JobError, rung: Rung, started: float) -> TrialResult:
    status: Any = "crashed" if isinstance(error, JobCrashed) else error.status
    return TrialResult(
        info=info,
        status=status,
        losses=None,
        score=None,
        wall_seconds=error.wall_seconds,
        cpu_seconds=error.cpu_seconds,
        peak_memory_mb=error.peak_memory_mb,
        started=started,
        message=str(error),
        details={"fraction": rung.fraction},
    )


def config_seed(seed: int, config: Config) -> int:
    """Seed of a configuration: the same in every fold, fidelity, and after a resume."""
    return int(np.random.SeedSequence([seed, int(config.key[:8], 16)]).generate_state(1)[0] >> 1)
