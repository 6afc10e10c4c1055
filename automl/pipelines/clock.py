"""The time a fit may take; a clock without a limit is never read, so that fits repeat exactly."""

from __future__ import annotations

import math
import time

__all__ = ["Clock", "count_cpu_seconds"]

_reading = "monotonic"


def count_cpu_seconds() -> None:
    """Let every clock of this process count its CPU seconds from now on.

    For measurements on a machine that has other work to do; the limit of a run is on the wall.
    """
    global _reading
    _reading = "process_time"


def _now() -> float:
    return float(getattr(time, _reading)())


class Clock:
    """Seconds left, counted from construction.

    Parameters
    ----------
    max_seconds : float, optional
        None: no limit, and the system's clock is never looked at.

    Examples
    --------
    >>> Clock(None).left()
    inf
    """

    def __init__(self, max_seconds: float | None) -> None:
        self._end = None if max_seconds is None else _now() + max_seconds

    @property
    def limited(self) -> bool:
        """Whether there is a limit."""
        return self._end is not None

    def left(self) -> float:
        """Seconds until the limit; negative once it has passed."""
        return math.inf if self._end is None else self._end - _now()

    def elapsed_since(self, left: float) -> float:
        """Seconds gone since `left` was read; 0.0 where there is no limit."""
        return 0.0 if self._end is None else left - self.left()
