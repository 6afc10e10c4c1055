"""What the rest of the package asks of whatever runs its jobs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from automl.execution.jobs import JobFuture

__all__ = ["Executor"]


class Executor(Protocol):
    """Runs functions elsewhere, several at a time.

    A fault of a job is the job's alone: it ends with a `JobError` of the kind that says why, its
    neighbours go on, and the next job finds a worker. `tests/execution/contract.py` holds an
    executor to that.
    """

    @property
    def n_workers(self) -> int:
        """Jobs that run at the same time."""
        ...

    def submit(
        self, function: Callable[..., Any], /, *args: Any, timeout: float | None = None
    ) -> JobFuture:
        """Queue ``function(*args)``.

        Parameters
        ----------
        function : callable
            May be defined in the main module.
        *args
            Its arguments.
        timeout : float, optional
            Seconds from the start of the job until it is ended.

        Returns
        -------
        JobFuture
            Its result is a `JobReport`, its exception a `JobError`.

        Raises
        ------
        TypeError or pickle.PicklingError
            If the function or an argument cannot be sent; nothing is queued.
        """
        ...

    def shutdown(self) -> None:
        """End all workers at once; jobs that have not finished are cancelled or fail as crashed."""
        ...
