"""Rung geometry and the state of brackets, as pure functions of the history.

A bracket begins with some configurations at one rung and sends the best 1/eta of each rung up.
Configurations belong to brackets by the order in which they were begun: no bracket is stored
anywhere, and a resumed run finds itself in the same ones.
"""

from __future__ import annotations

import math
from bisect import bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.search.schedulers.base import Decision, NewTrial, Promote, best_leftover, promotion
from automl.space import Config

__all__ = [
    "Bracket",
    "BracketScheduler",
    "check_bracket_settings",
    "halving_bracket",
    "hyperband_brackets",
]


@dataclass(frozen=True)
class Bracket:
    """How many configurations run at which rungs.

    Parameters
    ----------
    first_rung : int
    sizes : tuple of int
        Configurations at `first_rung` and at each rung above.
    """

    first_rung: int
    sizes: tuple[int, ...]


def halving_bracket(n_rungs: int, eta: int) -> Bracket:
    """The smallest bracket that ends with one configuration at the highest rung.

    Examples
    --------
    >>> halving_bracket(3, 3)
    Bracket(first_rung=0, sizes=(9, 3, 1))
    """
    return Bracket(0, tuple(eta**k for k in range(n_rungs - 1, -1, -1)))


def hyperband_brackets(n_rungs: int, eta: int) -> tuple[Bracket, ...]:
    """All brackets of one round of Hyperband, the one that relies on cheap rungs most first.

    Examples
    --------
    >>> [bracket.sizes for bracket in hyperband_brackets(3, 3)]
    [(9, 3, 1), (5, 1), (3,)]
    """
    brackets = []
    for s in range(n_rungs - 1, -1, -1):
        n = math.ceil(n_rungs / (s + 1) * eta**s)  # Li et al., algorithm 1, line 3
        sizes = tuple(max(n // eta**i, 1) for i in range(s + 1))  # line 6
        brackets.append(Bracket(n_rungs - 1 - s, sizes))
    return tuple(brackets)


class BracketScheduler:
    """Runs brackets one after another, and begins the next while results are awaited.

    A rung of a bracket is judged when all its configurations are known, as in the papers; a worker
    for whom there is nothing to do until then begins the next bracket instead of waiting.

    Parameters
    ----------
    n_rungs : int
        Number of fidelities.
    cycle : sequence of Bracket
        Repeated for ever.
    """

    def __init__(self, n_rungs: int, cycle: Sequence[Bracket]) -> None:
        self._n_rungs = n_rungs
        self._cycle = tuple(cycle)
        self._ends = list(accumulate(bracket.sizes[0] for bracket in self._cycle))
        self._ranking = Ranking()
        self._forget(History())

    def decide(self, history: History, pending: Sequence[TrialInfo]) -> Decision:
        """Promote within the oldest bracket where that is due, else begin a trial of the newest."""
        self._follow(history)
        begun = self._begun_with(history, pending)
        number = self._n_closed
        while (start := self._start(number)) < len(begun):
            bracket = self._cycle[number % len(self._cycle)]
            members = [config for _, _, config in begun[start : start + bracket.sizes[0]]]
            is_open, promoted = self._look(history, bracket, members, pending)
            if promoted is not None:
                return promoted
            if not is_open and number == self._n_closed:
                self._n_closed += 1
            number += 1
        return NewTrial(self._bracket_of(len(begun)).first_rung)

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Promote the best of what is left, from the highest rung down."""
        return best_leftover(history, self._ranking.follow(history), self._n_rungs, pending)

    def _look(
        self,
        history: History,
        bracket: Bracket,
        members: Sequence[Config],
        pending: Sequence[TrialInfo],
    ) -> tuple[bool, Promote | None]:
        """Say whether a bracket is still open, and what is to be promoted in it now."""
        if len(members) < bracket.sizes[0]:
            return True, None
        running = {(info.config, info.rung) for info in pending}
        cohort = list(members)
        for step, size in enumerate(bracket.sizes[1:]):
            rung = bracket.first_rung + step
            if any((config, lower) in running for config in cohort for lower in range(rung + 1)):
                return True, None
            cohort = self._ranking.best_of(rung, cohort, size)
            for config in cohort:
                if history.find(config, rung + 1) is None and (config, rung + 1) not in running:
                    return True, promotion(history, config, rung)
        return any(config in cohort for config, _ in running), None

    def _bracket_of(self, position: int) -> Bracket:
        """Bracket of the configuration that was begun at a position, 0 the first."""
        return self._cycle[bisect_right(self._ends, position % self._ends[-1])]

    def _start(self, number: int) -> int:
        """Position of the first configuration of a bracket, by the bracket's number."""
        rounds, i = divmod(number, len(self._cycle))
        return rounds * self._ends[-1] + (self._ends[i - 1] if i else 0)

    def _forget(self, history: History) -> None:
        self._history = history
        self._n_read = self._n_closed = 0
        self._begun: list[tuple[int, int, Config]] = []
        self._first: dict[Config, int] = {}

    def _follow(self, history: History) -> None:
        """Read what has been added; a trial with a lower number may come later."""
        self._ranking.follow(history)
        if history is not self._history:
            self._forget(history)
        for result in history.since(self._n_read):
            config, number = result.info.config, result.info.number
            if config not in self._first:
                self._first[config] = number
                insort(self._begun, (number, len(self._first), config), key=lambda one: one[:2])
        self._n_read = len(history)

    def _begun_with(
        self, history: History, pending: Sequence[TrialInfo]
    ) -> list[tuple[int, int, Config]]:
        """Configurations in the order in which they were begun, those under way included."""
        new = [i for i in pending if history.find(i.config) is None]
        if not new:
            return self._begun
        merged = list(self._begun)
        for info in new:
            insort(merged, (info.number, 0, info.config), key=lambda one: one[:2])
        return merged


def check_bracket_settings(n_rungs: int, eta: int) -> None:
    """Refuse numbers that make no bracket."""
    for name, value, least in (("n_rungs", n_rungs, 1), ("eta", eta, 2)):
        if value < least:
            raise InvalidInputError(
                f"{name} must be at least {least}, got {value}; choose a larger number."
            )
