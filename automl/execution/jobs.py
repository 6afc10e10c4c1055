"""What an executor says of a job: what it returned and cost, or the reason why it has no value."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

__all__ = [
    "JobCrashed",
    "JobError",
    "JobFailed",
    "JobFuture",
    "JobOutOfMemory",
    "JobReport",
    "JobTimeout",
]


@dataclass(frozen=True)
class JobReport:
    """What a job returned and what it cost."""

    value: Any
    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float


class JobError(Exception):
    """A job ended without a value."""

    status = "failed"

    def __init__(
        self, message: str, wall_seconds: float, cpu_seconds: float, peak_memory_mb: float
    ):
        super().__init__(message)
        self.wall_seconds = wall_seconds
        self.cpu_seconds = cpu_seconds
        self.peak_memory_mb = peak_memory_mb


class JobFailed(JobError):
    """The function raised."""


class JobTimeout(JobError):
    """The worker was ended at the job's time limit."""

    status = "timeout"


class JobOutOfMemory(JobError):
    """The worker was ended because its private memory passed the limit."""

    status = "memory_out"


class JobCrashed(JobError):
    """The worker process died."""

    status = "crashed"


class JobFuture(Future[JobReport]):
    """A future that can be given up while its job runs."""

    def __init__(self) -> None:
        super().__init__()
        self.given_up = threading.Event()

    def give_up(self) -> None:
        """Take the job from the queue, or end its worker; the future ends soon after."""
        self.given_up.set()
        self.cancel()
