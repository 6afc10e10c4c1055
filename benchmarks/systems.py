"""Systems under test.

A system is a function ``fit(job) -> Fitted`` that a child process imports by its name. It may live
in an interpreter of its own (a virtualenv under ``.venvs/``), which needs numpy, pandas and pyarrow
beside the system; this module imports nothing else at the top for that reason.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["BASE", "SYSTEMS", "Fitted", "Job", "System"]

BASE = "AUTOML_BENCHMARK_BASE"
"""Variable that holds the folder of the knowledge base."""
VENVS = Path(__file__).parents[1] / ".venvs"


@dataclass(frozen=True)
class System:
    """How a system is started.

    Parameters
    ----------
    name : str
        As in results and on the command line.
    entry : str
        ``module:function``.
    packages : tuple of str
        Distributions whose versions are recorded, the system itself first.
    preload : tuple of str
        Modules that are imported before the clock starts: what a user has imported anyway.
    uses_budget : bool
        Whether it takes a time limit; others are run once, whatever the budgets.
    venv : str, optional
        Folder under ``.venvs/`` with its interpreter; None: the interpreter of this process.
    environment : mapping
        Variables that its process gets on top.
    base : {"", "sound", "permuted"}
        Whether it starts from a knowledge base (without relatives of the tables), and which.
    """

    name: str
    entry: str
    packages: tuple[str, ...]
    preload: tuple[str, ...] = ()
    uses_budget: bool = True
    venv: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True, eq=False)
class Job:
    """What a system gets; test rows come later and without their target."""

    X: pd.DataFrame
    y: pd.Series[Any]
    task: str
    budget: float
    seed: int
    n_jobs: int


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a system gives back.

    Parameters
    ----------
    predict : callable
        Values, or probabilities of shape (n_rows, n_classes).
    classes : sequence, optional
        Labels in the order of the columns; None for regression.
    extras : mapping
        JSON-able facts of the system about its run.
    size : callable, optional
        Bytes of the saved model; called after everything that is timed.
    """

    predict: Callable[[pd.DataFrame], Any]
    classes: Any = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    size: Callable[[], int] | None = None


def fit_automl(job: Job) -> Fitted:
    """Fit without held-out check: the benchmark's own test rows are the check."""
    return _fit_automl(job, test_size=0)


def fit_automl_checked(job: Job) -> Fitted:
    """Fit as a user would, with the held-out check."""
    return _fit_automl(job, test_size="auto")


def fit_automl_warm(job: Job) -> Fitted:
    """Fit with what is known from other tables, in the base that the variable names."""
    return _fit_automl(job, test_size=0, knowledge_base=os.environ[BASE])


def _fit_automl(job: Job, test_size: Any, knowledge_base: str | None = None) -> Fitted:
    import automl

    model = automl.fit(
        job.X,
        job.y,
        task=job.task,
        time_limit=job.budget,
        test_size=test_size,
        knowledge_base=knowledge_base,
        write_back=False,
        n_jobs=job.n_jobs,
        random_state=job.seed,
        verbose=0,
    )
    facts = dict(getattr(model, "run_info_", {}))
    facts.pop("history_path", None)
    holdout = getattr(model, "holdout_", None)
    if holdout is not None:
        facts["holdout"] = [holdout.score, holdout.ci_low, holdout.ci_high]
    if job.task == "regression":
        return Fitted(model.predict, None, facts, lambda: _saved_size(model))
    return Fitted(model.predict_proba, model.classes_, facts, lambda: _saved_size(model))


def _saved_size(model: Any) -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.automl"
        model.save(path)
        return path.stat().st_size


def fit_lightgbm(job: Job) -> Fitted:
    """Default LightGBM, categories as it likes them, nothing tuned."""
    import lightgbm

    table, prepare = _for_lightgbm(job.X)
    settings = {"n_jobs": job.n_jobs, "random_state": job.seed, "verbose": -1}
    if job.task == "regression":
        regressor = lightgbm.LGBMRegressor(**settings).fit(table, job.y)
        return Fitted(lambda X: regressor.predict(prepare(X)))
    classifier = lightgbm.LGBMClassifier(**settings).fit(table, job.y)
    return Fitted(lambda X: classifier.predict_proba(prepare(X)), classifier.classes_)


def _for_lightgbm(X: pd.DataFrame) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], pd.DataFrame]]:
    """Neutral names (it refuses some characters), texts as categories, dates as numbers."""
    levels = {
        column: pd.CategoricalDtype(X[column].astype("category").cat.categories)
        for column in X.columns
        if not pd.api.types.is_numeric_dtype(X[column])
        and not pd.api.types.is_datetime64_any_dtype(X[column])
    }

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        columns = {}
        for i, name in enumerate(table.columns):
            column = table[name]
            if name in levels:
                column = column.astype(levels[name])
            elif pd.api.types.is_datetime64_any_dtype(column):
                column = (column - pd.Timestamp(0)) / pd.Timedelta(days=1)
            columns[f"c{i}"] = column
        return pd.DataFrame(columns)

    return prepare(X), prepare


def fit_prior(job: Job) -> Fitted:
    """Class shares, or the mean: what is known without any column."""
    if job.task == "regression":
        mean = float(job.y.mean())
        return Fitted(lambda X: np.full(len(X), mean))
    shares = job.y.astype(str).value_counts(normalize=True).sort_index()
    return Fitted(lambda X: np.tile(shares.to_numpy(), (len(X), 1)), list(shares.index))


_HERE = "benchmarks.systems"
_AUTOML = ("automl", "scikit-learn", "lightgbm", "numpy", "pandas")

SYSTEMS = {
    system.name: system
    for system in (
        System("automl", f"{_HERE}:fit_automl", _AUTOML, preload=("automl",)),
        System("automl-checked", f"{_HERE}:fit_automl_checked", _AUTOML, preload=("automl",)),
        System(
            "automl-warm", f"{_HERE}:fit_automl_warm", _AUTOML, preload=("automl",), base="sound"
        ),
        System(
            "automl-permuted",
            f"{_HERE}:fit_automl_warm",
            _AUTOML,
            preload=("automl",),
            base="permuted",
        ),
        System(
            "lightgbm",
            f"{_HERE}:fit_lightgbm",
            ("lightgbm", "scikit-learn", "numpy", "pandas"),
            preload=("lightgbm",),
            uses_budget=False,
            # Spinning threads make it up to a hundred times slower next to any other load.
            environment={"GOMP_SPINCOUNT": "10000"},
        ),
        System("prior", f"{_HERE}:fit_prior", ("pandas",), uses_budget=False),
    )
}
