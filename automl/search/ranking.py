"""Which result is better; nothing else in the package compares losses of trials.

A result has one loss an objective. An `Order` turns the losses at a rung into sort keys, and a
`Ranking` keeps configurations sorted by them while a history grows. Samplers and schedulers are
pure functions of the history, but reading all of it for each proposal would cost more with every
trial; a ranking reads each result once, and what it says depends on nothing but the history that it
follows. They ask it for the best, for places and for ranks, and never see a loss: another order, of
several objectives by fronts say, is one more function here and a line in `order_of`.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias, TypeVar

from automl.exceptions import UnsupportedSettingError
from automl.history import History, Losses, TrialResult
from automl.space import Config

__all__ = [
    "ALL",
    "Key",
    "Order",
    "Place",
    "Ranking",
    "best_first",
    "by_loss",
    "farthest_first",
    "order_of",
    "ranked",
]

T = TypeVar("T")

Key: TypeAlias = tuple[float, ...]
"""What results are sorted by, the lowest first."""

Place: TypeAlias = tuple[Key, int]
"""Key, and the order of arrival at the rung by which ties are broken; places of one rung compare,
until the next result comes."""

ALL = object()
"""The group that holds every configuration."""


class Order(Protocol):
    """What makes one result better than others at the same rung."""

    def __call__(self, known: Mapping[T, Losses], new: T) -> Mapping[T, Key]:
        """Sort keys of what came last, and of all others whose key it has changed.

        Parameters
        ----------
        known : mapping
            Losses of everything at the rung, of `new` too.
        new : hashable
            Whose losses came last.

        Returns
        -------
        mapping of hashable to Key
        """
        ...


def by_loss(known: Mapping[T, Losses], new: T) -> Mapping[T, Key]:
    """Order of a single objective: a result changes the key of no other.

    Examples
    --------
    >>> by_loss({"a": (0.5,), "b": (0.2,)}, "b")
    {'b': (0.2,)}
    """
    return {new: known[new]}


def order_of(losses: Losses) -> Order:
    """Choose the order for results with so many losses.

    Raises
    ------
    UnsupportedSettingError
        If there is none.
    """
    if len(losses) == 1:
        return by_loss
    raise UnsupportedSettingError(
        f"losses must be those of a single objective in this version, got {losses}; "
        f"combine them into one number."
    )


def best_first(items: Iterable[T], losses: Callable[[T], Losses]) -> list[T]:
    """Sort anything that has losses on the same rows; ties keep their order.

    Parameters
    ----------
    items : iterable
    losses : callable
        From an item to its losses.

    Examples
    --------
    >>> best_first(["a", "b", "c"], {"a": (0.5,), "b": (0.2,), "c": (0.5,)}.__getitem__)
    ['b', 'a', 'c']
    """
    given = list(items)
    known: dict[int, Losses] = {}
    keys: dict[int, Key] = {}
    for i, item in enumerate(given):
        known[i] = losses(item)
        keys.update(order_of(known[i])(known, i))
    return [given[i] for i in sorted(keys, key=keys.__getitem__)]


def farthest_first(results: Iterable[TrialResult]) -> list[TrialResult]:
    """Sort results: high fidelities before low ones, best first within each, failures last."""
    by_rung: dict[tuple[bool, int], list[TrialResult]] = {}
    for result in results:
        by_rung.setdefault((not result.ok, -result.info.rung), []).append(result)
    parts = [by_rung[place] for place in sorted(by_rung)]
    return [one for part in parts for one in (best_first(part, _losses) if part[0].ok else part)]


def ranked(history: History, rung: int) -> list[TrialResult]:
    """Results with losses at a rung, one for each configuration, best first.

    Losses of different rungs do not compare; positions in these rankings do.
    """
    return best_first((result for result in history.at_rung(rung) if result.ok), _losses)


def _losses(result: TrialResult) -> Losses:
    return () if result.losses is None else result.losses


@dataclass
class _Rung:
    """What is known at one rung."""

    arrived: dict[Config, int] = field(default_factory=dict)
    configs: list[Config] = field(default_factory=list)  # in the order of arrival
    losses: dict[Config, Losses] = field(default_factory=dict)
    places: dict[Config, Place] = field(default_factory=dict)
    ranked: dict[object, list[Place]] = field(default_factory=dict)  # best first, by group
    waiting: list[Place] = field(default_factory=list)  # of those with no result one rung up
    risen: set[object] = field(default_factory=set)  # groups of which one has gone up

    def arrive(self, config: Config) -> None:
        """Give a configuration that was not here its number."""
        if config not in self.arrived:
            self.arrived[config] = len(self.configs)
            self.configs.append(config)


class Ranking:
    """Ranked configurations by rung and group.

    Parameters
    ----------
    group : callable, optional
        From a configuration to its group; None makes no groups beside `ALL`.
    order : Order, optional
        None is that of `order_of`.
    """

    def __init__(
        self, group: Callable[[Config], object] | None = None, order: Order | None = None
    ) -> None:
        self._group = group
        self._order = order
        self._n_read = 0
        self._forget(History())

    def follow(self, history: History) -> Ranking:
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
        """Count configurations with losses at a rung."""
        return len(self._ranked(rung, group))

    def best(self, rung: int, n: int, group: object = ALL) -> tuple[Config, ...]:
        """Take the best `n` configurations at a rung, best first."""
        return tuple(self.config(rung, place) for place in self._ranked(rung, group)[:n])

    def best_of(self, rung: int, configs: Iterable[Config], n: int) -> list[Config]:
        """Take the best `n` of some configurations at a rung, best first."""
        places = (self.place(rung, config) for config in configs)
        known = sorted(place for place in places if place is not None)
        return [self.config(rung, place) for place in known[:n]]

    def ranks(self, rung: int, configs: Sequence[Config]) -> list[int | None]:
        """Rank of each of some configurations among them, 0 the best; None without losses.

        Equally good ones share a rank.
        """
        places = [self.place(rung, config) for config in configs]
        keys = sorted({place[0] for place in places if place is not None})
        rank = {key: i for i, key in enumerate(keys)}
        return [None if place is None else rank[place[0]] for place in places]

    def place_at(self, rung: int, position: int, group: object = ALL) -> Place:
        """Place of the configuration at a position of the ranking, 0 the best."""
        return self._ranked(rung, group)[position]

    def place(self, rung: int, config: Config) -> Place | None:
        """Place of a configuration; None where it has no losses at the rung."""
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
        lists = {} if table is None else table.ranked
        heads = [(group, places[0]) for group, places in lists.items() if group is not ALL]
        return sorted(heads, key=lambda head: head[1])

    def risen(self, rung: int) -> set[object]:
        """Groups of which one configuration with losses at the rung was run one rung up."""
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
        table.arrive(config)
        if result.losses is not None:
            table.losses[config] = result.losses
            order = order_of(result.losses) if self._order is None else self._order
            for other, key in order(table.losses, config).items():
                self._move(table, other, (key, table.arrived[other]), rung)
        below = self._rungs.get(rung - 1)
        if below is not None and config in below.places:
            _discard(below.waiting, below.places[config])
            below.risen.add(own)

    def _move(self, table: _Rung, config: Config, place: Place, rung: int) -> None:
        """Put a configuration in its place, in all lists that hold it."""
        old = table.places.get(config)
        table.places[config] = place
        own = self.group_of(config)
        groups = (ALL,) if own is ALL else (ALL, own)
        lists = [table.ranked.setdefault(group, []) for group in groups]
        above = self._rungs.get(rung + 1)
        if above is not None and config in above.arrived:
            table.risen.add(own)
        else:
            lists.append(table.waiting)
        for places in lists:
            if old is not None:
                _discard(places, old)
            insort(places, place)


def _discard(places: list[Place], place: Place) -> None:
    i = bisect_left(places, place)
    if i < len(places) and places[i] == place:
        del places[i]
