"""One search a table, several final models from it: fold models against single fits on all rows.

python -m benchmarks.refits run       # can be stopped and taken up
python -m benchmarks.refits report    # writes docs/benchmarks/refits.md

Members and weights are those that `fit` chose, with no rows held out. Then each member is fitted in
several ways, without a limit for all of them, and every final model is a choice among these fits:
`VARIANTS` tells which of them a member consists of.
"""

from __future__ import annotations

import argparse
import io
import time
import zlib
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import joblib
import numpy as np
import numpy.typing as npt

import automl
import automl.run.fit as steps
from automl.ensemble import EnsembleModel, Member
from automl.evaluation.evaluate import EvaluationJob, evaluate
from automl.evaluation.prediction import predict
from automl.evaluation.problem import load_problem
from automl.pipelines import build_pipeline
from automl.run.search import Search, config_seed
from automl.space import Config
from benchmarks.common.paths import DATASETS, RESULTS, ROOT
from benchmarks.common.results import append_result, read_results
from benchmarks.common.scoring import score
from benchmarks.common.splits import default_splits, make_split
from benchmarks.common.tables import Table, load_table, read_suite
from benchmarks.refits_report import page

SUITE = Path(__file__).with_name("refits.txt")
PAGE = ROOT / "docs" / "benchmarks" / "refits.md"
N_SEEDS = 2
LONGEST_FIT = 60.0
MOST_ROWS_FOR_BAGS = 10_000
LATENCY_ROWS = 10_000
LEAST_ROWS_TIMED = 2_000
BOOSTING = ("lightgbm", "hist_gradient_boosting", "xgboost", "catboost")
BY_ROUNDS = (*BOOSTING, "mlp")
LIGHT = 0.05

Array = npt.NDArray[Any]


Part = tuple[str, str]
"""Key of a configuration, and which of its models."""


@dataclass(frozen=True, eq=False)
class Fits:
    """Everything that was fitted of one member; parts are named fold<k>, all<seed>, own.

    ``all`` has the rounds of the folds, ``own`` finds its rounds on inner rows. ``searched`` tells
    which folds were there when the search ended.
    """

    member: Member
    searched: tuple[str, ...]
    parts: dict[str, Any]

    @property
    def learner(self) -> str:
        """Name of the learner."""
        return str(self.member.config["learner"])

    def folds(self) -> list[str]:
        """All fold models."""
        return sorted(name for name in self.parts if name.startswith("fold"))


def _folds(fits: Fits) -> list[str]:
    """As it was: five fold models where the search made them, else one fit on all rows."""
    return list(fits.searched) if len(fits.searched) == 5 else ["all0"]


def _seeds(n_seeds: int) -> Callable[[Fits], list[str]]:
    return lambda fits: [f"all{i}" for i in range(n_seeds) if f"all{i}" in fits.parts]


VARIANTS: dict[str, Callable[[Fits], list[str]]] = {
    "folds": _folds,
    "checked": lambda fits: list(fits.searched),
    "bags": lambda fits: fits.folds() if len(fits.folds()) == 5 else ["all0"],
    "single": _seeds(1),
    "single, mlp own rounds": lambda fits: ["own"] if fits.learner == "mlp" else ["all0"],
    "boosting folds": lambda fits: _folds(fits) if fits.learner in BOOSTING else ["all0"],
    "boosting, mlp folds": lambda fits: _folds(fits) if fits.learner in BY_ROUNDS else ["all0"],
    "2 seeds": _seeds(2),
}


def run(arguments: argparse.Namespace) -> None:
    """Measure what is not in the results yet."""
    done = {(r["table"], r["split"]) for r in read_results([arguments.out])}
    names = read_suite(arguments.suite)
    for split in range(arguments.splits):
        for name in names:
            table = load_table(name, arguments.datasets)
            if (name, split) in done or split >= default_splits(len(table.y)):
                continue
            measured = _measure(table, split, arguments)
            if measured["members"]:
                append_result(arguments.out, measured)


def _measure(table: Table, number: int, arguments: argparse.Namespace) -> dict[str, Any]:
    split = make_split(table.name, number, table.y.to_numpy(), table.task)
    X = table.X.iloc[split.train].reset_index(drop=True)
    y = table.y.iloc[split.train].reset_index(drop=True)
    found: list[Fits] = []

    def instead(checked: EnsembleModel, search: Search, *_: Any) -> EnsembleModel:
        found.extend(_fit_all(checked, search))
        return checked

    with mock.patch.object(steps, "_refit", instead):
        model = automl.fit(
            X,
            y,
            task=table.task,
            time_limit=arguments.seconds,
            max_trials=arguments.trials,
            test_size=0,
            knowledge_base=None,
            n_jobs=arguments.n_jobs,
            random_state=number,
            verbose=0,
        )
    if not found:
        return {"members": []}
    X_test = table.X.iloc[split.test].reset_index(drop=True)
    y_test = table.y.iloc[split.test]
    started = time.process_time()
    encoded = model.encoder_.transform(X_test)
    encoding = (time.process_time() - started) * LATENCY_ROWS / len(encoded)
    predictions, costs = _predict_all(found, encoded, model.model_.n_classes)
    truth = y_test.to_numpy() if table.task == "regression" else y_test.astype(str).to_numpy()
    classes = [] if table.task == "regression" else [str(label) for label in model.classes_]

    def loss(chosen: list[tuple[Fits, list[str]]]) -> float:
        prediction = _mixed(model.model_, chosen, predictions)
        if classes:
            prediction = prediction[:, np.argsort(classes)]
        return score(table.task, truth, prediction, sorted(classes))[1]

    sizes = {(f.member.config.key, p): _size(model) for f in found for p, model in f.parts.items()}

    def judge(chosen: list[tuple[Fits, list[str]]]) -> dict[str, float | int]:
        parts = [(fits.member.config.key, part) for fits, names in chosen for part in names]
        return {
            "loss": loss(chosen),
            "n_models": len(parts),
            "cpu_seconds": round(sum(costs[part] for part in parts), 4),
            "bytes": sum(sizes[part] for part in parts),
        }

    variants = {
        name + light: judge([(fits, parts_of(fits)) for fits in kept])
        for name, parts_of in VARIANTS.items()
        for light, kept in (("", found), (", heavy", _heavy(found)))
    }
    result = {
        "system": "refits",
        "budget": arguments.seconds,
        "table": table.name,
        "task": table.task,
        "n_rows": len(y),
        "split": number,
        "split_key": split.key,
        "n_trials": model.run_info_["n_trials"],
        "encoding_seconds": round(encoding, 4),
        "variants": variants,
        "members": [_describe(fits, costs) for fits in found],
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    base = variants["folds"]
    print(
        f"{table.name}/{number} {len(y)} rows, {result['n_trials']} trials: "
        + ", ".join(f"{k} {v['loss'] / base['loss']:.4f}" for k, v in variants.items()),
        flush=True,
    )
    return result


def _fit_all(checked: EnsembleModel, search: Search) -> list[Fits]:
    """Fit every part of every member that is not there yet."""
    problem, book, n_rows = search.problem, search.book, len(search.problem.folds[0].train)
    n_rows += len(problem.folds[0].validation)
    folder, submit = str(problem.folder), search.executor.submit
    waiting: dict[Part, Future[Any]] = {}
    for member in checked.members:
        config, key = member.config, member.config.key
        seed, rounds = config_seed(search.seed, config), book.rounds(key, n_rows)
        by_rounds = config["learner"] in BY_ROUNDS
        jobs = [(f"all{i}", seed + i, rounds) for i in range(N_SEEDS if by_rounds else 1)]
        if config["learner"] == "mlp":
            jobs.append(("own", seed, None))
        for name, own_seed, own_rounds in jobs:
            waiting[key, name] = submit(_fit_part, folder, config, name, own_seed, own_rounds)
        missing = book.missing(config, len(problem.folds))
        if n_rows <= MOST_ROWS_FOR_BAGS and missing and book.folds:
            again = EvaluationJob(folder, config, 1.0, True, missing, seed, 5 * LONGEST_FIT)
            waiting[key, "folds"] = submit(evaluate, again)
    found = []
    for member in checked.members:
        key = member.config.key
        searched = tuple(f"fold{k}" for k in sorted(book.of(key)))
        parts = {
            name: joblib.load(future.result().value)
            for (of, name), future in waiting.items()
            if of == key and name != "folds"
        }
        if (key, "folds") in waiting:
            waiting[key, "folds"].result()
        for k in range(len(problem.folds)):
            path = problem.model_path(key, str(k))
            if path.exists():
                parts[f"fold{k}"] = joblib.load(path)
        found.append(Fits(member, searched, parts))
    return found


def _fit_part(folder: str, config: Config, name: str, seed: int, rounds: int | None) -> str:
    """Fit on all rows; runs inside a worker."""
    problem, X, y = load_problem(folder)
    model = build_pipeline(
        config, problem.task, problem.features, problem.n_classes, seed, LONGEST_FIT, rounds
    ).fit(X, y)
    path = problem.model_path(config.key, name)
    joblib.dump(model, path)
    return str(path)


def _predict_all(
    found: list[Fits], X: Array, n_classes: int
) -> tuple[dict[Part, Array], dict[Part, float]]:
    """Predictions of the rows by each part, and its CPU seconds for 10,000 rows."""
    rows = X[np.arange(max(len(X), LEAST_ROWS_TIMED)) % len(X)]
    predictions, seconds = {}, {}
    for fits in found:
        for name, model in fits.parts.items():
            began = time.process_time()
            prediction = predict(model, rows, n_classes)
            spent = time.process_time() - began
            predictions[fits.member.config.key, name] = prediction[: len(X)]
            seconds[fits.member.config.key, name] = spent * LATENCY_ROWS / len(rows)
    return predictions, seconds


def _heavy(found: list[Fits]) -> list[Fits]:
    return [fits for fits in found if fits.member.weight >= LIGHT] or found


def _mixed(
    model: EnsembleModel,
    chosen: list[tuple[Fits, list[str]]],
    predictions: dict[Part, Array],
) -> Array:
    """What an ensemble of these parts predicts."""
    total = sum(
        fits.member.weight
        * np.mean([predictions[fits.member.config.key, p] for p in parts], axis=0)
        for fits, parts in chosen
    )
    mixed = np.asarray(total, dtype=np.float64) / sum(fits.member.weight for fits, _ in chosen)
    if model.n_classes:
        return model.postprocess.apply(mixed / mixed.sum(axis=1, keepdims=True))
    return model.postprocess.apply(np.clip(mixed, *model.bounds))


def _size(model: Any) -> int:
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return len(zlib.compress(stream.getvalue(), 1))


def _describe(fits: Fits, seconds: dict[Part, float]) -> dict[str, Any]:
    """What one single fit of a member costs."""
    return {
        "config": fits.member.config.to_dict(),
        "weight": round(fits.member.weight, 4),
        "searched": len(fits.searched),
        "cpu_seconds": round(seconds[fits.member.config.key, "all0"], 4),
        "bytes": _size(fits.parts["all0"]),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Carry out one of the commands."""
    parser = argparse.ArgumentParser(prog="benchmarks.refits", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["run", "report"])
    parser.add_argument("--out", type=Path, default=RESULTS / "refits.jsonl")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--seconds", type=float, default=15.0, help="for the search")
    parser.add_argument("--trials", type=int, help="of the search, at most (default: no limit)")
    parser.add_argument("--splits", type=int, default=1, help="at most, of small tables")
    parser.add_argument("--n-jobs", type=int, default=2)
    arguments = parser.parse_args(argv)
    if arguments.command == "run":
        run(arguments)
    else:
        arguments.page.write_text(page(read_results([arguments.out])))


if __name__ == "__main__":
    main()
