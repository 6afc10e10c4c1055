"""How often the interval of ``holdout_`` holds the truth, and how flattering a search's scores are.

python -m benchmarks.reliability.coverage run --store DIR        # fits; goes on where it stopped
python -m benchmarks.reliability.coverage intervals --store DIR  # again, without the fits
python -m benchmarks.reliability.coverage report                 # docs/benchmarks/coverage.md

A model is fitted on 1,500 rows of a large table and not refitted, so that the model that was
checked is the model that is judged; the truth is its score on all other rows.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

import automl
from automl.data import Dataset, Target, read_target
from automl.ensemble import Postprocess, postprocess, select_weights
from automl.estimators import check_settings
from automl.metrics import Metric, default_metric, score_interval
from automl.run.design import Design, designed
from automl.run.scheme import Scheme
from automl.run.validation import held_out_rows
from benchmarks.common.arguments import add_n_jobs, add_out, add_tables, make_parser
from benchmarks.common.paths import DATASETS, PAGES, RESULTS
from benchmarks.common.results import append_result, read_lines
from benchmarks.common.tables import Table, load_table, read_suite

OUT = RESULTS / "coverage.jsonl"
PAGE = PAGES / "coverage.md"
FEWEST_ROWS = 4_000
FIT_ROWS = 1_500
_UNSEEN = -1

Array = npt.NDArray[Any]
Result = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Judged:
    """What is stored of one fit, so that intervals can be computed again.

    Parameters
    ----------
    y, prediction : ndarray
        Of the held-out rows.
    y_true, prediction_true : ndarray
        Of all rows that the fit was not given.
    """

    y: Array
    prediction: Array
    y_true: Array
    prediction_true: Array


def large_tables(datasets: Path = DATASETS) -> list[str]:
    """Names of the tier-1 tables above 4,000 rows."""
    with (datasets / "datasets.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [r["name"] for r in rows if r["tier"] == "1" and int(r["n_rows"]) > FEWEST_ROWS]


def run(arguments: argparse.Namespace) -> None:
    """Fit what has not been fitted yet, seed after seed."""
    done = {(r["table"], r["seed"]) for r in read_coverage(arguments.out)}
    names = read_suite(arguments.suite) if arguments.suite else large_tables(arguments.datasets)
    for seed, name in product(range(arguments.seeds), names):
        if (name, seed) not in done:
            result = run_one(load_table(name, arguments.datasets), seed, arguments)
            append_result(arguments.out, result)
            print(name, seed, result["seconds"], flush=True)


def run_one(table: Table, seed: int, arguments: argparse.Namespace) -> Result:
    """Fit on some rows, judge on all others, and store what was predicted."""
    rng = np.random.default_rng([seed, len(table.X)])
    rows = rng.permutation(len(table.X))
    fitted, others = np.sort(rows[: arguments.rows]), np.sort(rows[arguments.rows :])
    X, y = _part(table, fitted)
    internal: dict[str, float] = {}
    started = time.monotonic()
    settings = {
        "time_limit": None,
        "max_trials": arguments.trials,
        "n_jobs": arguments.n_jobs,
        "refit": False,
        "knowledge_base": None,
        "random_state": seed,
        "verbose": 0,
    }
    with designed(_noting(internal)):
        model = automl.fit(X, y, task=table.task, **settings)
    seconds = time.monotonic() - started
    judged = _judge(model, table, X, y, others, settings)
    metric, holdout = default_metric(model.task_), model.holdout_
    assert holdout is not None  # a fifth of the rows was held out
    np.savez(_stored(arguments.store, table.name, seed), **vars(judged))
    return {
        "table": table.name,
        "family": table.family,
        "task": model.task_,
        "metric": metric.name,
        "seed": seed,
        "n_holdout": len(judged.y),
        "n_truth": len(judged.y_true),
        "n_unseen": int((len(others)) - len(judged.y_true)),
        "score": holdout.score,
        "low": holdout.ci_low,
        "high": holdout.ci_high,
        "truth": metric.score(judged.y_true, judged.prediction_true),
        "internal": internal["ensemble"],
        "best_single": internal["best_single"],
        "n_members": model.run_info_["n_members"],
        "n_trials": model.run_info_["n_trials"],
        "seconds": round(seconds, 2),
    }


def _part(table: Table, rows: Array) -> tuple[pd.DataFrame, pd.Series[Any]]:
    X, y = table.X.iloc[rows].reset_index(drop=True), table.y.iloc[rows].reset_index(drop=True)
    if table.task != "regression":
        y = y.astype(str)
    return X, y


def _judge(
    model: Any,
    table: Table,
    X: pd.DataFrame,
    y: pd.Series[Any],
    others: Array,
    settings: dict[str, Any],
) -> Judged:
    """Predict the rows that were held out, and all that the fit was not given."""
    target = read_target(y, table.task)
    held_out = _held_out(model, X, target, settings)
    X_true, y_true = _part(table, others)
    codes = _codes(y_true, target)
    seen = codes != _UNSEEN if target.classes is not None else np.ones(len(codes), dtype=bool)
    predict = model.predict if target.classes is None else model.predict_proba
    judged = Judged(
        target.values[held_out],
        predict(X.iloc[held_out]),
        codes[seen],
        predict(X_true[seen]),
    )
    score = default_metric(target.task).score(judged.y, judged.prediction)
    if not np.isclose(score, model.holdout_.score, rtol=1e-5):
        raise RuntimeError(f"held-out rows of {table.name} are not those that fit checked on")
    return judged


def _held_out(model: Any, X: pd.DataFrame, target: Target, settings: dict[str, Any]) -> Array:
    """The rows that ``fit`` held out: its first use of the seed."""
    known = check_settings({**automl.AutoMLClassifier().get_params(deep=False), **settings})
    dataset = Dataset.of(model.encoder_.transform(X), target, model.encoder_.features)
    rng = np.random.default_rng(known.random_state)
    return held_out_rows(dataset.y, dataset.task, Scheme(), known, rng)[1]


def _codes(y: pd.Series[Any], target: Target) -> Array:
    if target.classes is None:
        return y.to_numpy(dtype=np.float64)
    return np.asarray(pd.Index(target.classes).get_indexer(pd.Index(y.to_numpy(dtype=object))))


def _noting(found: dict[str, float]) -> Design:
    """Note what the search itself thinks of its ensemble, which ``fit`` does not tell."""

    def weights(predictions: Sequence[Array], y: Array, metric: Metric, *more: Any) -> Array:
        best = min(predictions, key=lambda one: metric.loss(y, one))
        found["best_single"] = metric.score(y, np.asarray(best, dtype=np.float64))
        return select_weights(predictions, y, metric, *more)

    def rule(prediction: Array, y: Array, metric: Metric, rng: np.random.Generator) -> Postprocess:
        chosen = postprocess(prediction, y, metric, rng)
        found["ensemble"] = chosen.score(metric, y, chosen.apply(prediction))
        return chosen

    return Design(weights=weights, postprocess=rule)


def recompute(arguments: argparse.Namespace) -> None:
    """Compute the intervals again from what was stored, and append them as newer lines."""
    for result in read_coverage(arguments.out):
        found = np.load(_stored(arguments.store, result["table"], result["seed"]))
        rng = np.random.default_rng(result["seed"])
        metric = default_metric(result["task"])
        low, high = score_interval(metric, found["y"], found["prediction"], rng)
        append_result(arguments.out, {**result, "low": low, "high": high})


def render(results: Sequence[Result]) -> str:
    """Write the page as Markdown."""
    tasks = sorted({r["task"] for r in results})
    rows = [_line(task, [r for r in results if r["task"] == task]) for task in tasks]
    missed = [r for r in results if not _holds(r)]
    n_tables, seeds = len({r["table"] for r in results}), len({r["seed"] for r in results})
    return "\n".join(
        [
            "# Coverage of the held-out interval",
            "",
            f"{len(results)} fits on {FIT_ROWS:,} rows each of {n_tables} tables, {seeds} seeds, "
            f"{max(r['n_trials'] for r in results)} trials a fit, not refitted; the truth is the "
            "score of the same model on all other rows of the table (without classes that the "
            "fit never "
            "saw). Made by `python -m benchmarks.reliability.coverage report`.",
            "",
            "| task | fits | interval holds the truth | truth below | truth above | internal score "
            "flatters | best single flatters | held-out score flatters |",
            "| --- | --- | --- | --- | --- | --- | --- | --- |",
            *rows,
            _line("all", results),
            "",
            "Flatters: median over fits of how much lower a loss looks than the true one, as a "
            "share "
            "of it. The internal score is that of the ensemble on the out-of-fold rows it was "
            "chosen "
            "on; the best single one is that of the best pipeline of the search.",
            "",
            "## Where the interval missed",
            "",
            "| table | seed | metric | score | interval | truth |",
            "| --- | --- | --- | --- | --- | --- |",
            *(
                f"| {r['table']} | {r['seed']} | {r['metric']} | {r['score']:.5g} | "
                f"{r['low']:.5g} to {r['high']:.5g} | {r['truth']:.5g} |"
                for r in sorted(missed, key=lambda r: (r["metric"], r["table"], r["seed"]))
            ),
            "",
        ]
    )


def _holds(result: Result) -> bool:
    return bool(result["low"] <= result["truth"] <= result["high"])


def _line(name: str, results: Sequence[Result]) -> str:
    held = np.mean([_holds(r) for r in results])
    below = np.mean([r["truth"] < r["low"] for r in results])
    above = np.mean([r["truth"] > r["high"] for r in results])
    flattery = " | ".join(
        f"{_flattery(results, of):+.1%}" for of in ("internal", "best_single", "score")
    )
    return f"| {name} | {len(results)} | {held:.1%} | {below:.1%} | {above:.1%} | {flattery} |"


def _flattery(results: Sequence[Result], of: str) -> float:
    """Median share by which a loss looks lower than the true one."""
    shares = []
    for result in results:
        metric = default_metric(result["task"])
        true = metric.loss_of(result["truth"])
        shares.append((true - metric.loss_of(result[of])) / max(true, 1e-12))
    return float(np.median(shares))


def _stored(store: Path, name: str, seed: int) -> Path:
    store.mkdir(parents=True, exist_ok=True)
    return store / f"{name}-{seed}.npz"


def read_coverage(path: Path) -> list[Result]:
    """Read results, the last one of each table and seed."""
    return list({(line["table"], line["seed"]): line for line in read_lines(path)}.values())


def main(argv: Sequence[str] | None = None) -> None:
    """Carry out one of the commands."""
    parser = make_parser("benchmarks.reliability.coverage", __doc__)
    parser.add_argument("command", choices=["run", "intervals", "report"])
    parser.add_argument("--store", type=Path, help="folder for predictions, outside the project")
    add_out(parser, OUT)
    add_tables(parser, None, "tier 1 above 4,000 rows")
    parser.add_argument("--seeds", type=int, default=3, help="fits on a table")
    parser.add_argument("--rows", type=int, default=FIT_ROWS, help="rows to fit on")
    parser.add_argument("--trials", type=int, default=4, help="evaluations of one fit")
    add_n_jobs(parser, 1)
    arguments = parser.parse_args(argv)
    if arguments.command == "run":
        run(arguments)
    elif arguments.command == "intervals":
        recompute(arguments)
    else:
        PAGE.write_text(render(read_coverage(arguments.out)), encoding="utf-8")


if __name__ == "__main__":
    main()
