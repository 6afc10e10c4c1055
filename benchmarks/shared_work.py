"""What sharing between pipelines could save: preprocessing and binning, as shares of CPU time.

python -m benchmarks.shared_work            # some minutes; prints a line a table

Each pipeline of the cold portfolio is fitted on one fold, with one thread and a limit. Two kinds of
work depend on the fold and not on the learner: the fit of the preprocessing, and LightGBM's bins.
Both are also timed by themselves.
If whatever has been done once on a fold were free the second time, their share without the first
use of each preprocessing and the first bins is what a cache could save at most.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import lightgbm
import numpy as np
import numpy.typing as npt
from sklearn.base import clone

from automl.data import Dataset, TableEncoder, make_folds, read_target
from automl.evaluation.metrics import default_metric
from automl.evaluation.rungs import FOLDS
from automl.pipelines import build_pipeline, cold_portfolio, pipeline_space, target_facts
from automl.threads import single_thread
from benchmarks.common.paths import DATASETS
from benchmarks.common.tables import load_table, read_suite

SUITE = Path(__file__).parent / "suites" / "dev.txt"
_SEED = 0

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Spent:
    """CPU seconds of one fit, and of what other pipelines may have in common with it."""

    fit: float
    preparing: float
    binning: float
    prepared_before: bool
    binned_before: bool

    @property
    def again(self) -> float:
        """Seconds of what another fit on the fold had done before."""
        return self.preparing * self.prepared_before + self.binning * self.binned_before


def measure(name: str, seconds: float, datasets: Path = DATASETS) -> list[Spent]:
    """Fit the portfolio on the first fold of a table.

    Parameters
    ----------
    name : str
    seconds : float
        Limit of one fit.
    datasets : Path
    """
    data, space = _read(name, datasets)
    rows = make_folds(data.y, data.task, FOLDS, np.random.default_rng(_SEED))[0].train
    X, y = data.X[rows], data.y[rows]
    prepared, binned, found = set[str](), set[str](), []
    for config in cold_portfolio(data.task, space):
        model = build_pipeline(config, data.task, data.features, data.n_classes, _SEED, seconds)
        steps = repr(model.preprocessing)
        boosted = config["learner"] == "lightgbm"
        ready, preparing = _timed(partial(_prepare, model.preprocessing, X, y))
        binning = _timed(partial(_bin, model.learner, ready, y))[1] if boosted else 0.0
        _, fit = _timed(partial(model.fit, X, y))
        found.append(Spent(fit, preparing, binning, steps in prepared, steps in binned))
        prepared.add(steps)
        binned |= {steps} if boosted else set()
    return found


def _read(name: str, datasets: Path) -> tuple[Dataset, Any]:
    table = load_table(name, datasets)
    encoder = TableEncoder().fit(table.X)
    target = read_target(table.y, table.task)
    data = Dataset.of(encoder.transform(table.X), target, encoder.features)
    facts = target_facts(data.y, data.task, default_metric(table.task).asked)
    return data, pipeline_space(data.task, data.features, data.n_rows, facts)


def _prepare(preprocessing: Any, X: Array, y: Array) -> Any:
    return X if preprocessing is None else clone(preprocessing).fit_transform(X, y)


def _bin(learner: Any, X: Array, y: Array) -> None:
    categorical = list(learner.settings.categorical)
    lightgbm.Dataset(
        X, label=y, categorical_feature=categorical, params={"verbosity": -1}
    ).construct()


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    before = time.process_time()
    with single_thread():
        return function(), time.process_time() - before


def main(argv: Sequence[str] | None = None) -> None:
    """Print the shares of each table, and their medians."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.shared_work",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--seconds", type=float, default=6.0, help="limit of one fit")
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    arguments = parser.parse_args(argv)
    shares = []
    for name in read_suite(arguments.suite):
        spent = measure(name, arguments.seconds, arguments.datasets)
        fits = sum(one.fit for one in spent)
        preparing = sum(one.preparing for one in spent) / fits
        binning = sum(one.binning for one in spent) / fits
        shares.append((preparing, binning, sum(one.again for one in spent) / fits))
        print(
            f"{name}: {fits:.1f} s; preparing {preparing:.1%}, binning {binning:.1%}; "
            f"again {shares[-1][2]:.1%}",
            flush=True,
        )
    middle = [f"{median(column):.1%}" for column in zip(*shares, strict=True)]
    print(f"medians: preparing {middle[0]}, binning {middle[1]}, again {middle[2]}")


if __name__ == "__main__":
    main()
