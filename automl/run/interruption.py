"""Ctrl-C: the first ends the search and leaves some seconds for what follows, the second all."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from automl.run.clock import BudgetClock

__all__ = ["Interruption"]

SECONDS = 2.0
"""From the first Ctrl-C to the end of the last step; processes and files are tidied up after."""


class Interruption:
    """Catches the first Ctrl-C while it is entered, so that no step is torn in two.

    Outside of the main thread, or where the program has a handler of its own, a Ctrl-C is what it
    always was.

    Parameters
    ----------
    clock : BudgetClock
        Its limit is drawn near.
    say : callable
        Told at once, with what is still being done.
    """

    def __init__(self, clock: BudgetClock, say: Callable[[str], None]):
        self._clock, self._say = clock, say
        self._before: Any = None
        self.doing = "nothing was found yet, ending"
        self.requested = False

    def request(self) -> None:
        """Take note of a Ctrl-C: the clock has a last few seconds."""
        self.requested = True
        self._clock.end_within(SECONDS)
        # A handler can come in the middle of a write to the same stream, which then refuses.
        with contextlib.suppress(RuntimeError):
            self._say(f"interrupted: {self.doing}…")

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.requested:
            signal.default_int_handler(number, frame)
        self.request()

    def __enter__(self) -> Interruption:
        main = threading.current_thread() is threading.main_thread()
        if main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._handle)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
