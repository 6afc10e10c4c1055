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

import numpy as np
import numpy.typing as npt

from automl.data import Task
from automl.knowledge.runtime import Estimate
from automl.run.advised import KNOWN_ROWS, estimated
from benchmarks.common.statistics import duel
from benchmarks.common.tables import add_without
from metadata.blocks import FIRST, LARGE, METADATA
from metadata.compile import compile_task, read_shards, size_of
from metadata.configurations import TASKS, read_configurations, union_space
from metadata.describe import read_metafeatures
from metadata.shards import Shard

__all__ = ["Expectation", "expectations", "main"]

_SCALED_FROM = {
    "scaled from 2,400 rows": 2_400.0,
    f"scaled from {KNOWN_ROWS:,} rows": KNOWN_ROWS,
    "direct": np.inf,
}
"""Training rows beyond which the declared exponent takes over; the second is what `fit` does."""
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


def expectations(task: Task) -> dict[str, dict[str, Expectation]]:
    """All ways on all large tables of a task type.

    Returns
    -------
    dict of way to dict of table to Expectation
    """
    first, large = (read_shards(METADATA, [block], task) for block in (FIRST, LARGE))
    described, listed = read_metafeatures(METADATA, [FIRST]), read_configurations(task)
    observed = compile_task(large, described, listed)
    space = union_space(task)
    configs = [space.adapt(values) for values in observed.configs]
    found: dict[str, dict[str, Expectation]] = {}
    for row, name in enumerate(observed.tables):
        small, others = (_unrelated(shards, observed.families[row]) for shards in (first, large))
        size = size_of(large[name].head)
        for title, more in (("first block", {}), ("with large tables", others)):
            runtime = compile_task(small, described, listed, [*more.values()]).runtime
            for way, limit in _SCALED_FROM.items():
                expected = [estimated(runtime, config, size, limit) for config in configs]
                counts = np.isfinite(observed.seconds[row]) & ~observed.cut[row]
                one = _compare(observed.seconds[row], expected, counts)
                found.setdefault(f"{title}, {way}", {})[name] = one
    return found


def _unrelated(shards: Mapping[str, Shard], family: str) -> dict[str, Shard]:
    return {name: shard for name, shard in shards.items() if shard.head["family"] != family}


def _compare(
    seconds: Array, expected: Sequence[Estimate | None], counts: npt.NDArray[np.bool_]
) -> Expectation:
    known = [(seconds[i], one) for i, one in enumerate(expected) if counts[i] and one is not None]
    spent, median, at_most = (
        np.maximum(column, _LEAST_SECONDS)
        for column in np.array([(s, one.seconds, one.at_most) for s, one in known]).T
    )
    return Expectation(np.exp(abs(np.log(spent / median))), spent <= at_most)


def main(argv: Sequence[str] | None = None) -> None:
    """Print a line for each way; tables are compared with the first."""
    parser = argparse.ArgumentParser(prog="benchmarks.whole_tables")
    add_without(parser)
    hidden = parser.parse_args(argv).without
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
