"""The budget: one clock, started when ``fit`` is entered."""

from __future__ import annotations

import math
import time

__all__ = ["BudgetClock"]


class BudgetClock:
    """Seconds used and left of a limit.

    Parameters
    ----------
    limit : float, optional
        Seconds; None means that no decision may depend on the time.
    started : float, optional
        Reading of `time.monotonic` to count from; None: now.

    Examples
    --------
    >>> BudgetClock(None).remaining()
    inf
    """

    def __init__(self, limit: float | None, started: float | None = None):
        self.limit = limit
        self._started = time.monotonic() if started is None else started

    @property
    def timed(self) -> bool:
        """Whether there is a limit."""
        return self.limit is not None

    def end_within(self, seconds: float) -> None:
        """Draw the limit near: so many seconds from now on, or what is left if that is less."""
        limit = self.elapsed() + seconds
        self.limit = limit if self.limit is None else min(self.limit, limit)

    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def remaining(self) -> float:
        """Seconds left, never below zero; infinite without a limit."""
        return math.inf if self.limit is None else max(0.0, self.limit - self.elapsed())
