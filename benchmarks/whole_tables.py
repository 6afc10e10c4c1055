"""Seconds of fits on whole large tables, against what is expected before the first one.

python -m benchmarks.whole_tables                                     # prints; seconds
python -m benchmarks.whole_tables --without ../shared/datasets/bench.txt   # on the other tables

The large block has fits on all rows of tables of 10,000 rows and more. Each table is left out with
its family. Expected are the seconds of the model of runtimes directly, or those of at most 2,400
rows, scaled up with the exponent that the learner declares; and the model has been learned from the
first block alone (3,000 rows at most) or from the other large tables, too. Fits that were cut off
say only that they would have taken longer, and do not count.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.knowledge import TableSize
from automl.knowledge.compiled import CompiledTask
from automl.knowledge.runtime import RuntimeModel
from automl.pipelines import predicted_scaling
from automl.space import Space
from benchmarks.statistics import duel
from metadata.blocks import LARGE, METADATA
from metadata.compile import compile_task, read_shards, size_of
from metadata.configurations import TASKS, union_space
from metadata.describe import read_metafeatures
from metadata.shards import Folders, Shard

__all__ = ["Expectation", "expectations", "main"]

_FIRST = "first"
_SCALED_FROM = (2_400.0, 10_000.0, np.inf)
"""Training rows beyond which the declared exponent takes over; never in the last."""
_LEAST_SECONDS = 0.05
"""Below, a wrong guess costs nothing."""

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Expectation:
    """Of one way to expect, on one table.

    Parameters
    ----------
    factors : ndarray of shape (n_fits,)
        How far off, as factors of at least 1.
    inside : ndarray of shape (n_fits,)
        Whether the fit ended within the 95 % quantile.
    """

    factors: Array
    inside: npt.NDArray[np.bool_]


def expectations(task: str) -> dict[str, dict[str, Expectation]]:
    """All ways on all large tables of a task type.

    Returns
    -------
    dict of way to dict of table to Expectation
    """
    first, large = (_shards(task, block) for block in (_FIRST, LARGE))
    described = read_metafeatures(METADATA, _FIRST)
    if not large:
        return {}
    observed = compile_task(task, large, described, METADATA / "configurations")
    found: dict[str, dict[str, Expectation]] = {}
    for row, name in enumerate(observed.tables):
        family = large[name].head["family"]
        small = {n: s for n, s in first.items() if s.head["family"] != family}
        others = [s for s in large.values() if s.head["family"] != family]
        for title, more in (("first block", []), ("with large tables", others)):
            base = compile_task(task, small, described, METADATA / "configurations", more)
            for limit in _SCALED_FROM:
                way = f"{title}, " + (f"scaled from {limit:,.0f} rows" if limit < 1e9 else "direct")
                size = size_of(large[name].head)
                one = _compare(observed, row, base.runtime, size, limit, union_space(task))
                found.setdefault(way, {})[name] = one
    return found


def _shards(task: str, block: str) -> dict[str, Shard]:
    found = read_shards(Folders(METADATA, block)).items()
    return {name: shard for name, shard in found if shard.head["task"] == task}


def _compare(
    observed: CompiledTask,
    row: int,
    runtime: RuntimeModel,
    size: TableSize,
    limit: float,
    space: Space,
) -> Expectation:
    factors, inside = [], []
    for column, values in enumerate(observed.configs):
        spent = float(observed.seconds[row, column])
        if not np.isfinite(spent) or observed.cut[row, column]:
            continue
        expected, at_most = _expected(runtime, values, size, limit, space)
        spent = max(spent, _LEAST_SECONDS)
        factors.append(np.exp(abs(np.log(spent / max(expected, _LEAST_SECONDS)))))
        inside.append(spent <= max(at_most, _LEAST_SECONDS))
    return Expectation(np.array(factors), np.array(inside))


def _expected(
    runtime: RuntimeModel, values: Mapping[str, Any], size: TableSize, limit: float, space: Space
) -> tuple[float, float]:
    rows = min(size.n_rows, limit)
    known = TableSize(rows, size.n_features, size.n_classes, size.share_categorical)
    estimate = runtime.predict(values, known)
    assert estimate is not None, values
    scale = (size.n_rows / rows) ** predicted_scaling(space.adapt(values))
    return estimate.seconds * scale, estimate.at_most * scale


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line for each way; tables are compared with the first."""
    parser = argparse.ArgumentParser(prog="benchmarks.whole_tables")
    parser.add_argument("--without", type=Path, help="file of tables that do not count")
    arguments = parser.parse_args(argv)
    hidden = set() if arguments.without is None else set(arguments.without.read_text().split())
    ways: dict[str, dict[str, Expectation]] = {}
    for task in TASKS:
        for way, tables in expectations(task).items():
            counted = {name: one for name, one in tables.items() if name not in hidden}
            ways.setdefault(way, {}).update(counted)
    today = _medians(next(iter(ways.values())))
    for way, tables in ways.items():
        factors = np.concatenate([one.factors for one in tables.values()])
        inside = np.concatenate([one.inside for one in tables.values()])
        pair = duel(_medians(tables), today)
        print(
            f"{way}: {len(factors)} fits on {len(tables)} tables, median factor "
            f"{np.median(factors):.2f}, 90 % within {np.quantile(factors, 0.9):.1f}, "
            f"{100 * inside.mean():.1f} % inside, tables {pair.wins} / {pair.ties} / {pair.losses} "
            f"(p {pair.p:.2g})"
        )


def _medians(tables: Mapping[str, Expectation]) -> list[float]:
    return [float(np.median(one.factors)) for one in tables.values()]


if __name__ == "__main__":
    main()
