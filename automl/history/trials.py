"""The two messages between proposer and executor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from automl.exceptions import InvalidInputError
from automl.space import Config

__all__ = ["FAILURES", "Status", "TrialInfo", "TrialResult", "status_in_record"]

Status = Literal["ok", "failed", "timeout", "memory_out", "crashed", "skipped"]
"""How a trial ended; "skipped" was never run and says nothing about its configuration."""

FAILURES = frozenset({"failed", "timeout", "memory_out", "crashed"})
"""Statuses that count against a configuration."""

_FORMER = {"memory": "memory_out"}
"""What records of earlier versions call a status."""


def status_in_record(written: Any) -> Any:
    """Read a status as a record has it, under the name of today.

    Examples
    --------
    >>> status_in_record("memory")
    'memory_out'
    """
    return _FORMER.get(written, written) if isinstance(written, str) else written


@dataclass(frozen=True)
class TrialInfo:
    """One evaluation to be run.

    Parameters
    ----------
    number : int
        Position among all trials of a run, from 0.
    config : Config
        What to evaluate.
    rung : int
        Fidelity, 0 the cheapest.
    origin : str
        Who proposed the configuration: "initial", "portfolio", "prior", "random", "grid", "sobol",
        "mutation" or "model"; a promoted one keeps the origin it first had.
    """

    number: int
    config: Config
    rung: int
    origin: str


@dataclass(frozen=True)
class TrialResult:
    """What came out of one evaluation.

    Parameters
    ----------
    info : TrialInfo
        What was run.
    status : str
        How it ended, see `Status`.
    loss : float or None
        Lower is better; a finite number where the status is "ok", None otherwise.
    score : float or None
        The same with the sign of the metric.
    wall_seconds, cpu_seconds, peak_memory_mb : float
        What it cost.
    started : float
        Seconds since the run began.
    message : str
        Reason of a failure, one line.
    details : mapping
        Further facts, JSON-able.

    Raises
    ------
    InvalidInputError
        If the status is unknown, or loss and status contradict each other.
    """

    info: TrialInfo
    status: Status
    loss: float | None
    score: float | None
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    started: float
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.status not in get_args(Status):
            raise InvalidInputError(
                f"status must be one of {list(get_args(Status))}, got {self.status!r}; "
                f"choose the one that says how the trial ended."
            )
        if self.ok and (self.loss is None or not math.isfinite(self.loss)):
            raise InvalidInputError(
                f"loss must be a finite number where status is 'ok', got {self.loss!r}; "
                f"record the trial as 'failed'."
            )
        if not self.ok and self.loss is not None:
            raise InvalidInputError(
                f"loss must be None where status is {self.status!r}, got {self.loss!r}; "
                f"leave it out."
            )

    @property
    def ok(self) -> bool:
        """Whether there is a loss."""
        return self.status == "ok"

    @property
    def failed(self) -> bool:
        """Whether it counts against the configuration."""
        return self.status in FAILURES
