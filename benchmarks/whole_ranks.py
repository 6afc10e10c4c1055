"""Whether pipelines rank on 3,000 rows of a table as they rank on more or all of them.

python -m benchmarks.whole_ranks                  # fifteen configurations, all rows; seconds
python -m benchmarks.whole_ranks --block rows     # all forty, 10,000 rows

The first block has all shared configurations on 3,000 rows, the others have them on more rows of
fifteen tables. What is compared are their losses on one table, by Spearman's rank correlation, and
how far the ranks of a learner move (0 the best, 1 the worst).
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata, spearmanr

from automl.data import Task
from metadata.blocks import FIRST, LARGE, METADATA, ROWS
from metadata.compile import compile_task, read_shards
from metadata.configurations import TASKS, read_configurations
from metadata.describe import read_metafeatures

__all__ = ["Moved", "moved"]

Array = npt.NDArray[np.float64]
Moved = tuple[str, float, dict[str, list[float]]]
"""Table, rank correlation, and by learner how far the ranks of its configurations move."""


def moved(task: Task, block: str = LARGE) -> list[Moved]:
    """Compare both blocks on the tables of a task type that both have."""
    described, listed = read_metafeatures(METADATA, [FIRST]), read_configurations(task)
    small, whole = (
        compile_task(read_shards(METADATA, [name], task), described, listed)
        for name in (FIRST, block)
    )
    learners = [str(config["learner"]) for config in small.configs]
    return [
        _moved(name, small.losses[small.tables.index(name)], whole.losses[row], learners)
        for row, name in enumerate(whole.tables)
    ]


def _moved(name: str, small: Array, whole: Array, learners: list[str]) -> Moved:
    both = np.flatnonzero(np.isfinite(small) & np.isfinite(whole))
    before, after = ((rankdata(losses[both]) - 1) / (len(both) - 1) for losses in (small, whole))
    by_learner: dict[str, list[float]] = defaultdict(list)
    for place, step in zip(both, after - before, strict=True):
        by_learner[learners[place]].append(float(step))
    return name, float(spearmanr(before, after).statistic), dict(by_learner)


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line for each table and each learner."""
    parser = argparse.ArgumentParser(prog="benchmarks.whole_ranks")
    parser.add_argument("--block", choices=[LARGE, ROWS], default=LARGE)
    block = parser.parse_args(argv).block
    found = [one for task in TASKS for one in moved(task, block)]
    by_learner: dict[str, list[float]] = defaultdict(list)
    for name, correlation, steps in found:
        print(f"{name:20} {correlation:.2f}")
        for learner, one in steps.items():
            by_learner[learner] += one
    correlations = [correlation for _, correlation, _ in found]
    print(f"median {np.median(correlations):.2f}, mean {np.mean(correlations):.2f}")
    for learner, one in sorted(by_learner.items()):
        print(f"{learner:24} {np.mean(one):+.2f} ({len(one)} pairs)")


if __name__ == "__main__":
    main()
