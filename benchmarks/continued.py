"""Boosting that goes on from a lower fidelity, against boosting that begins anew.

python -m benchmarks.continued            # some minutes; prints as it goes

A lower rung of the search has a third of the training rows. "Continued" takes its trees and goes
on with all rows; "anew" starts from nothing, as the search does. Both stop on the same inner rows,
none of which the first part has seen, and have the same parameters: the defaults. What the first
part took is not counted, because a search has paid for it already.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from automl.data import holdout_split
from automl.evaluation.metrics import default_metric
from automl.pipelines import build_pipeline, pipeline_space
from automl.pipelines.clock import Clock
from automl.pipelines.early_stopping import StopRule
from automl.pipelines.learners.lightgbm import MOST_ROUNDS, PATIENCE
from benchmarks.common.paths import DATASETS
from benchmarks.common.tables import read_suite
from benchmarks.replay import ratio_line, table_parts

SUITE = Path(__file__).parent / "suites" / "dev.txt"
LEAST_ROWS = 2_000
INNER_SHARE = 0.15
_SEED = 0


def measure(name: str, datasets: Path, n_rows: int) -> dict[str, float] | None:
    """Losses on test rows, and CPU seconds, of both; None for a table without lower rungs."""
    data, X_test, y_test = table_parts(name, datasets, n_rows)
    if data.n_rows < LEAST_ROWS:
        return None
    rng = np.random.default_rng(_SEED)
    n_stop = round(INNER_SHARE * data.n_rows)
    train, stop = holdout_split(data.y, data.task, n_stop, rng)
    third = rng.permutation(train)[: len(train) // 3]
    begun, _, _ = _grow(data, third, stop, None)
    found: dict[str, float] = {}
    for way, start in (("anew", None), ("continued", begun)):
        model, seconds, trees = _grow(data, train, stop, start)
        found |= {f"{way} seconds": seconds, f"{way} trees": trees}
        found[way] = default_metric(data.task).loss(y_test, _predict(model, X_test, data.task))
    return found


def _grow(data: Any, rows: Any, stop: Any, start: Any) -> tuple[Any, float, int]:
    """Grow trees until the stop rule ends it; the booster, CPU seconds, and the best round."""
    import lightgbm

    space = pipeline_space(data.task, data.features, data.n_rows)
    config = space.adapt({"learner": "lightgbm"})
    n_classes = data.n_classes
    learner = build_pipeline(config, data.task, data.features, n_classes, _SEED).learner
    parameters = learner._parameters(data.n_features, data.y[rows])
    started = time.process_time()
    categorical = [i for i, f in enumerate(data.features) if f.kind == "categorical"]
    train, inner = (
        lightgbm.Dataset(data.X[r], data.y[r], categorical_feature=categorical)
        for r in (rows, stop)
    )
    rule = StopRule(PATIENCE, Clock(None))

    def watch(env: Any) -> None:
        if rule.update(env.iteration + 1, env.evaluation_result_list[0][2]):
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list)

    booster = lightgbm.train(
        parameters, train, MOST_ROUNDS, valid_sets=[inner], init_model=start, callbacks=[watch]
    )
    seconds, best = time.process_time() - started, rule.best_round
    return lightgbm.Booster(model_str=booster.model_to_string(num_iteration=best)), seconds, best


def _predict(booster: Any, X: Any, task: str) -> Any:
    predicted = np.asarray(booster.predict(X))
    return np.column_stack([1.0 - predicted, predicted]) if task == "binary" else predicted


def main(argv: Sequence[str] | None = None) -> None:
    """Measure table by table, and compare."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.continued", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--rows", type=int, default=20_000)
    arguments = parser.parse_args(argv)
    all_found = []
    for name in read_suite(arguments.suite):
        found = measure(name, arguments.datasets, arguments.rows)
        if found is not None:
            print(name, {key: float(f"{value:.4g}") for key, value in found.items()}, flush=True)
            all_found.append(found)
    losses = [[found[way] for found in all_found] for way in ("continued", "anew")]
    print(ratio_line("continued", *losses))
    times = [found["continued seconds"] / found["anew seconds"] for found in all_found]
    print(f"CPU seconds, continued / anew: {np.median(times):.2f} (median)")


if __name__ == "__main__":
    main()
