"""The two messages between proposer and executor."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from automl.exceptions import InvalidInputError
from automl.space import Config

__all__ = ["FAILURES", "Losses", "Status", "TrialInfo", "TrialResult", "status_in_record"]

Status = Literal["ok", "failed", "timeout", "memory_out", "crashed", "skipped"]
"""How a trial ended; "skipped" was never run and says nothing about its configuration."""

Losses: TypeAlias = tuple[float, ...]
"""What is minimised, one number an objective; only `automl.search.ranking` compares them."""

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
    losses : tuple of float or None
        One an objective, lower is better; finite numbers where the status is "ok", None otherwise.
    score : float or None
        The first of them with the sign of the metric.
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
        If the status is unknown, or losses and status contradict each other.
    """

    info: TrialInfo
    status: Status
    losses: Losses | None
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
        if self.ok and not _are_losses(self.losses):
            raise InvalidInputError(
                f"losses must be a tuple of finite numbers where status is 'ok', got "
                f"{self.losses!r}; record the trial as 'failed'."
            )
        if not self.ok and self.losses is not None:
            raise InvalidInputError(
                f"losses must be None where status is {self.status!r}, got {self.losses!r}; "
                f"leave them out."
            )

    @property
    def loss(self) -> float | None:
        """The first of the losses, the only one where there is one objective."""
        return None if self.losses is None else self.losses[0]

    @property
    def ok(self) -> bool:
        """Whether there are losses."""
        return self.status == "ok"

    @property
    def failed(self) -> bool:
        """Whether it counts against the configuration."""
        return self.status in FAILURES


def _are_losses(losses: Any) -> bool:
    return isinstance(losses, tuple) and bool(losses) and all(map(math.isfinite, losses))
