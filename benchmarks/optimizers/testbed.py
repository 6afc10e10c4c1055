"""The test-bed of optimizers: what a surrogate of boosted trees answers on 102 OpenML tasks.

Nothing here imports more than numpy and onnxruntime, because each peer brings its own environment.
The README beside the data says what it is good for: comparing optimizers, and nothing else.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.paths import DATASETS

__all__ = ["FIDELITIES", "TESTBED", "Parameter", "Task", "Testbed", "bench_tasks", "read_tasks"]

TESTBED = DATASETS.parent / "testbed" / "rbv2_xgboost"
FIDELITIES = (1 / 27, 1 / 9, 1 / 3, 1.0)
"""Shares of the training rows, and at the same time what an evaluation costs."""
N_TASKS = 40
_REPLICATIONS = 10.0
_CONTINUOUS = (
    "nrounds",
    "eta",
    "gamma",
    "lambda",
    "alpha",
    "subsample",
    "max_depth",
    "min_child_weight",
    "colsample_bytree",
    "colsample_bylevel",
    "rate_drop",
    "skip_drop",
    "trainsize",
    "repl",
)
_CATEGORICAL = ("task_id", "booster", "num.impute.selected.cpo")
_AUC = 2
_NOT_SEARCHED = frozenset({"task_id", "trainsize", "repl"})


@dataclass(frozen=True)
class Task:
    """One OpenML task.

    Parameters
    ----------
    name : str
        Its number.
    family : str
        Views of one source share it.
    worst, best : float
        Area under the curve, over all real runs on the task.
    """

    name: str
    family: str
    worst: float
    best: float

    def regret(self, auc: float) -> float:
        """Distance to the best known, 1 at the worst; below 0 where the best is beaten."""
        return (self.best - auc) / (self.best - self.worst)


@dataclass(frozen=True)
class Parameter:
    """A parameter, without the vocabulary of any library.

    Parameters
    ----------
    name : str
    kind : {"float", "int", "choice"}
    choices : tuple of str
        Of a choice.
    low, high : float
        Of a number.
    log : bool
    parent : str, optional
        Choice that decides whether the parameter is active.
    values : tuple of str
        Values of the parent for which it is.
    default : float or str
    """

    name: str
    kind: str
    default: Any
    choices: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0
    log: bool = False
    parent: str | None = None
    values: tuple[str, ...] = ()


def read_tasks(folder: Path = TESTBED) -> list[Task]:
    """All tasks of the test-bed, as listed."""
    auc: dict[str, dict[str, float]] = {}
    with (folder / "instance_statistics.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            if row["metric"] == "auc":
                auc.setdefault(row["instance"], {})[row["statistic"]] = float(row["value"])
    with (folder / "tasks.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return [
        Task(row["task_id"], row["family"], auc[row["task_id"]]["min"], auc[row["task_id"]]["max"])
        for row in rows
    ]


def bench_tasks(folder: Path = TESTBED) -> tuple[list[Task], list[Task]]:
    """The fixed tasks to report on, one a family, and tasks of all other families to try things."""
    tasks = read_tasks(folder)
    families = sorted({task.family for task in tasks})
    random.Random(0).shuffle(families)
    first = {family: next(t for t in tasks if t.family == family) for family in families}
    chosen = [first[family] for family in families[:N_TASKS]]
    return chosen, [first[family] for family in families[N_TASKS:]]


class Testbed:
    """Answers what a configuration scores on a task."""

    __test__ = False  # not for pytest

    def __init__(self, folder: Path = TESTBED) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._codes = json.loads((folder / "encoding.json").read_text(encoding="utf-8"))
        self.parameters = _read_space(folder / "config_space.json")

    def auc(self, task: Task, config: Mapping[str, Any], fidelity: float = 1.0) -> float:
        """Score one configuration."""
        return float(self.aucs(task, [config], fidelity)[0])

    def aucs(
        self, task: Task, configs: Sequence[Mapping[str, Any]], fidelity: float = 1.0
    ) -> np.ndarray:
        """Score several configurations at once."""
        fixed = {"task_id": task.name, "trainsize": fidelity, "repl": _REPLICATIONS}
        rows = [{**config, **fixed} for config in configs]
        cont = np.array([[row.get(name, 0.0) for name in _CONTINUOUS] for row in rows], np.float32)
        cat = [[self._codes[name][row.get(name, "#na#")] for name in _CATEGORICAL] for row in rows]
        inputs = {"x_cont": cont, "x_cat": np.array(cat, np.int32)}
        return np.asarray(self._session.run(None, inputs)[0][:, _AUC], float)


def _read_space(path: Path) -> tuple[Parameter, ...]:
    """Parameters with parents first."""
    space = json.loads(path.read_text(encoding="utf-8"))
    conditions = {c["child"]: c for c in space["conditions"]}
    found = []
    for entry in space["hyperparameters"]:
        name = entry["name"]
        if name in _NOT_SEARCHED:
            continue
        condition = conditions.get(name, {})
        values = condition.get("values", [condition["value"]] if "value" in condition else [])
        when = {"parent": condition.get("parent"), "values": tuple(values)}
        if entry["type"] == "categorical":
            choices = tuple(entry["choices"])
            found.append(Parameter(name, "choice", entry["default"], choices, **when))
        else:
            kind = "int" if entry["type"] == "uniform_int" else "float"
            edges = {"low": entry["lower"], "high": entry["upper"], "log": entry["log"]}
            default = min(max(entry["default"], entry["lower"]), entry["upper"])
            found.append(Parameter(name, kind, default, **edges, **when))
    return tuple(sorted(found, key=lambda p: p.parent is not None))
