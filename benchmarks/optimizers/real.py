"""Optimizers on the pipelines of this library and three small real tables.

python -m benchmarks.optimizers.real run --seeds 3      # needs optuna and smac beside the package
python -m benchmarks.optimizers.real report    # also on the page of `benchmarks.optimizers report`

An evaluation is five-fold cross-validation; rungs are one, two and all five folds, and cost as much
of an evaluation. Tables: the first by the alphabet of each task among the tier-1 tables of 300 to
1,000 rows whose family is not in bench.txt. The space is that of a run on the table; a peer sees
choices by their position, because not all of them take a choice between numbers and words.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from automl.data import Dataset, TableEncoder, make_folds, read_target
from automl.evaluation.prediction import predict
from automl.evaluation.rungs import FOLDS
from automl.metrics import default_metric
from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.space import Categorical, Config, Integer
from automl.space import Parameter as OwnParameter
from benchmarks.common.arguments import add_out, make_parser
from benchmarks.common.paths import DATASETS, RESULTS
from benchmarks.common.results import append_result, read_lines
from benchmarks.common.tables import load_table
from benchmarks.optimizers.systems import OptunaTuner, OwnTuner, SmacTuner, Tuner
from benchmarks.optimizers.testbed import Parameter

__all__ = ["OUT", "RealBed", "main", "report", "tables"]

OUT = RESULTS / "optimizers-real.jsonl"
SHARES = (1 / FOLDS, 2 / FOLDS, 1.0)
"""Folds of a rung, as shares of all; also what it costs."""
BUDGET = 50.0
AT = (10, 25, 50)
FOLD_SECONDS = 3.0
LEAST_ROWS, MOST_ROWS = 300, 1_000
_SEED = 0
SYSTEMS: dict[str, Callable[[Sequence[Parameter], int], Tuner]] = {
    "bohb": lambda p, seed: OwnTuner(p, seed, strategy="bohb", root="learner", fidelities=SHARES),
    "tpe": lambda p, seed: OwnTuner(p, seed, strategy="tpe", root="learner", fidelities=SHARES),
    "random": lambda p, seed: OwnTuner(p, seed, strategy="random", fidelities=SHARES),
    "optuna-tpe": lambda p, seed: OptunaTuner(p, seed, prune=False),
    "smac3": SmacTuner,
}


def tables(datasets: Path = DATASETS) -> dict[str, str]:
    """Tasks of the three tables, by name."""
    with (datasets / "datasets.csv").open(newline="", encoding="utf-8") as stream:
        lines = sorted(csv.DictReader(stream), key=lambda line: line["name"])
    measured = set((datasets / "bench.txt").read_text(encoding="utf-8").split())
    families = {line["family"] for line in lines if line["name"] in measured}
    first: dict[str, str] = {}
    for line in lines:
        small = LEAST_ROWS <= int(line["n_rows"]) <= MOST_ROWS
        if line["tier"] == "1" and small and line["family"] not in families:
            first.setdefault(line["task"], line["name"])
    return {name: task for task, name in first.items()}


class RealBed:
    """Losses of configurations on one table, fold by fold; what was computed is kept.

    Parameters
    ----------
    name, task : str
    datasets : Path
    """

    def __init__(self, name: str, task: Any, datasets: Path = DATASETS) -> None:
        table = load_table(name, datasets)
        encoder = TableEncoder().fit(table.X)
        target = read_target(table.y, task)
        self._data = Dataset.of(encoder.transform(table.X), target, encoder.features)
        self._metric = default_metric(task)
        self._folds = make_folds(self._data.y, task, FOLDS, np.random.default_rng(_SEED))
        facts = target_facts(self._data.y, task, self._metric.asked)
        self._space = pipeline_space(task, encoder.features, self._data.n_rows, facts)
        self.parameters = tuple(
            _by_position(p, self._space.by_name) for p in self._space.parameters
        )
        self._losses: dict[tuple[str, int], float] = {}

    def loss(self, seen: Mapping[str, Any], share: float) -> float:
        """Mean loss over the first folds of what a system proposes."""
        values = {name: self._value(name, value) for name, value in seen.items()}
        config = self._space.make(values)
        return fmean(self._fold_loss(config, k) for k in range(round(share * FOLDS)))

    def _value(self, name: str, seen: Any) -> Any:
        known = self._space.by_name[name]
        return known.choices[int(seen)] if isinstance(known, Categorical) else seen

    def _fold_loss(self, config: Config, number: int) -> float:
        key = config.key, number
        if key not in self._losses:
            truth = self._data.y[self._folds[number].validation]
            self._losses[key] = float(self._metric.loss(truth, self._prediction(config, number)))
        return self._losses[key]

    def _prediction(self, config: Config, number: int) -> npt.NDArray[Any]:
        """What the pipeline predicts; a pipeline that fails is as good as the prior."""
        data, fold = self._data, self._folds[number]
        model = build_pipeline(
            config, data.task, data.features, data.n_classes, _SEED, FOLD_SECONDS
        )
        try:
            model.fit(data.X[fold.train], data.y[fold.train])
            found = predict(model, data.X[fold.validation], data.n_classes)
        except (ValueError, ArithmeticError, np.linalg.LinAlgError):
            return self._prior(fold.train, len(fold.validation))
        return found if np.isfinite(found).all() else self._prior(fold.train, len(fold.validation))

    def _prior(self, train: npt.NDArray[Any], n_rows: int) -> npt.NDArray[Any]:
        y, n_classes = self._data.y[train], self._data.n_classes
        if n_classes == 0:
            return np.full(n_rows, float(y.mean()))
        return np.tile(np.bincount(y.astype(int), minlength=n_classes) / len(y), (n_rows, 1))


def _by_position(p: OwnParameter, known: Mapping[str, OwnParameter]) -> Parameter:
    """The parameter as systems see it: choices by their position, as text."""
    parent: str | None = None
    values: tuple[str, ...] = ()
    if p.when is not None:
        parent, choices = p.when.parameter, known[p.when.parameter]
        values = tuple(_position(choices, value) for value in p.when.values)
    if isinstance(p, Categorical):
        positions = tuple(str(i) for i in range(len(p.choices)))
        default = _position(p, p.default)
        return Parameter(p.name, "choice", default, positions, parent=parent, values=values)
    kind = "int" if isinstance(p, Integer) else "float"
    return Parameter(p.name, kind, p.default, (), p.low, p.high, p.log, parent, values)


def _position(p: OwnParameter, value: Any) -> str:
    if not isinstance(p, Categorical):
        raise TypeError(f"{p.name!r} decides about other parameters and is no choice")
    return str(p.choices.index(value))


def play(bed: RealBed, tuner: Tuner) -> list[tuple[float, float]]:
    """Pairs of cost and loss of the incumbent over all folds, whenever it changes."""
    cost, best = 0.0, (0.0, np.inf)
    trace: list[tuple[float, float]] = []
    while True:
        job = tuner.ask()
        if job is None or cost + job.fidelity > BUDGET + 1e-9:
            return trace
        loss = bed.loss(job.config, job.fidelity)
        cost += job.fidelity
        if job.fidelity > best[0] or (job.fidelity == best[0] and loss < best[1]):
            best = (job.fidelity, loss)
            trace.append((round(cost, 4), bed.loss(job.config, 1.0)))
        tuner.tell(job, loss)


def report(results: Sequence[Mapping[str, Any]]) -> str:
    """Loss over the best that any run found on the table, in per cent, and ranks.

    The mean is over tables and seeds. A rank is that of a system's loss at the end among those
    with the same table and seed, where all have run; NaN where there is no such table.

    Examples
    --------
    >>> line = {"task": "a", "seed": 0}
    >>> runs = [{"system": "x", "trace": [(1, 2.0)]}, {"system": "y", "trace": [(1, 2.2)]}]
    >>> print(report([line | run for run in runs]))
    | system | runs | after 10 | after 25 | after 50 | mean rank |
    | --- | --- | --- | --- | --- | --- |
    | x | 1 | 0.00 | 0.00 | 0.00 | 1.00 |
    | y | 1 | 10.00 | 10.00 | 10.00 | 2.00 |
    """
    best: dict[str, float] = defaultdict(lambda: np.inf)
    for run in results:
        best[run["task"]] = min(best[run["task"]], *(loss for _, loss in run["trace"]))
    over: dict[str, list[list[float]]] = defaultdict(list)
    for run in results:
        at = [[loss for cost, loss in run["trace"] if cost <= end][-1] for end in AT]
        over[run["system"]].append([100 * (loss / best[run["task"]] - 1) for loss in at])
    ranks = _mean_ranks(results)
    head = f"| system | runs | {' | '.join(f'after {end}' for end in AT)} | mean rank |"
    return "\n".join(
        [head, "| --- " * (3 + len(AT)) + "|"]
        + [
            f"| {name} | {len(over[name])} | "
            + " | ".join(f"{fmean(column):.2f}" for column in zip(*over[name], strict=True))
            + f" | {rank:.2f} |"
            for name, rank in sorted(ranks.items(), key=lambda item: item[1])
        ]
    )


def _mean_ranks(results: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    ends: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for run in results:
        ends[run["task"], run["seed"]][run["system"]] = run["trace"][-1][1]
    systems = sorted({run["system"] for run in results})
    complete = [
        [end[name] for name in systems] for end in ends.values() if len(end) == len(systems)
    ]
    if not complete:
        return dict.fromkeys(systems, np.nan)
    return dict(zip(systems, rankdata(complete, axis=1).mean(axis=0), strict=True))


def main(argv: Sequence[str] | None = None) -> None:
    """Run what is not there yet, or print the report."""
    parser = make_parser("benchmarks.optimizers.real", __doc__)
    parser.add_argument("step", choices=("run", "report"))
    parser.add_argument("--systems", nargs="+", choices=list(SYSTEMS), default=list(SYSTEMS))
    parser.add_argument("--seeds", type=int, default=3)
    add_out(parser, OUT)
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    arguments = parser.parse_args(argv)
    results = read_lines(arguments.out)
    if arguments.step == "report":
        print(report(results))
        return
    done = {(r["system"], r["task"], r["seed"]) for r in results}
    for name, task in tables(arguments.datasets).items():
        bed = RealBed(name, task, arguments.datasets)
        for system in arguments.systems:
            for seed in range(arguments.seeds):
                if (system, name, seed) not in done:
                    trace = play(bed, SYSTEMS[system](bed.parameters, seed))
                    line = {"system": system, "task": name, "seed": seed, "trace": trace}
                    append_result(arguments.out, line)
                    print(system, name, seed, trace[-1], flush=True)


if __name__ == "__main__":
    main()
