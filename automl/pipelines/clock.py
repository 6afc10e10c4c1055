"""The time a fit may take; a clock without a limit is never read, so that fits repeat exactly."""

from __future__ import annotations

import math
import time

__all__ = ["Clock"]


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
        self._end = None if max_seconds is None else time.monotonic() + max_seconds

    def left(self) -> float:
        """Seconds until the limit; negative once it has passed."""
        return math.inf if self._end is None else self._end - time.monotonic()

    def elapsed_since(self, left: float) -> float:
        """Seconds gone since `left` was read; 0.0 where there is no limit."""
        return 0.0 if self._end is None else left - self.left()
