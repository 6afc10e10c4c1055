"""What more configurations add to the base: drawn ones, and those that real searches found.

python -m benchmarks.knowledge_origins                                          # prints; minutes
python -m benchmarks.knowledge_origins --without ../shared/datasets/bench.txt   # on the others

Tables are looked up without their families (`benchmarks.knowledge_replay` says how), and what a
search on a relative found is not used on them at all. Regret is 0 for the ensemble of everything:
the forty that the shipped base knows, three more of each learner, and the finds. The last line sets
ten evaluations of a run that begins with the shipped base beside sixty by chance from everything.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchmarks.common.tables import add_without
from benchmarks.knowledge_page import TODAY, regret_duel
from benchmarks.knowledge_replay import COUNTS, SECONDS, WAYS, Curve, replay
from benchmarks.knowledge_tables import Task, load_task
from metadata.blocks import DENSER, FIRST, ORIGINS, SEARCH, SHIPPED_ORIGINS
from metadata.configurations import TASKS

__all__ = ["BASES", "beside", "main", "sixty_by_chance"]

BASES = {
    "shipped": SHIPPED_ORIGINS,
    "and denser": (*SHIPPED_ORIGINS, DENSER),
    "and found": (*SHIPPED_ORIGINS, SEARCH),
    "and both": ORIGINS,
}
_COMPARED = ("by chance", "ranks, weights, cost", TODAY)
_TEN, _SIXTY = 10, 60

Array = npt.NDArray[np.float64]
Beside = Mapping[str, Mapping[str, Curve]]
"""Of one table: base -> way -> curve."""


def beside(task: Task, hidden: set[str]) -> list[Beside]:
    """Replay ways to begin with each base on the tables that have run everything."""
    ways = {way: WAYS[way] for way in _COMPARED}
    return [
        {name: replay(task, number, ways, None, origins) for name, origins in BASES.items()}
        for number, table in enumerate(task.tables)
        if table.name not in hidden
    ]


def sixty_by_chance(task: Task, hidden: set[str]) -> list[float]:
    """Regrets of sixty evaluations by chance from everything, of the same tables."""
    return [
        table.regret(np.random.default_rng(number).permutation(table.comparable)[:_SIXTY].tolist())
        for number, table in enumerate(task.tables)
        if table.name not in hidden
    ]


def _lines(found: Sequence[Beside], way: str, part: str) -> list[str]:
    """One line for each base: mean regrets, and tables won, tied and lost against the shipped."""

    def of(base: str) -> Array:
        return np.array([getattr(one[base][way], part) for one in found])

    shipped, lines = of("shipped"), []
    for base in BASES:
        means = " ".join(f"{mean:7.4f}" for mean in of(base).mean(axis=0))
        columns = zip(of(base).T, shipped.T, strict=True)
        duels = "" if base == "shipped" else "; ".join(regret_duel(*pair) for pair in columns)
        lines.append(f"{base:12} {means}   {duels}".rstrip())
    return lines


def main(argv: Sequence[str] | None = None) -> None:
    """Print all bases beside each other."""
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_origins")
    add_without(parser)
    hidden = parser.parse_args(argv).without
    tasks = [load_task(name, (FIRST,), ORIGINS) for name in TASKS]
    found = [one for task in tasks for one in beside(task, hidden)]
    print(f"{len(found)} tables")
    for way in _COMPARED:
        for part, heads in (("counts", COUNTS), ("seconds", SECONDS)):
            print(f"\n{way}, {part} " + " ".join(f"{head:g}" for head in heads))
            print("\n".join(_lines(found, way, part)))
    ten = np.array([one["shipped"][TODAY].counts[COUNTS.index(_TEN)] for one in found])
    sixty = np.array([regret for task in tasks for regret in sixty_by_chance(task, hidden)])
    means = f"{ten.mean():.4f} and {sixty.mean():.4f}"
    print(f"\nten as fit begins and sixty by chance: {means}; {regret_duel(ten, sixty)}")


if __name__ == "__main__":
    main()
