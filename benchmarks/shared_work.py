"""What sharing between pipelines could save: preprocessing and binning, as shares of CPU time.

python -m benchmarks.shared_work            # some minutes; prints a line a table

Each pipeline of the cold portfolio is fitted on one fold, with one thread and a limit. Two kinds of
work depend on the fold and not on the learner: the fit of the preprocessing, and LightGBM's bins.
If whatever has been done once on a fold were free the second time, their share without the first
use of each preprocessing and the first bins is what a cache could save at most.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any
from unittest import mock

import lightgbm
import numpy as np

from automl.data import Dataset, TableEncoder, make_folds, read_target
from automl.evaluation.metrics import default_metric
from automl.evaluation.rungs import FOLDS
from automl.pipelines import build_pipeline, cold_portfolio, pipeline_space, target_facts
from automl.space import Config
from benchmarks.tables import DATASETS, load_table, read_suite

SUITE = Path(__file__).with_name("dev.txt")
_SEED = 0


@dataclass
class Spent:
    """CPU seconds of fits on a fold, and of what another fit had done before."""

    fits: float = 0.0
    preparing: float = 0.0
    preparing_again: float = 0.0
    binning: float = 0.0
    binning_again: float = 0.0

    @property
    def saved(self) -> float:
        """Share of all that a cache could save at most."""
        return (self.preparing_again + self.binning_again) / self.fits


def measure(name: str, seconds: float, datasets: Path = DATASETS) -> Spent:
    """Fit the portfolio on the first fold of a table.

    Parameters
    ----------
    name : str
    seconds : float
        Limit of one fit.
    datasets : Path
    """
    data, space = _read(name, datasets)
    train = make_folds(data.y, data.task, FOLDS, np.random.default_rng(_SEED))[0].train
    spent, seen = Spent(), set[str]()
    for config in cold_portfolio(data.task, space):
        model = build_pipeline(config, data.task, data.features, data.n_classes, _SEED, seconds)
        steps = "" if model.preprocessing is None else repr(model.preprocessing)
        before = time.process_time()
        with _timed_steps(model, config, spent, seen, steps):
            model.fit(data.X[train], data.y[train])
        spent.fits += time.process_time() - before
        seen |= {steps, steps + _bins_of(config)}
    return spent


def _read(name: str, datasets: Path) -> tuple[Dataset, Any]:
    table = load_table(name, datasets)
    encoder = TableEncoder().fit(table.X)
    target = read_target(table.y, table.task)
    data = Dataset.of(encoder.transform(table.X), target, encoder.features)
    facts = target_facts(data.y, data.task, default_metric(table.task).asked)
    return data, pipeline_space(data.task, data.features, data.n_rows, facts)


def _bins_of(config: Config) -> str:
    return " binned" if config["learner"] == "lightgbm" else ""


@contextmanager
def _timed_steps(
    model: Any, config: Config, spent: Spent, seen: set[str], steps: str
) -> Iterator[None]:
    """Count the seconds of the two kinds of work while the model is fitted."""
    construct = lightgbm.Dataset.construct

    def bins(self: Any) -> Any:
        made, took = _timed(lambda: construct(self))
        if self.used_indices is None:  # parts of binned rows are no bins of their own
            spent.binning += took
            spent.binning_again += took * (steps + _bins_of(config) in seen)
        return made

    kind = type(model.preprocessing)
    prepare = getattr(kind, "fit_transform", None)

    def prepared(self: Any, *rows: Any) -> Any:
        made, took = _timed(lambda: prepare(self, *rows))
        spent.preparing += took
        spent.preparing_again += took * (steps in seen)
        return made

    with mock.patch.object(lightgbm.Dataset, "construct", bins):
        if prepare is None:
            yield
        else:
            with mock.patch.object(kind, "fit_transform", prepared):
                yield


def _timed(function: Callable[[], Any]) -> tuple[Any, float]:
    before = time.process_time()
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
        shares.append(spent)
        print(
            f"{name}: {spent.fits:.1f} s; preparing {spent.preparing / spent.fits:.1%}, "
            f"binning {spent.binning / spent.fits:.1%}; again {spent.saved:.1%}",
            flush=True,
        )
    print(f"median of what was done again: {median(one.saved for one in shares):.1%}")


if __name__ == "__main__":
    main()
