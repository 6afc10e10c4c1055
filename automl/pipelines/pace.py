"""How fast boosting has to learn to be done in time.

A fit that the clock cuts off is worse than one with larger steps that comes to its end: what a
model has learned depends on learning rate times rounds far more than on either. So the first rounds
are timed, and where the rounds that are wanted do not fit into the time that is left, the rate of
the others is raised. Rounds are told as those of the rate that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from automl.pipelines.clock import Clock

__all__ = ["TIMED_ROUNDS", "Pace"]

TIMED_ROUNDS = 20


@dataclass
class Pace:
    """Factor on the learning rate after the rounds that were timed.

    Parameters
    ----------
    clock : Clock
    twice : bool
        Whether a second fit as long as this one is to follow.
    factor : float
        Above 1 where the time is short; for rounds after those that are timed.
    """

    clock: Clock
    twice: bool = False
    factor: float = 1.0
    _started: float = field(init=False)
    _kept: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._started = self.clock.left()

    def is_to_be_set(self, done: int) -> bool:
        """Whether the rounds that are timed have just ended."""
        return self.clock.limited and done == TIMED_ROUNDS

    def set(self, wanted: float, seconds_after: float, most: float) -> None:
        """Choose the factor.

        Parameters
        ----------
        wanted : float
            Rounds in all, at the rate that was asked for.
        seconds_after : float
            For each round, when all are done.
        most : float
            Largest factor.
        """
        self._kept = seconds_after
        one = self.clock.elapsed_since(self._started) / TIMED_ROUNDS
        one = one * (2.0 if self.twice else 1.0) + seconds_after
        affordable = max(1.0, (self.clock.left() - seconds_after * TIMED_ROUNDS) / one)
        self.factor = min(max(1.0, (wanted - TIMED_ROUNDS) / affordable), max(1.0, most))

    def over(self, done: int) -> bool:
        """Whether the time is over, but for what comes after the rounds."""
        return self.clock.left() <= self._kept * done

    def equivalent(self, done: int) -> int:
        """Rounds as if all had been made at the rate that was asked for."""
        slow = min(done, TIMED_ROUNDS)
        return slow + round((done - slow) * self.factor)
