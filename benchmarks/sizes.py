"""Bytes of stored models, as they are and as they would be without the compact forms.

python -m benchmarks.sizes

One model of each learner with a compact form is fitted on some tables. "Plain" is what the packages
store by themselves, at the fastest compression.
"""

from __future__ import annotations

import argparse
import io
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import joblib
import numpy as np

from automl.data import Dataset, TableEncoder, read_target
from automl.persistence import LEVEL
from automl.pipelines import build_pipeline, pipeline_space
from benchmarks.common.paths import DATASETS
from benchmarks.common.tables import load_table, read_suite

LEARNERS = ("lightgbm", "extra_trees", "random_forest", "mlp")
ROUNDS = {"lightgbm": 200, "mlp": 2}
SUITE = Path(__file__).with_name("refits.txt")


def main(argv: Sequence[str] | None = None) -> None:
    """Print medians over tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.sizes", description=__doc__.splitlines()[0])
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--rows", type=int, default=2_000, help="training rows at most")
    arguments = parser.parse_args(argv)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for name in read_suite(arguments.suite):
        for learner, model in _models(name, arguments.datasets, arguments.rows):
            found[learner].append((_size(_plain(model.learner_), 1), _size(model.learner_, LEVEL)))
    for learner, pairs in found.items():
        plain, stored = (median(sizes) / 1_000 for sizes in zip(*pairs, strict=True))
        ratio = median(a / b for a, b in pairs)
        print(
            f"{learner:14} {len(pairs)} tables, plain {plain:.0f} kB, stored {stored:.0f} kB, "
            f"{ratio:.1f} times smaller"
        )


def _models(name: str, datasets: Path, n_rows: int) -> Iterator[tuple[str, Any]]:
    table = load_table(name, datasets)
    encoder = TableEncoder().fit(table.X)
    target = read_target(table.y, table.task)
    data = Dataset.of(encoder.transform(table.X), target, encoder.features)
    data = data.take(np.sort(np.random.default_rng(0).permutation(data.n_rows)[:n_rows]))
    space = pipeline_space(data.task, data.features, data.n_rows)
    for learner in LEARNERS:
        config = space.adapt({"learner": learner})
        rounds = ROUNDS.get(learner)
        model = build_pipeline(config, data.task, data.features, data.n_classes, 0, None, rounds)
        yield learner, model.fit(data.X, data.y)


def _plain(model: Any) -> Any:
    """What would be stored without the compact form."""
    if hasattr(model, "network_"):
        return dict(vars(model.network_))
    return model.forest_ if hasattr(model, "forest_") else model.booster_


def _size(model: Any, level: int) -> int:
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return len(zlib.compress(stream.getvalue(), level))


if __name__ == "__main__":
    main()
