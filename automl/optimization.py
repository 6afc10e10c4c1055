"""The search for any Python function: ask, call, tell, until trials, time or space are used up."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.exceptions import InvalidInputError, NothingFoundError
from automl.history import History, TrialInfo, TrialResult
from automl.search import Optimizer, Proposal, TaskHistory, farthest_first, make_optimizer
from automl.space import Categorical, Config, Float, Integer, Parameter, Space

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OptimizeResult", "optimize_function", "space_of"]

_DIRECTIONS = {"minimize": 1.0, "maximize": -1.0}
_CHECK_SECONDS = 0.25


@dataclass(frozen=True, eq=False)
class OptimizeResult:
    """What a search found.

    Parameters
    ----------
    config : dict
        The best configuration at the highest fidelity that any trial has reached.
    value : float
        What the function returned for it.
    fidelity : float
        At which fidelity, 1 unless the search ended early.
    history : History
        All trials; hand it to ``optimize(history=...)`` to go on.
    fidelities : tuple of float
        Fidelity of each rung.
    """

    config: dict[str, Any]
    value: float
    fidelity: float
    history: History
    fidelities: tuple[float, ...]

    @property
    def leaderboard(self) -> pd.DataFrame:
        """One row for each configuration at its highest fidelity, best first, failures last.

        Values are comparable within one fidelity only.
        """
        import pandas as pd

        ranked = farthest_first(self.history.highest())
        rows = [
            {
                "value": result.score,
                "fidelity": self.fidelities[result.info.rung],
                "status": result.status,
                "origin": result.info.origin,
                "seconds": result.wall_seconds,
                "message": result.message,
                "config": result.info.config.to_dict(),
            }
            for result in ranked
        ]
        columns = ["value", "fidelity", "status", "origin", "seconds", "message", "config"]
        return pd.DataFrame(rows, columns=columns).rename_axis("rank")


@dataclass(frozen=True)
class _Goal:
    """What is called, and how its answer becomes a result."""

    function: Callable[..., float]
    fidelities: tuple[float, ...]
    staged: bool
    sign: float

    def call(self, config: dict[str, Any], rung: int) -> float:
        if self.staged:
            return float(self.function(config, fidelity=self.fidelities[rung]))
        return float(self.function(config))

    def result(
        self, info: TrialInfo, value: float, wall: float, cpu: float, memory: float, started: float
    ) -> TrialResult:
        if not math.isfinite(value):
            message = f"the function returned {value}, which is no finite number"
            return _failure(info, "failed", message, wall, cpu, memory, started)
        return TrialResult(info, "ok", (self.sign * value,), value, wall, cpu, memory, started)


def optimize_function(
    function: Callable[..., float],
    space: Space | Mapping[str, Any],
    optimizer: str,
    *,
    max_trials: int | None,
    time_limit: float | None,
    n_jobs: int,
    fidelities: Sequence[float] | None,
    random_state: int | None,
    initial: Iterable[Mapping[str, Any]],
    direction: str,
    priors: Sequence[TaskHistory],
    root: str | None,
    history: History | None,
    callbacks: Sequence[Callable[[TrialResult], None]],
) -> OptimizeResult:
    """Search; see `automl.optimize`, which says what the settings mean."""
    goal = _checked(function, max_trials, time_limit, n_jobs, fidelities, direction)
    searched = space if isinstance(space, Space) else space_of(space)
    _check_earlier(searched, len(goal.fidelities), () if history is None else history, priors)
    seed = random_state
    engine = make_optimizer(
        optimizer,
        searched,
        len(goal.fidelities),
        [Proposal(searched.make(config), "initial") for config in initial],
        int(np.random.default_rng().integers(2**31)) if seed is None else seed,
        root,
        priors=priors,
    )
    for result in () if history is None else history:
        engine.tell(result)
    loop = _Loop(engine, goal, max_trials, time_limit, callbacks)
    if n_jobs == 1:
        loop.run_here()
    else:
        loop.run_in_workers(n_jobs)
    return _best(engine.history, goal)


class _Loop:
    """Calls the function until something is used up."""

    def __init__(
        self,
        engine: Optimizer,
        goal: _Goal,
        max_trials: int | None,
        time_limit: float | None,
        callbacks: Sequence[Callable[[TrialResult], None]],
    ) -> None:
        self._engine = engine
        self._goal = goal
        self._left = math.inf if max_trials is None else max_trials - len(engine.history)
        self._limit = math.inf if time_limit is None else time_limit
        self._callbacks = callbacks
        self._started = time.monotonic()

    def run_here(self) -> None:
        """One trial after the other in this process; a trial that has begun is not cut off."""
        while (info := self._ask()) is not None:
            started, wall, cpu = self._elapsed(), time.monotonic(), time.process_time()
            try:
                value, error = self._goal.call(info.config.to_dict(), info.rung), None
            except Exception as problem:  # any fault of the function is a failed trial
                value, error = math.nan, f"{type(problem).__name__}: {problem}"
            costs = (time.monotonic() - wall, time.process_time() - cpu, 0.0, started)
            if error is None:
                self._tell(self._goal.result(info, value, *costs))
            else:
                self._tell(_failure(info, "failed", error, *costs))

    def run_in_workers(self, n_jobs: int) -> None:
        """Several trials at a time in processes of their own, ended when the time is used up."""
        from automl.execution import JobFuture
        from automl.execution.local import LocalExecutor

        pending: dict[JobFuture, tuple[TrialInfo, float]] = {}
        with LocalExecutor(n_jobs) as executor:
            while True:
                while len(pending) < n_jobs and (info := self._ask()) is not None:
                    left = self._limit - self._elapsed()
                    timeout = None if math.isinf(left) else left
                    arguments = (info.config.to_dict(), info.rung)
                    future = executor.submit(self._goal.call, *arguments, timeout=timeout)
                    pending[future] = info, self._elapsed()
                if not pending:
                    return
                wait(pending, timeout=_CHECK_SECONDS, return_when=FIRST_COMPLETED)
                for future in [one for one in pending if one.done()]:
                    self._record(future, *pending.pop(future))

    def _record(self, future: Future[Any], info: TrialInfo, started: float) -> None:
        from automl.execution import JobCrashed, JobError

        try:
            report = future.result()
        except JobError as error:
            status = "crashed" if isinstance(error, JobCrashed) else error.status
            costs = (error.wall_seconds, error.cpu_seconds, error.peak_memory_mb, started)
            self._tell(_failure(info, status, str(error), *costs))
            return
        costs = (report.wall_seconds, report.cpu_seconds, report.peak_memory_mb, started)
        self._tell(self._goal.result(info, report.value, *costs))

    def _ask(self) -> TrialInfo | None:
        if self._left <= 0 or self._elapsed() >= self._limit:
            return None
        info = self._engine.ask()
        self._left -= info is not None
        return info

    def _tell(self, result: TrialResult) -> None:
        self._engine.tell(result)
        for callback in self._callbacks:
            callback(result)

    def _elapsed(self) -> float:
        return time.monotonic() - self._started


def space_of(parameters: Mapping[str, Any]) -> Space:
    """Make a space out of short forms.

    Parameters
    ----------
    parameters : mapping
        Name to a parameter; to ``(low, high)`` or ``(low, high, "log")``, an `Integer` where both
        are int and else a `Float`, with its middle as default; or to a list of choices, the first
        of them the default.

    Returns
    -------
    Space

    Raises
    ------
    InvalidInputError
        If a form is none of these, or a parameter has another name than its key.

    Examples
    --------
    >>> space_of({"rate": (0.01, 1.0, "log"), "depth": (1, 9), "kernel": ["rbf"]}).default()
    Config({'rate': 0.1, 'depth': 5, 'kernel': 'rbf'})
    """
    if not isinstance(parameters, Mapping):
        raise InvalidInputError(
            f"space must be a Space or a mapping from names to parameters, got "
            f"{type(parameters).__name__}; declare one."
        )
    return Space([_parameter(name, form) for name, form in parameters.items()])


def _parameter(name: str, form: Any) -> Parameter:
    if isinstance(form, Float | Integer | Categorical) and form.name == name:
        return form
    if isinstance(form, list) and form:
        return Categorical(name, tuple(form), default=form[0])
    if isinstance(form, tuple) and len(form) in (2, 3) and form[2:] in ((), ("log",)):
        kind = Integer if all(isinstance(bound, int) for bound in form[:2]) else Float
        log = len(form) == 3
        middle = kind(name, form[0], form[1], default=form[0], log=log).from_unit(0.5)
        return kind(name, form[0], form[1], default=middle, log=log)  # type: ignore[arg-type]
    raise InvalidInputError(
        f"Parameter {name!r} must be a parameter of that name, (low, high), (low, high, 'log') or "
        f"a list of choices, got {form!r}; change it."
    )


def _checked(
    function: Any,
    max_trials: int | None,
    time_limit: float | None,
    n_jobs: int,
    fidelities: Sequence[float] | None,
    direction: str,
) -> _Goal:
    staged = tuple(fidelities) if fidelities is not None else (1.0,)
    rules = (
        ("function", callable(function), "a function of a dict", function),
        ("direction", direction in _DIRECTIONS, f"one of {list(_DIRECTIONS)}", direction),
        ("max_trials", max_trials is None or max_trials > 0, "positive or None", max_trials),
        ("time_limit", time_limit is None or time_limit > 0, "positive or None", time_limit),
        ("n_jobs", n_jobs >= 1, "a positive integer", n_jobs),
        ("fidelities", _ascends_to_one(staged), "ascending numbers that end with 1", fidelities),
    )
    for name, allowed, description, value in rules:
        if not allowed:
            raise InvalidInputError(f"`{name}` must be {description}; got {value!r}: change it.")
    if max_trials is None and time_limit is None:
        raise InvalidInputError(
            "`max_trials` and `time_limit` must not both be None, the search would have no end; "
            "got None for both: give one of them."
        )
    return _Goal(function, staged, fidelities is not None, _DIRECTIONS[direction])


def _check_earlier(
    space: Space, n_rungs: int, history: Iterable[TrialResult], priors: Sequence[TaskHistory]
) -> None:
    """Refuse what another space or another number of fidelities has left behind."""
    told = [result.info for result in history]
    highest = max((info.rung for info in told), default=0)
    if highest >= n_rungs:
        raise InvalidInputError(
            f"`history` must be of a search with at most {n_rungs} fidelities, as this one has; "
            f"got one with {highest + 1} or more: hand over the fidelities that it was made with."
        )
    named = (("history", [i.config for i in told]), *(("priors", task.configs) for task in priors))
    for name, configs in named:
        foreign = next((config for config in configs if config.space_id != space.id), None)
        if foreign is not None:
            raise InvalidInputError(
                f"`{name}` must be of the space that is searched now; got {foreign} of another "
                f"one: make it anew with `space.adapt(config)`, or leave it out."
            )


def _ascends_to_one(fidelities: tuple[float, ...]) -> bool:
    ascending = all(a < b for a, b in pairwise(fidelities))
    return bool(fidelities) and fidelities[0] > 0.0 and fidelities[-1] == 1.0 and ascending


def _failure(
    info: TrialInfo,
    status: Any,
    message: str,
    wall: float,
    cpu: float,
    memory: float,
    started: float,
) -> TrialResult:
    line = " ".join(message.split())
    return TrialResult(info, status, None, None, wall, cpu, memory, started, line)


def _best(history: History, goal: _Goal) -> OptimizeResult:
    best = next(iter(farthest_first(history.highest())), None)
    if best is None or best.score is None:
        messages = Counter(result.message for result in history if result.failed)
        reason = f"most often: {messages.most_common(1)[0][0]}" if messages else "there was no time"
        raise NothingFoundError(
            f"No trial returned a number, {len(history)} were made ({reason}); call the function "
            f"once with the default configuration to see what is wrong."
        )
    config: Config = best.info.config
    fidelity = goal.fidelities[best.info.rung]
    return OptimizeResult(config.to_dict(), best.score, fidelity, history, goal.fidelities)
