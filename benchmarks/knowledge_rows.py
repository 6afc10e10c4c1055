"""What more rows add to the base: large tables, looked up in bases of 3,000 and of 10,000 rows.

python -m benchmarks.knowledge_rows                                          # prints; seconds
python -m benchmarks.knowledge_rows --without ../shared/datasets/bench.txt   # on the others

The block of more rows has all shared configurations on 10,000 rows of some large tables. These are
replayed with these rows (`benchmarks.knowledge_replay` says how), looked up without their families
in a base of the first block, and in one where the other large tables stand with more rows in it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from benchmarks.common.tables import add_without
from benchmarks.knowledge_page import TODAY, regret_duel
from benchmarks.knowledge_replay import COUNTS, SECONDS, WAYS, Curve, replay
from benchmarks.knowledge_tables import load_task
from metadata.blocks import FIRST, ROWS
from metadata.configurations import TASKS

__all__ = ["beside", "main"]

_COMPARED = ("ranks, weights, cost", TODAY)
Beside = tuple[dict[str, Curve], dict[str, Curve]]
"""Of one table, way -> curve: in the base of few rows, and in that of more."""


def beside(task_name: str, hidden: set[str]) -> dict[str, Beside]:
    """Replay the large tables of a task type with both bases."""
    first, more = load_task(task_name, (FIRST,)), load_task(task_name, (ROWS,))
    few = replace(more, shards=first.shards, described=first.described)
    many = replace(few, shards={**first.shards, **more.shards})
    many = replace(many, described={**first.described, **more.described})
    ways = {way: WAYS[way] for way in _COMPARED}
    return {
        table.name: (replay(few, number, ways), replay(many, number, ways))
        for number, table in enumerate(more.tables)
        if table.name not in hidden
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Print both bases beside each other."""
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_rows")
    add_without(parser)
    hidden = parser.parse_args(argv).without
    found = [pair for name in TASKS for pair in beside(name, hidden).values()]
    print(f"{len(found)} tables; mean regret with few rows, with more; more against few")
    for way in _COMPARED:
        for part, heads in (("counts", COUNTS), ("seconds", SECONDS)):
            few, many = (np.array([getattr(pair[k][way], part) for pair in found]) for k in (0, 1))
            for k, head in enumerate(heads):
                means = f"{few[:, k].mean():.4f} {many[:, k].mean():.4f}"
                print(f"{way:28} {part} {head:4g}: {means}; {regret_duel(many[:, k], few[:, k])}")


if __name__ == "__main__":
    main()
