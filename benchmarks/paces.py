"""Boosting within a few seconds: larger steps that come to their end, against being cut off.

    python -m benchmarks.paces run        # appends to benchmarks/results/paces.jsonl
    python -m benchmarks.paces report

Tables outside of bench.txt; pipelines of the portfolio by LightGBM, fitted on four fifths of the
rows with one thread, each with and without `automl.pipelines.pace`, one after the other. Reported
are fits that use up their time; the unit is the table, its pipelines are averaged first.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from automl.data import Dataset, TableEncoder, read_target, read_training_table
from automl.pipelines import build_pipeline, cold_portfolio, pipeline_space, target_facts
from automl.pipelines.pace import Pace
from automl.space import Config
from automl.threads import single_thread
from benchmarks.common.paths import RESULTS
from benchmarks.common.results import append_result, read_lines
from benchmarks.common.scoring import METRICS
from benchmarks.common.statistics import duel
from benchmarks.common.tables import load_table

# fmt: off
TABLES = (
    "anneal", "portal_rodents", "arrests_released", "email_spam", "2dplanes", "car_prices", "mv",
    "hpc_data", "cells", "authorship", "halloffame", "pollen", "coil20", "covid_testing",
    "nursery", "taxi_tip", "fried", "chicago_airbnb", "kegg_directed", "nyc_flights_delay",
    "gas_sensor", "car", "leaf_flavia", "supreme", "happiness", "deliveries",
)
# fmt: on
SECONDS = (1.0, 2.5, 6.0)
_SET = Pace.set
_CUT = 0.8
"""Share of its time from which on a fit counts as one that was cut off."""


def fits(name: str) -> Iterator[dict[str, Any]]:
    """All fits on one table."""
    table = load_table(name)
    order = np.random.default_rng(0).permutation(len(table.y))
    frame, labels = read_training_table(table.X.iloc[order], table.y.iloc[order])
    target = read_target(labels, table.task)
    encoder = TableEncoder().fit(frame)
    data = Dataset.of(encoder.transform(frame), target, encoder.features, None)
    facts = target_facts(data.y, data.task, METRICS[table.task])
    space = pipeline_space(data.task, data.features, data.n_rows, facts, False)
    boosting = [c for c in cold_portfolio(data.task, space) if c["learner"] == "lightgbm"]
    for i in (0, 1, len(boosting) - 1):
        for seconds in SECONDS:
            cut = _fit(data, boosting[i], seconds, _never)
            yield {"table": name, "config": i, "limit": seconds, "paced": False, **cut}
            if cut["seconds"] < _CUT * seconds:
                break
            paced = _fit(data, boosting[i], seconds, _SET)
            yield {"table": name, "config": i, "limit": seconds, "paced": True, **paced}


def _never(pace: Pace, _: float, seconds_after: float, most: float) -> None:
    _SET(pace, 0.0, seconds_after, most)


def _fit(
    data: Dataset, config: Config, limit: float, choose: Callable[..., None]
) -> dict[str, Any]:
    n_train = int(0.8 * data.n_rows)
    with single_thread(), mock.patch.object(Pace, "set", choose):
        started = time.monotonic()
        model = build_pipeline(config, data.task, data.features, data.n_classes, 0, limit)
        model.fit(data.X[:n_train], data.y[:n_train])
        seconds = time.monotonic() - started
    X, y = data.X[n_train:], data.y[n_train:]
    if data.task == "regression":
        loss = float(np.sqrt(np.mean((model.predict(X) - y) ** 2)))
    else:
        shares = np.clip(model.predict_proba(X), 1e-6, 1.0)
        loss = float(-np.log(shares[np.arange(len(y)), y]).mean())
    return {"loss": loss, "seconds": round(seconds, 3)}


def report(path: Path) -> str:
    """One line for each limit."""
    results = read_lines(path)
    lines = ["| limit | tables | better | level | worse | loss, geometric mean of ratios | p |"]
    lines.append("|---|---|---|---|---|---|---|")
    for limit in SECONDS:
        losses = {
            (one["table"], one["config"], one["paced"]): max(one["loss"], 1e-6)
            for one in results
            if one["limit"] == limit
        }
        logs: dict[str, list[tuple[float, float]]] = {}
        for (table, config, is_paced), loss in losses.items():
            if is_paced:
                pair = (np.log(losses[table, config, False]), np.log(loss))
                logs.setdefault(table, []).append(pair)
        cut, paced = np.exp([np.mean(pairs, axis=0) for pairs in logs.values()]).T
        against = duel(list(paced), list(cut))
        ratio = np.exp(np.mean(np.log(paced / cut)))
        lines.append(
            f"| {limit:g} s | {len(logs)} | {against.wins} | {against.ties} | {against.losses} "
            f"| {ratio:.3f} | {against.p:.2g} |"
        )
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> None:
    """Run or report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("run", "report"))
    parser.add_argument("--tables", nargs="+", default=TABLES)
    parser.add_argument("--out", type=Path, default=RESULTS / "paces.jsonl")
    arguments = parser.parse_args(argv)
    if arguments.what == "run":
        done = {line["table"] for line in read_lines(arguments.out)}
        for name in [name for name in arguments.tables if name not in done]:
            found = list(fits(name))
            for one in found:
                append_result(arguments.out, one)
            print(name, len(found), flush=True)
    print(report(arguments.out))


if __name__ == "__main__":
    main()
