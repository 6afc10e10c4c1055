"""A race: many on a cheap rung, some on the next, and the best of these on all there is.

For evaluations that are so dear at the highest rung that only a few can be made. Each step waits
for the one before, so that what is dear is chosen from all that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.search.schedulers.base import (
    Decision,
    NewTrial,
    Promote,
    Wait,
    best_leftover,
    promotion,
)

__all__ = ["Race", "RaceScheduler"]


@dataclass(frozen=True)
class Race:
    """How many configurations take part.

    Parameters
    ----------
    begun : int
        At the lowest rung.
    promoted : int
        Of these, one rung up; where there are three rungs and more.
    varied : int
        Begun beside them, once it is known which of them is best.
    finished : int
        At the highest rung, before further ones are begun.
    """

    begun: int = 8
    promoted: int = 4
    varied: int = 4
    finished: int = 3

    @property
    def least(self) -> int:
        """Evaluations until one has reached the highest rung."""
        return self.begun + self.promoted + self.varied + 1


class RaceScheduler:
    """Decides in five steps, the first that is not done.

    1. New trials begin at rung 0, until `begun` are there.
    2. The best `promoted` of them go to the rung below the highest.
    3. When it is known which leads, new trials begin there until `varied` are: a sampler makes them
       of the leader.
    4. The best of that rung go to the highest, one after another, until `finished` are there.
    5. Steps 3 and 4 again.

    Parameters
    ----------
    n_rungs : int
        Two or three.
    race : Race
    """

    def __init__(self, n_rungs: int, race: Race) -> None:
        self._top, self._race = n_rungs - 1, race
        self._ranking = Ranking()

    def decide(self, history: History, pending: Sequence[TrialInfo]) -> Decision:
        """Take the first step that is not done; `Wait` where results are due before it."""
        race, below = self._race, self._top - 1
        n_begun = self._count(history, pending, 0)
        if n_begun < race.begun:
            return NewTrial(0)
        if below > 0:
            step = self._promote_first(history, pending, below)
            if step is not None:
                return step
        rounds = self._count(history, pending, self._top) // race.finished
        n_first = race.begun if below == 0 else min(race.promoted, n_begun)
        n_varied = self._count(history, pending, below) - n_first
        busy = any(info.rung >= below for info in pending)
        if busy and n_varied <= race.varied * rounds:
            return Wait()
        if n_varied < race.varied * (1 + rounds):
            return NewTrial(below)
        if busy:
            return Wait()
        waiting = self._ranking.follow(history).waiting(below)
        if not waiting:
            return NewTrial(below)
        return promotion(history, self._ranking.config(below, waiting[0]), below)

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Promote the best of what is left, from the highest rung down."""
        ranking = self._ranking.follow(history)
        return best_leftover(history, ranking, self._top + 1, pending)

    def _promote_first(
        self, history: History, pending: Sequence[TrialInfo], below: int
    ) -> Decision | None:
        """Step 2; None when it is done."""
        if any(info.rung == 0 for info in pending):
            return Wait()
        taken = {info.config for info in pending if info.rung == below}
        for config in self._ranking.follow(history).best(0, self._race.promoted):
            if config not in taken and history.find(config, below) is None:
                return promotion(history, config, 0)
        return None

    def _count(self, history: History, pending: Sequence[TrialInfo], rung: int) -> int:
        """Count configurations that were begun at a rung, failures included."""
        known = {result.info.config for result in history.at_rung(rung)}
        return len(known | {info.config for info in pending if info.rung == rung})
