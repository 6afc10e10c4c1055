"""How fast boosting has to learn to be done in time.

A fit that the clock cuts off is worse than one with larger steps that comes to its end: what a
model has learned depends on learning rate times rounds far more than on either. So the first rounds
are timed, and where the rounds that are wanted do not fit into the time that is left, the rate of
the others is raised. Rounds are told as those of the rate that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from automl.pipelines.clock import Clock

__all__ = ["Pace"]

_TIMED_ROUNDS = 20


@dataclass
class Pace:
    """Factor on the learning rate after the rounds that were timed.

    Parameters
    ----------
    clock : Clock
    twice : bool
        Whether a second fit as long as this one is to follow.
    factor : float
        Above 1 where the time is short.
    timed_rounds : int
        Rounds before the factor holds.
    """

    clock: Clock
    twice: bool = False
    factor: float = 1.0
    timed_rounds: int = _TIMED_ROUNDS
    _started: float = field(init=False)
    _kept: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._started = self.clock.left()

    def is_to_be_set(self, done: int) -> bool:
        """Whether the rounds that are timed have just ended."""
        return self.clock.limited and done == self.timed_rounds

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
        one = self.clock.elapsed_since(self._started) / self.timed_rounds
        one = one * (2.0 if self.twice else 1.0) + seconds_after
        affordable = max(1.0, (self.clock.left() - seconds_after * self.timed_rounds) / one)
        self.factor = min(max(1.0, (wanted - self.timed_rounds) / affordable), max(1.0, most))

    def over(self, done: int) -> bool:
        """Whether the time is over, but for what comes after the rounds."""
        return self.clock.left() <= self._kept * done

    def equivalent(self, done: int) -> int:
        """Rounds as if all had been made at the rate that was asked for."""
        slow = min(done, self.timed_rounds)
        return slow + round((done - slow) * self.factor)

    def of_a_second_fit(self) -> Pace:
        """The same steps for a fit on more rows."""
        return Pace(self.clock)
