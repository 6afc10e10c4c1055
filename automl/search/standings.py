"""Who stands where at each rung, kept up while a history grows.

Samplers and schedulers are pure functions of the history, but reading all of it for each proposal
would cost more with every trial. Standings read each result once; what they say depends on nothing
but the history that they follow.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from automl.history import History, TrialResult
from automl.space import Config

__all__ = ["ALL", "Place", "Standings"]

Place: TypeAlias = tuple[float, int]
"""Loss, and the order of arrival at the rung by which ties are broken."""

ALL = object()
"""The group that holds every configuration."""


@dataclass
class _Rung:
    """What is known at one rung."""

    arrived: dict[Config, int] = field(default_factory=dict)
    configs: list[Config] = field(default_factory=list)  # in the order of arrival
    places: dict[Config, Place] = field(default_factory=dict)
    ranked: dict[object, list[Place]] = field(default_factory=dict)  # best first, by group
    waiting: list[Place] = field(default_factory=list)  # of those with no result one rung up
    risen: set[object] = field(default_factory=set)  # groups of which one has gone up

    def arrival(self, config: Config) -> int:
        """Order of arrival; the next number for a configuration that was not here."""
        if config not in self.arrived:
            self.arrived[config] = len(self.configs)
            self.configs.append(config)
        return self.arrived[config]


class Standings:
    """Ranked configurations by rung and group.

    Parameters
    ----------
    group : callable, optional
        From a configuration to its group; None makes no groups beside `ALL`.
    """

    def __init__(self, group: Callable[[Config], object] | None = None) -> None:
        self._group = group
        self._n_read = 0
        self._forget(History())

    def follow(self, history: History) -> Standings:
        """Read what has been added; another history is read from its beginning."""
        if history is not self._history or len(history) < self._n_read:
            self._forget(history)
        for result in history.since(self._n_read):
            self._add(result)
        self._n_read = len(history)
        return self

    @property
    def rungs(self) -> tuple[int, ...]:
        """Rungs that hold any result, ascending."""
        return tuple(sorted(self._rungs))

    def count(self, rung: int, group: object = ALL) -> int:
        """Count configurations with a loss at a rung."""
        return len(self._ranked(rung, group))

    def best(self, rung: int, n: int, group: object = ALL) -> tuple[Config, ...]:
        """Take the best `n` configurations at a rung, best first."""
        return tuple(self.config(rung, place) for place in self._ranked(rung, group)[:n])

    def place_at(self, rung: int, position: int, group: object = ALL) -> Place:
        """Place of the configuration at a position of the ranking, 0 the best."""
        return self._ranked(rung, group)[position]

    def place(self, rung: int, config: Config) -> Place | None:
        """Place of a configuration; None where it has no loss at the rung."""
        table = self._rungs.get(rung)
        return None if table is None else table.places.get(config)

    def config(self, rung: int, place: Place) -> Config:
        """Look up who has a place."""
        return self._rungs[rung].configs[place[1]]

    def waiting(self, rung: int) -> list[Place]:
        """Places, best first, of configurations that have no result one rung up."""
        table = self._rungs.get(rung)
        return [] if table is None else table.waiting

    def heads(self, rung: int) -> list[tuple[object, Place]]:
        """Each group with the place of its best, best group first."""
        table = self._rungs.get(rung)
        ranked = {} if table is None else table.ranked
        heads = [(group, places[0]) for group, places in ranked.items() if group is not ALL]
        return sorted(heads, key=lambda head: head[1])

    def risen(self, rung: int) -> set[object]:
        """Groups of which one configuration with a loss at the rung was run one rung up."""
        table = self._rungs.get(rung)
        return set() if table is None else table.risen

    def newest(self, group: object = ALL) -> Iterator[Config]:
        """Run through the configurations with any result, those that came last first."""
        return reversed(self._members.get(group, []))

    def group_of(self, config: Config) -> object:
        """Group of a configuration."""
        return ALL if self._group is None else self._group(config)

    def _forget(self, history: History) -> None:
        self._history = history
        self._n_read = 0
        self._rungs: dict[int, _Rung] = {}
        self._seen: set[Config] = set()
        self._members: dict[object, list[Config]] = {}

    def _ranked(self, rung: int, group: object) -> list[Place]:
        table = self._rungs.get(rung)
        return [] if table is None else table.ranked.get(group, [])

    def _add(self, result: TrialResult) -> None:
        config, rung = result.info.config, result.info.rung
        own = self.group_of(config)
        groups = (ALL,) if own is ALL else (ALL, own)
        if config not in self._seen:
            self._seen.add(config)
            for group in groups:
                self._members.setdefault(group, []).append(config)
        table = self._rungs.setdefault(rung, _Rung())
        arrival = table.arrival(config)
        if result.loss is not None:
            self._rank(table, config, (result.loss, arrival), groups, rung)
        below = self._rungs.get(rung - 1)
        if below is not None and config in below.places:
            _discard(below.waiting, below.places[config])
            below.risen.add(own)

    def _rank(
        self, table: _Rung, config: Config, place: Place, groups: tuple[object, ...], rung: int
    ) -> None:
        old = table.places.get(config)
        if old is not None and old <= place:
            return
        table.places[config] = place
        above = self._rungs.get(rung + 1)
        if above is not None and config in above.arrived:
            table.risen.add(groups[-1])
            lists = [table.ranked.setdefault(group, []) for group in groups]
        else:
            lists = [table.waiting, *(table.ranked.setdefault(group, []) for group in groups)]
        for places in lists:
            if old is not None:
                _discard(places, old)
            insort(places, place)


def _discard(places: list[Place], place: Place) -> None:
    i = bisect_left(places, place)
    if i < len(places) and places[i] == place:
        del places[i]
