"""A progress bar: time used, best score so far and what runs; silent without a terminal."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Any

from automl.history import TrialInfo, TrialResult
from automl.metrics import Metric
from automl.search.ranking import farthest_first

__all__ = ["Progress"]


class Progress:
    """Shows a run on standard error while it goes on.

    Parameters
    ----------
    limit : float, optional
        Seconds of the whole run.
    max_trials : int, optional
    metric : Metric
    elapsed : float
        Seconds already used.
    verbose : int
        0 shows nothing.
    """

    def __init__(
        self,
        limit: float | None,
        max_trials: int | None,
        metric: Metric,
        elapsed: float,
        verbose: int,
    ):
        self._limit, self._max_trials = limit, max_trials
        self._metric, self._elapsed = metric, elapsed
        self._best: TrialResult | None = None
        self._running: dict[int, str] = {}
        self._n_trials = 0
        self._phase = "starting"
        self._told = verbose > 0
        self._shown = self._told and sys.stderr is not None and sys.stderr.isatty()
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Progress:
        if self._shown:
            from rich.console import Console
            from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
            from rich.progress import Progress as Bar

            self._bar = Bar(
                TextColumn("{task.fields[phase]}"),
                BarColumn(bar_width=24),
                TimeElapsedColumn(),
                TextColumn("{task.fields[best]}"),
                TextColumn("[dim]{task.fields[running]}"),
                console=Console(stderr=True),
                transient=True,
                refresh_per_second=4,
            )
            total = self._limit if self._limit is not None else self._max_trials
            self._task = self._bar.add_task("", total=total, **self._fields())
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def phase(self, name: str) -> None:
        """Say which step of the run begins."""
        self._phase = name
        self._refresh()

    def note(self, text: str) -> None:
        """Say something that stays to be read, in a notebook and a file too."""
        if self._told and sys.stderr is not None:
            sys.stderr.write(f"automl: {text}\n")
            sys.stderr.flush()

    def started(self, info: TrialInfo) -> None:
        """Note that an evaluation runs."""
        self._running[info.number] = str(info.config["learner"])
        self._refresh()

    def finished(self, result: TrialResult) -> None:
        """Note that an evaluation has ended."""
        self._running.pop(result.info.number, None)
        self._n_trials += 1
        if result.ok:
            self._best = result if self._best is None else farthest_first([self._best, result])[0]
        self._refresh()

    def _fields(self) -> dict[str, str]:
        best = "" if self._best is None else f"{self._metric.name} {self._best.score:.4f}"
        return {
            "phase": f"{self._phase}, {self._n_trials} evaluated",
            "best": best,
            "running": " + ".join(self._running.values()),
        }

    def _refresh(self) -> None:
        if self._bar is None:
            return
        if self._limit is None:
            completed = float(self._n_trials)
        else:
            completed = self._elapsed + (self._bar.tasks[0].elapsed or 0.0)
        self._bar.update(self._task, completed=completed, **self._fields())
