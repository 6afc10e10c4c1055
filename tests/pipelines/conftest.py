"""Small tables with everything that a pipeline must cope with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from automl import AutoMLClassifier
from automl.data import Feature, Task
from automl.ensemble import EnsembleModel, Member
from automl.persistence.safe import dump_safe, load_safe
from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.space import Config


@dataclass(frozen=True)
class Table:
    """Encoded rows and targets."""

    X: np.ndarray
    y: np.ndarray
    task: Task
    features: tuple[Feature, ...]
    n_classes: int


def make_table(task: Task, n_rows: int = 240, n_classes: int = 2, seed: int = 0) -> Table:
    """Numbers, a flag, and codes; a tenth of the cells missing; a signal in both kinds."""
    rng = np.random.default_rng(seed)
    numbers = rng.normal(size=(n_rows, 3))
    flag = rng.integers(0, 2, n_rows)
    few, many = rng.integers(0, 4, n_rows), rng.integers(0, 30, n_rows)
    signal = numbers[:, 0] + 0.5 * numbers[:, 1] ** 2 + (few == 2) + 0.05 * many
    X = np.column_stack([numbers, flag, few, many]).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    features = (
        *(Feature(f"number{i}", "numeric") for i in range(3)),
        Feature("flag", "boolean"),
        Feature("few", "categorical", 4),
        Feature("many", "categorical", 30),
    )
    if task == "regression":
        y = 1_000.0 + 50.0 * (signal + 0.1 * rng.normal(size=n_rows))
        return Table(X, y, task, features, 0)
    noisy = signal + 0.3 * rng.normal(size=n_rows)
    edges = np.quantile(noisy, np.arange(1, n_classes) / n_classes)
    return Table(X, np.searchsorted(edges, noisy), task, features, n_classes)


def build(table: Table, learner: str, max_seconds=None, rounds=None, seed=0, **values):
    """Pipeline of a learner with its defaults, except for the given parameters."""
    space = pipeline_space(table.task, table.features, len(table.X))
    named = {f"{learner}:{name}": value for name, value in values.items()}
    config = space.make({"learner": learner, **named})
    return build_pipeline(
        config, table.task, table.features, table.n_classes, seed, max_seconds, rounds
    )


def handed_on(pipeline):
    """Send a fitted pipeline through the safe format of model files, as part of a model."""
    member = Member(Config({}, ""), 1.0, (pipeline,), refitted=True)
    model = AutoMLClassifier()
    model.model_ = EnsembleModel((member,), np.zeros(1), 0, (0.0, 1.0))
    return load_safe(dump_safe(model), "here").model_.members[0].models[0]


def skewed(n_rows: int = 400, seed: int = 0) -> tuple[Table, np.ndarray]:
    """The table of the other tests, with a target whose logarithm is linear in the signal."""
    table = make_table("regression", n_rows=n_rows, seed=seed)
    rng = np.random.default_rng(seed)
    z = (table.y - table.y.mean()) / table.y.std()
    return table, np.exp(z + 0.6 * rng.normal(size=n_rows))


def fit_target(table: Table, y, learner: str, objective: str = "", **values):
    """Regressor on the first three quarters of the rows, for a metric with this objective."""
    rows = slice(0, 3 * len(y) // 4)
    facts = target_facts(y, "regression", objective)
    space = pipeline_space("regression", table.features, 0, facts)
    named = {f"{learner}:{name}": value for name, value in values.items()}
    config = space.make({"learner": learner, **named})
    model = build_pipeline(config, "regression", table.features, 0, seed=0)
    return model.fit(table.X[rows], y[rows])


@pytest.fixture(scope="session")
def tables() -> dict[str, Table]:
    """One table for each task."""
    return {
        "binary": make_table("binary"),
        "multiclass": make_table("multiclass", n_classes=3),
        "regression": make_table("regression"),
    }
