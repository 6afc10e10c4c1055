"""Store predictions of many pipelines once, then judge parts and ensemble rules without fitting.

python -m benchmarks.replay.pipelines collect --store DIR     # hours; can be stopped and taken up
python -m benchmarks.replay.pipelines rules --store DIR       # ensemble rules against today's
python -m benchmarks.replay.pipelines without --store DIR mlp lightgbm:features=all

A table's rows are cut as for the benchmark (`benchmarks.common.splits`); pipelines predict the
training part out of fold and the test part by the mean of their fold models, which is what an
ensemble member does.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from automl.data import Dataset, TableEncoder, make_folds, read_target
from automl.ensemble import greedy_weights, select_weights
from automl.evaluation.prediction import predict
from automl.evaluation.rungs import FOLDS, SMALL
from automl.metrics import Metric, default_metric
from automl.pipelines import build_pipeline, cold_portfolio, pipeline_space
from automl.space import Config
from benchmarks.common.arguments import add_n_jobs, add_tables, make_parser
from benchmarks.common.paths import SUITES
from benchmarks.common.splits import Split, make_split
from benchmarks.common.statistics import ratio_line
from benchmarks.common.tables import load_table, read_suite
from benchmarks.systems.ablations import best_single

DEV = SUITES / "dev.txt"
_SEED = 0

Array = npt.NDArray[Any]
Rule = Callable[[list[Array], Array, Metric, np.random.Generator], Array]
"""Out-of-fold predictions, target, metric, chance -> weights."""


@dataclass(frozen=True, eq=False)
class Stored:
    """Predictions of one pipeline on one table; ``test`` is the mean of the fold models."""

    config: dict[str, Any]
    seconds: float
    loss: float
    out_of_fold: Array
    test: Array

    def has(self, part: str) -> bool:
        """Whether it is of a learner, or has a "parameter=value"."""
        parameter, separator, value = part.partition("=")
        if not separator:
            return bool(self.config["learner"] == part)
        return str(self.config.get(parameter)) == value


@dataclass(frozen=True, eq=False)
class Library:
    """All pipelines of one table."""

    table: str
    task: str
    y: Array
    y_test: Array
    pipelines: tuple[Stored, ...]


def collect(arguments: argparse.Namespace) -> None:
    """Fit what is not in the store yet, tables side by side."""
    Parallel(n_jobs=arguments.n_jobs, batch_size=1)(
        delayed(_collect_table)(name, arguments) for name in read_suite(arguments.suite)
    )


def _collect_table(name: str, arguments: argparse.Namespace) -> None:
    data, X_test, y_test = _table_parts(name, arguments.datasets, arguments.rows)
    folder = arguments.store / name
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "truth.npz", y=data.y, y_test=y_test, task=data.task)
    for config in _configs(data, arguments.configs):
        path = folder / f"{config.key[:16]}.npz"
        if not path.exists():
            _collect_config(path, config, data, X_test, arguments.seconds)


def _table_parts(name: str, datasets: Path, n_rows: int) -> tuple[Dataset, Array, Array]:
    """Some training rows of a table, its test rows, and their targets or class codes."""
    table = load_table(name, datasets)
    split = make_split(name, 0, table.y.to_numpy(), table.task)
    train = table.X.iloc[split.train].reset_index(drop=True)
    encoder = TableEncoder().fit(train)
    target = read_target(table.y.iloc[split.train].reset_index(drop=True), table.task)
    data = Dataset.of(encoder.transform(train), target, encoder.features)
    rows = np.sort(np.random.default_rng(_SEED).permutation(data.n_rows)[:n_rows])
    X_test = encoder.transform(table.X.iloc[split.test])
    return data.take(rows), X_test, _test_codes(table.y, split, table.task)


def _test_codes(y: Any, split: Split, task: str) -> Array:
    if task == "regression":
        return np.asarray(y.iloc[split.test], dtype=np.float64)
    classes = sorted(set(y.iloc[split.train].astype(str)))
    return np.asarray(np.searchsorted(classes, y.iloc[split.test].astype(str).to_numpy()))


def _configs(data: Dataset, n_configs: int) -> Iterator[Config]:
    """The hand-written portfolio, then draws that are the same for all tables of a space."""
    space = pipeline_space(data.task, data.features, data.n_rows)
    portfolio = cold_portfolio(data.task, space)[:n_configs]
    yield from portfolio
    rng = np.random.default_rng(_SEED)
    for _ in range(n_configs - len(portfolio)):
        yield space.sample(rng)


def _collect_config(
    path: Path, config: Config, data: Dataset, X_test: Array, seconds: float
) -> None:
    def build() -> Any:
        return build_pipeline(config, data.task, data.features, data.n_classes, _SEED, seconds)

    try:
        found = _predict_folds(build, data, X_test)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        print(f"{path.parent.name} {dict(config)}: {error!r}", flush=True)
        return
    np.savez(path, config=json.dumps(config.to_dict()), **found)


def _predict_folds(build: Callable[[], Any], data: Dataset, X_test: Array) -> dict[str, Any]:
    """Predict training rows out of fold and test rows by the mean of the fold models."""
    metric = default_metric(data.task)
    shape = (data.n_rows, data.n_classes) if data.n_classes else (data.n_rows,)
    out_of_fold, test = np.zeros(shape), np.zeros((len(X_test), *shape[1:]))
    losses: list[float] = []
    started = time.process_time()
    folds = make_folds(data.y, data.task, FOLDS, np.random.default_rng(_SEED))
    for fold in folds:
        model = build().fit(data.X[fold.train], data.y[fold.train])
        found = predict(model, data.X[fold.validation], data.n_classes)
        test = test + predict(model, X_test, data.n_classes) / len(folds)
        out_of_fold[fold.validation] = found
        losses.append(metric.loss(data.y[fold.validation], found))
    return {
        "seconds": time.process_time() - started,
        "loss": np.mean(losses),
        "out_of_fold": out_of_fold.astype(np.float32),
        "test": test.astype(np.float32),
    }


def load(store: Path) -> list[Library]:
    """Read all tables of a store."""
    return [_load_table(folder) for folder in sorted(store.iterdir()) if folder.is_dir()]


def _load_table(folder: Path) -> Library:
    truth = np.load(folder / "truth.npz")
    pipelines = [
        Stored(
            json.loads(str(raw["config"])),
            float(raw["seconds"]),
            float(raw["loss"]),
            raw["out_of_fold"],
            raw["test"],
        )
        for raw in map(np.load, sorted(folder.glob("*.npz")))
        if "config" in raw
    ]
    pipelines.sort(key=lambda p: p.loss)
    return Library(folder.name, str(truth["task"]), truth["y"], truth["y_test"], tuple(pipelines))


def loss_on_test(
    library: Library, pipelines: Sequence[Stored], rule: Rule, seed: int = _SEED
) -> float:
    """Loss on the test rows of the ensemble that a rule makes of some pipelines."""
    metric = default_metric(library.task)
    rng = np.random.default_rng(seed)
    weights = rule([p.out_of_fold for p in pipelines], library.y, metric, rng)
    mixed = sum(w * p.test for w, p in zip(weights, pipelines, strict=True) if w > 0.0)
    return metric.loss(library.y_test, np.asarray(mixed, dtype=np.float64))


def today(predictions: list[Array], y: Array, metric: Metric, rng: np.random.Generator) -> Array:
    """As `fit` does it."""
    return select_weights(predictions, y, metric, rng, len(y) < SMALL)


def greedy(predictions: list[Array], y: Array, metric: Metric, _: np.random.Generator) -> Array:
    return greedy_weights(predictions, y, metric)


def _capped(most: int) -> Rule:
    """Today's rule on the best few of the library."""

    def rule(predictions: list[Array], y: Array, metric: Metric, rng: Any) -> Array:
        weights = np.zeros(len(predictions))
        weights[:most] = today(predictions[:most], y, metric, rng)
        return weights

    return rule


def _shrunk(share: float, n_equal: int) -> Rule:
    """Today's weights mixed with equal weights of the best few."""

    def rule(predictions: list[Array], y: Array, metric: Metric, rng: Any) -> Array:
        equal = np.zeros(len(predictions))
        equal[:n_equal] = 1.0 / min(n_equal, len(predictions))
        return (1.0 - share) * today(predictions, y, metric, rng) + share * equal

    return rule


def heaviest(most: int) -> Rule:
    """Today's rule with another number of members."""

    def rule(predictions: list[Array], y: Array, metric: Metric, rng: Any) -> Array:
        return select_weights(predictions, y, metric, rng, len(y) < SMALL, most)

    return rule


RULES: dict[str, Rule] = {
    "4 members": heaviest(4),
    "8 members": heaviest(8),
    "12 members": heaviest(12),
    "40 members": heaviest(40),
    "best single": best_single,
    "greedy, not bagged": greedy,
    "best 8 alone": _capped(8),
    "best 15 alone": _capped(15),
    "best 25 alone": _capped(25),
    "a third equal over 5": _shrunk(1 / 3, 5),
    "half equal over 10": _shrunk(1 / 2, 10),
    "all equal over 10": _shrunk(1.0, 10),
}


def compare_rules(libraries: Sequence[Library]) -> None:
    """Print each rule against today's."""
    base = [loss_on_test(library, library.pipelines, today) for library in libraries]
    for name, rule in RULES.items():
        losses = [loss_on_test(library, library.pipelines, rule) for library in libraries]
        print(ratio_line(name, losses, base))


def compare_without(libraries: Sequence[Library], parts: Sequence[str]) -> None:
    """Print the library with each part against the library without it, on tables that have it.

    A part is a learner, or "parameter=value".
    """
    for part in parts:
        having = [b for b in libraries if any(p.has(part) for p in b.pipelines)]
        with_it = [loss_on_test(b, b.pipelines, today) for b in having]
        without = [
            loss_on_test(b, [p for p in b.pipelines if not p.has(part)], today) for b in having
        ]
        print(ratio_line(f"with {part}", with_it, without))


def main(argv: Sequence[str] | None = None) -> None:
    """Carry out one of the commands."""
    parser = make_parser("benchmarks.replay.pipelines", __doc__)
    parser.add_argument("command", choices=["collect", "rules", "without"])
    parser.add_argument("parts", nargs="*", help="learners, or parameter=value")
    parser.add_argument("--store", type=Path, required=True, help="folder of the predictions")
    add_tables(parser, [str(DEV)], "suites/dev.txt")
    parser.add_argument("--configs", type=int, default=40, help="pipelines a table")
    parser.add_argument("--rows", type=int, default=4_000, help="training rows at most")
    parser.add_argument("--seconds", type=float, default=5.0, help="for one fit")
    add_n_jobs(parser, 1, ", a table each")
    arguments = parser.parse_intermixed_args(argv)  # parts may stand behind options
    if arguments.command == "collect":
        collect(arguments)
    elif arguments.command == "rules":
        compare_rules(load(arguments.store))
    else:
        compare_without(load(arguments.store), arguments.parts)


if __name__ == "__main__":
    main()
