"""What a run is given before its first step, and hands from step to step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from automl.data import Dataset
from automl.execution import ArtifactStore, Executor
from automl.history import TrialInfo, TrialResult
from automl.metrics import Metric
from automl.run.clock import BudgetClock
from automl.run.record import Earlier
from automl.run.scheme import Scheme
from automl.run.settings import Settings

__all__ = ["FitContext", "Stages", "Watchers"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Watchers:
    """Functions that are told what happens."""

    on_start: tuple[Callable[[TrialInfo], None], ...] = ()
    on_result: tuple[Callable[[TrialResult], None], ...] = ()
    on_stage: tuple[Callable[[str], None], ...] = ()
    on_note: tuple[Callable[[str], None], ...] = ()

    def stage(self, name: str) -> None:
        """Say which step begins."""
        for function in self.on_stage:
            function(name)

    def note(self, text: str) -> None:
        """Say something that stays to be read."""
        for function in self.on_note:
            function(text)


class Stages:
    """Tells watchers which step begins, and adds up the seconds of each.

    Parameters
    ----------
    clock : BudgetClock
        What it has counted before the first step is a step, too: reading, and starting workers.
    watchers : Watchers
    """

    def __init__(self, clock: BudgetClock, watchers: Watchers) -> None:
        self._clock, self._watchers = clock, watchers
        self._seconds: dict[str, float] = {"starting": clock.elapsed()}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Context of a step."""
        self._watchers.stage(name)
        started = self._clock.elapsed()
        _log.info("%s, %.1f s after the start", name, started)
        try:
            yield
        finally:
            spent = self._clock.elapsed() - started
            self._seconds[name] = self._seconds.get(name, 0.0) + spent

    @property
    def seconds(self) -> dict[str, float]:
        """Wall seconds by step, in the order in which they came."""
        return dict(self._seconds)


@dataclass(frozen=True, eq=False)
class FitContext:
    """One call of ``fit`` on one target.

    Parameters
    ----------
    dataset : Dataset
        All rows, encoded.
    scheme : Scheme
        How they are to be divided.
    earlier : Earlier, optional
        Run to go on with.
    settings : Settings
        With `Metric` objects in place of what the user named.
    clock : BudgetClock
        Started when ``fit`` was entered.
    executor : Executor
    store : ArtifactStore
        Empty; its owner removes it.
    watchers : Watchers
    stages : Stages
    """

    dataset: Dataset
    scheme: Scheme
    earlier: Earlier | None
    settings: Settings
    clock: BudgetClock
    executor: Executor
    store: ArtifactStore
    watchers: Watchers
    stages: Stages = field(repr=False)

    @property
    def metric(self) -> Metric:
        """What is optimised."""
        metric: Metric = self.settings.metric
        return metric

    @property
    def seed(self) -> int:
        """Of everything random."""
        return self.settings.random_state
