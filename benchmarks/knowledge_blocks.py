"""What another block adds to the base: the same beginnings, replayed with the first block and both.

python -m benchmarks.knowledge_blocks                                          # prints; minutes
python -m benchmarks.knowledge_blocks --without ../shared/datasets/bench.txt   # on the others

Tables of both blocks are looked up without their families (`benchmarks.knowledge_replay` says how).
Those of the second are the more telling ones: no constant was ever chosen on them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from benchmarks.common.tables import add_without
from benchmarks.knowledge_page import BASELINE, TODAY, regret_duel
from benchmarks.knowledge_replay import COUNTS, SECONDS, WAYS, Curve, replay, runtimes
from benchmarks.knowledge_tables import load_task
from metadata.blocks import FIRST, SECOND
from metadata.configurations import TASKS

__all__ = ["main"]

_BLOCKS = (FIRST, SECOND)
_COMPARED = ("ranks, weights, cost", TODAY)


@dataclass(frozen=True)
class _Beside:
    """One table: curves of ways by a base of the first block and of both, and their runtimes."""

    block: str
    first: dict[str, Curve]
    both: dict[str, Curve]
    runtimes: tuple[tuple[list[float], list[bool]], tuple[list[float], list[bool]]]


def _compare(task_name: str, hidden: set[str]) -> list[_Beside]:
    task = load_task(task_name, _BLOCKS)
    blocks = {name: shard.head["block"] for name, shard in task.shards.items()}
    names = [name for name, block in blocks.items() if block == FIRST]
    ways = {way: WAYS[way] for way in _COMPARED}
    return [
        _Beside(
            blocks[table.name],
            replay(task, number, {BASELINE: WAYS[BASELINE], **ways}, names),
            replay(task, number, ways),
            (runtimes(task, number, names), runtimes(task, number)),
        )
        for number, table in enumerate(task.tables)
        if table.name not in hidden
    ]


def _print(title: str, found: Sequence[_Beside]) -> None:
    print(
        f"\n{title}: {len(found)} tables; mean regret with the first block, with both; "
        f"both against the first, the first against {BASELINE!r}"
    )
    for way in _COMPARED:
        for part, heads in (("counts", COUNTS), ("seconds", SECONDS)):
            first = np.array([getattr(one.first[way], part) for one in found])
            both = np.array([getattr(one.both[way], part) for one in found])
            hand = np.array([getattr(one.first[BASELINE], part) for one in found])
            for k, head in enumerate(heads):
                means = f"{first[:, k].mean():.4f} {both[:, k].mean():.4f}"
                more = regret_duel(both[:, k], first[:, k])
                known = regret_duel(first[:, k], hand[:, k])
                print(f"{way:28} {part} {head:4g}: {means}; {more}; {known}")
    for which, k in (("first block", 0), ("both", 1)):
        factors = np.concatenate([one.runtimes[k][0] for one in found])
        inside = np.concatenate([one.runtimes[k][1] for one in found])
        print(f"runtimes, {which}: {np.median(factors):.3f}, {100 * inside.mean():.1f} % inside")


def main(argv: Sequence[str] | None = None) -> None:
    """Print both beside each other, on the tables of each block."""
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_blocks")
    add_without(parser)
    hidden = parser.parse_args(argv).without
    found = [one for name in TASKS for one in _compare(name, hidden)]
    for block in _BLOCKS:
        _print(f"block {block}", [one for one in found if one.block == block])


if __name__ == "__main__":
    main()
