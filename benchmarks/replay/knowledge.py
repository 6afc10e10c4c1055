"""Replay of the knowledge base: how soon does a way to begin reach what all configurations give.

python -m benchmarks.replay.knowledge           # docs/benchmarks/knowledge.md, minutes

Any order of the shared configurations can be replayed (`benchmarks.replay.knowledge_tables`): what
is the ensemble of the first k worth, or of those that end within s CPU seconds? Each table is
looked up in a base without its family. Regret: 0 is the ensemble of all configurations, 1 the
prior.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.knowledge.compiled import NOT_RUN, CompiledTask
from automl.knowledge.shared import order_configs, table_ranks, table_weights
from automl.knowledge.similarity import rank_neighbours
from benchmarks.common.arguments import add_without, make_parser
from benchmarks.common.paths import PAGES
from benchmarks.replay.knowledge_page import TODAY, write_page
from benchmarks.replay.knowledge_tables import Replayed, Task, load_task
from metadata.blocks import ORIGINS
from metadata.configurations import TASKS
from metadata.runtimes import LEAST_SECONDS

__all__ = ["COUNTS", "SECONDS", "WAYS", "Curve", "replay", "runtimes"]

COUNTS = (1, 2, 3, 5, 10, 16, 32)
SECONDS = (2.0, 5.0, 10.0, 20.0, 40.0)
SIZES = (10, 30, 60)

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Curve:
    """Mean regrets of one way to begin: after so many evaluations, within so many seconds."""

    counts: Array
    seconds: Array


@dataclass(frozen=True, eq=False)
class Question:
    """A table that is looked up in a base without its relatives."""

    task: Task
    base: CompiledTask
    table: Replayed
    rng: np.random.Generator

    def distances(self) -> Array:
        """From the tables of the base."""
        found = rank_neighbours(self.table.meta, self.base.records(self.task.name))
        by_name = {neighbour.record.name: neighbour.distance for neighbour in found}
        return np.array([by_name[name] for name in self.base.tables])


Way = Callable[[Question], list[int]]
"""Question -> order of the configurations."""


def _by_hand(asked: Question) -> list[int]:
    """Take the list written by hand, then the others by chance."""
    others = np.arange(asked.task.by_hand, len(asked.base.configs))
    return [*range(asked.task.by_hand), *asked.rng.permutation(others).tolist()]


def _by_chance(asked: Question) -> list[int]:
    return list(asked.rng.permutation(len(asked.base.configs)).tolist())


def _incumbents(asked: Question) -> list[int]:
    """Take turns among the best configurations of the five nearest tables."""
    nearest = np.argsort(asked.distances(), kind="stable")[:5]
    order: dict[int, None] = {}
    for turn in zip(*(np.argsort(asked.base.losses[row]).tolist() for row in nearest), strict=True):
        order.update(dict.fromkeys(turn))
    return list(order)


def _shared(weighted: bool, costly: bool) -> Way:
    """Order as `fit` does, without weights of tables or without looking at the cost."""

    def way(asked: Question) -> list[int]:
        base = asked.base
        ranks = table_ranks(base.losses, base.statuses != NOT_RUN)
        uniform = np.full(len(ranks), 1.0 / len(ranks))
        weights = table_weights(asked.distances()) if weighted else uniform
        found = [base.runtime.predict(config, asked.table.size) for config in base.configs]
        seconds = [0.0 if one is None or not costly else one.log_seconds for one in found]
        families = [config["learner"] for config in base.configs]
        return order_configs(weights @ ranks, np.array(seconds), families, len(families))

    return way


def _advised(asked: Question) -> list[int]:
    """Take the default and the cheap second, the others by hand in the order of ranks, the rest."""
    order = _shared(weighted=True, costly=True)(asked)
    by_hand = [i for i in order if 1 < i < asked.task.by_hand]
    return [0, 1, *by_hand, *(i for i in order if i >= asked.task.by_hand)]


WAYS: dict[str, Way] = {
    "by chance": _by_chance,
    "written by hand": _by_hand,
    "nearest incumbents": _incumbents,
    "mean ranks": _shared(weighted=False, costly=False),
    "mean ranks, cost": _shared(weighted=False, costly=True),
    "ranks, weights": _shared(weighted=True, costly=False),
    "ranks, weights, cost": _shared(weighted=True, costly=True),
    "written by hand, as advised": _advised,
}
"""The last is what `fit` does."""


def replay(
    task: Task,
    number: int,
    ways: Mapping[str, Way],
    names: Collection[str] | None = None,
    origins: Collection[str] = ORIGINS,
) -> dict[str, Curve]:
    """Regrets of ways to begin on one table.

    Parameters
    ----------
    task : Task
    number : int
        Of the table.
    ways : mapping of str to callable
    names : collection of str, optional
        Tables in the base; None is all without relatives, which are never in it.
    origins : collection of str
        Of the configurations in the base, among those that the tables were loaded with.
    """
    table = task.tables[number]
    base = task.base_without(table.family, names, origins)
    places, found = task.places(base), {}
    for title, way in ways.items():
        asked = Question(task, base, table, np.random.default_rng(number))
        order = places[way(asked)].tolist()
        within = np.cumsum(table.seconds[order])
        counts = [table.regret(order[:k]) for k in COUNTS]
        seconds = [table.regret(order[: int((within <= s).sum())]) for s in SECONDS]
        found[title] = Curve(np.array(counts), np.array(seconds))
    return found


def _drawn(task: Task, number: int, size: int) -> list[str]:
    """Some tables by chance that are no relatives of one."""
    family = task.tables[number].family
    others = sorted(table.name for table in task.tables if table.family != family)
    return list(np.random.default_rng(number).permutation(others)[:size].tolist())


def runtimes(
    task: Task, number: int, names: Collection[str] | None = None
) -> tuple[list[float], list[bool]]:
    """How far runtimes on a table are off, as factors; whether they are below the quantile."""
    table = task.tables[number]
    base = task.base_without(table.family, names)
    factors, inside = [], []
    for column, config in zip(task.places(base), base.configs, strict=True):
        spent = float(task.known.seconds[number, column])
        expected = base.runtime.predict(config, table.size)
        if np.isfinite(spent) and not task.known.cut[number, column] and expected is not None:
            off = abs(np.log(max(spent, LEAST_SECONDS)) - expected.log_seconds)
            factors.append(float(np.exp(off)))
            inside.append(spent <= max(expected.at_most, LEAST_SECONDS))
    return factors, inside


def main(argv: Sequence[str] | None = None) -> None:
    """Replay everything and write the page."""
    parser = make_parser("benchmarks.replay.knowledge", __doc__)
    parser.add_argument("--docs", type=Path, default=PAGES, help="folder of the page")
    add_without(parser)
    arguments = parser.parse_args(argv)
    hidden = arguments.without
    curves: dict[str, dict[str, Curve]] = {way: {} for way in WAYS}
    grown: dict[str, list[float]] = {str(size): [] for size in (*SIZES, "all")}
    factors: list[float] = []
    inside: list[bool] = []
    for name in TASKS:
        task = load_task(name)
        for number in (i for i, table in enumerate(task.tables) if table.name not in hidden):
            for title, curve in replay(task, number, WAYS).items():
                curves[title][task.tables[number].name] = curve
            for size in SIZES:
                found = replay(task, number, {TODAY: WAYS[TODAY]}, _drawn(task, number, size))
                grown[str(size)].append(found[TODAY].counts[COUNTS.index(10)])
            grown["all"].append(curves[TODAY][task.tables[number].name].counts[COUNTS.index(10)])
            off, below = runtimes(task, number)
            factors += off
            inside += below
        print(name, len(task.tables), "tables", flush=True)
    measured = np.array(factors), np.array(inside)
    print(write_page(arguments.docs, curves, grown, *measured, COUNTS, SECONDS))


if __name__ == "__main__":
    main()
