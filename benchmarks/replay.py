"""Store predictions of many pipelines once, then judge parts and ensemble rules without fitting.

python -m benchmarks.replay collect --store DIR            # hours; can be stopped and taken up
python -m benchmarks.replay rules --store DIR              # ensemble rules against today's
python -m benchmarks.replay without --store DIR mlp lightgbm:features=all
python -m benchmarks.replay refits --store DIR             # fold models against one fit on all rows

A table's rows are cut as for the benchmark (`splits.py`); pipelines predict the training part out
of fold and the test part by the mean of their fold models, which is what an ensemble member does.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from automl.data import Dataset, TableEncoder, make_folds, read_target
from automl.ensemble import selection
from automl.evaluation.metrics import Metric, default_metric
from automl.evaluation.prediction import predict
from automl.evaluation.rungs import FOLDS, SMALL
from automl.pipelines import best_rounds, build_pipeline, cold_portfolio, pipeline_space
from automl.space import Config
from benchmarks.common.paths import DATASETS, SUITES
from benchmarks.common.splits import Split, make_split
from benchmarks.common.statistics import duel
from benchmarks.common.tables import load_table, read_suite

DEV = SUITES / "dev.txt"
_SEED = 0

Array = npt.NDArray[Any]
Rule = Callable[[list[Array], Array, Metric, np.random.Generator], Array]
"""Out-of-fold predictions, target, metric, chance -> weights."""


@dataclass(frozen=True, eq=False)
class Stored:
    """Predictions of one pipeline on one table.

    ``test`` is the mean of the fold models, ``refit`` what a single fit on all rows predicts.
    """

    config: dict[str, Any]
    seconds: float
    loss: float
    out_of_fold: Array
    test: Array
    refit: Array

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
    data, X_test, y_test = table_parts(name, arguments.datasets, arguments.rows)
    folder = arguments.store / name
    folder.mkdir(parents=True, exist_ok=True)
    np.savez(folder / "truth.npz", y=data.y, y_test=y_test, task=data.task)
    for config in _configs(data, arguments.configs):
        path = folder / f"{config.key[:16]}.npz"
        if not path.exists():
            _collect_config(path, config, data, X_test, arguments.seconds)


def table_parts(name: str, datasets: Path, n_rows: int) -> tuple[Dataset, Array, Array]:
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
    return np.searchsorted(classes, y.iloc[split.test].astype(str).to_numpy())


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
    def build(rounds: int | None = None) -> Any:
        n_classes = data.n_classes
        return build_pipeline(config, data.task, data.features, n_classes, _SEED, seconds, rounds)

    try:
        found, rounds = predict_folds(build, data, X_test)
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        print(f"{path.parent.name} {dict(config)}: {error!r}", flush=True)
        return
    known = [r for r in rounds if r is not None]
    # as a run does it: boosting rounds of the folds, scaled by the rows
    n_rounds = round(median(known) * len(rounds) / (len(rounds) - 1)) if known else None
    whole = build(n_rounds).fit(data.X, data.y)
    refit = predict(whole, X_test, data.n_classes).astype(np.float32)
    np.savez(path, config=json.dumps(config.to_dict()), refit=refit, **found)


def predict_folds(
    build: Callable[[], Any], data: Dataset, X_test: Array
) -> tuple[dict[str, Any], list[int | None]]:
    """Predict training rows out of fold and test rows by the mean of the fold models.

    Returns
    -------
    dict
        ``seconds`` of CPU, mean ``loss`` of the folds, ``out_of_fold``, ``test``.
    list of int or None
        Rounds of the fold models.
    """
    metric = default_metric(data.task)
    shape = (data.n_rows, data.n_classes) if data.n_classes else (data.n_rows,)
    out_of_fold, test, losses, rounds = np.zeros(shape), 0.0, [], []
    started = time.process_time()
    folds = make_folds(data.y, data.task, FOLDS, np.random.default_rng(_SEED))
    for fold in folds:
        model = build().fit(data.X[fold.train], data.y[fold.train])
        found = predict(model, data.X[fold.validation], data.n_classes)
        test = test + predict(model, X_test, data.n_classes) / len(folds)
        rounds.append(best_rounds(model))
        out_of_fold[fold.validation] = found
        losses.append(metric.loss(data.y[fold.validation], found))
    stored = {
        "seconds": time.process_time() - started,
        "loss": np.mean(losses),
        "out_of_fold": out_of_fold.astype(np.float32),
        "test": np.asarray(test, dtype=np.float32),
    }
    return stored, rounds


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
            raw["refit"],
        )
        for raw in stored_pipelines(folder)
    ]
    pipelines.sort(key=lambda p: p.loss)
    return Library(folder.name, str(truth["task"]), truth["y"], truth["y_test"], tuple(pipelines))


def stored_pipelines(folder: Path) -> Iterator[Any]:
    """Read the file of each pipeline of a table, in the order of their names."""
    for path in sorted(folder.glob("*.npz")):
        if path.name != "truth.npz":
            yield np.load(path)


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
    return selection.select_weights(predictions, y, metric, rng, len(y) < SMALL)


def best_single(predictions: Sequence[Array], y: Array, metric: Metric, *_: Any) -> Array:
    """All weight on the pipeline with the lowest loss."""
    losses = [metric.loss(y, prediction) for prediction in predictions]
    return np.eye(len(predictions))[int(np.argmin(losses))]


def greedy(predictions: list[Array], y: Array, metric: Metric, _: np.random.Generator) -> Array:
    return selection.greedy_weights(predictions, y, metric)


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
        with mock.patch.object(selection, "MOST_MEMBERS", most):
            return today(predictions, y, metric, rng)

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


def compare_refits(libraries: Sequence[Library]) -> None:
    """Print a single fit on all rows against the mean of the fold models, by learner and mixed.

    Of a learner: each of its pipelines alone, the geometric mean of them a table. In the ensemble:
    today's weights, with the members of some learners fitted once.
    """
    learners = sorted({p.config["learner"] for b in libraries for p in b.pipelines})
    for learner in learners:
        having = [b for b in libraries if any(p.has(learner) for p in b.pipelines)]
        once = [_alone(b, learner, lambda p: p.refit) for b in having]
        print(
            ratio_line(
                f"{learner} alone, once", once, [_alone(b, learner, _bagged) for b in having]
            )
        )
    base = [loss_on_test(b, b.pipelines, today) for b in libraries]
    for name, fitted_once in [("all", learners), *((one, [one]) for one in learners)]:
        mixed = [_loss_with_refits(b, fitted_once) for b in libraries]
        print(ratio_line(f"ensemble, {name} once", mixed, base))


def _bagged(pipeline: Stored) -> Array:
    return pipeline.test


def _alone(library: Library, learner: str, of: Callable[[Stored], Array]) -> float:
    metric = default_metric(library.task)
    losses = [
        metric.loss(library.y_test, of(p).astype(np.float64))
        for p in library.pipelines
        if p.has(learner)
    ]
    return float(np.exp(np.mean(np.log(np.maximum(losses, 1e-12)))))


def _loss_with_refits(library: Library, learners: Sequence[str]) -> float:
    """Today's ensemble, whose members of some learners predict by their single fit."""
    mixed = [
        replace(p, test=p.refit) if p.config["learner"] in learners else p
        for p in library.pipelines
    ]
    return loss_on_test(library, mixed, today)


def ratio_line(name: str, losses: list[float], base: list[float]) -> str:
    """Say how losses compare with others on the same tables."""
    found = duel(losses, base)
    ratio = np.exp(np.mean(np.log(np.array(losses) / np.array(base))))
    return (
        f"{name:32} loss ratio {ratio:.4f}, won / tied / lost "
        f"{found.wins} / {found.ties} / {found.losses}, p {found.p:.2g}"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Carry out one of the commands."""
    parser = argparse.ArgumentParser(prog="benchmarks.replay", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["collect", "rules", "without", "refits"])
    parser.add_argument("parts", nargs="*", help="learners, or parameter=value")
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--suite", nargs="+", default=[str(DEV)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--configs", type=int, default=40, help="pipelines a table")
    parser.add_argument("--rows", type=int, default=4_000, help="training rows at most")
    parser.add_argument("--seconds", type=float, default=5.0, help="for one fit")
    parser.add_argument("--n-jobs", type=int, default=1)
    arguments = parser.parse_intermixed_args(argv)  # parts may stand behind options
    if arguments.command == "collect":
        collect(arguments)
    elif arguments.command == "rules":
        compare_rules(load(arguments.store))
    elif arguments.command == "refits":
        compare_refits(load(arguments.store))
    else:
        compare_without(load(arguments.store), arguments.parts)


if __name__ == "__main__":
    main()
