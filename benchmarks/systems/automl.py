"""The library itself: cold, with its held-out check, and begun from a knowledge base."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.systems.base import Fitted, Job, System

__all__ = ["BASE", "PACKAGES", "SYSTEMS", "fit_automl"]

BASE = "AUTOML_BENCHMARK_BASE"
"""Variable that holds the folder of the knowledge base."""
PACKAGES = ("automl", "scikit-learn", "lightgbm", "numpy", "pandas")


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


def _system(name: str, function: str, base: str = "") -> System:
    return System(
        name, f"benchmarks.systems.automl:{function}", PACKAGES, preload=("automl",), base=base
    )


SYSTEMS = (
    _system("automl", "fit_automl"),
    _system("automl-checked", "fit_automl_checked"),
    _system("automl-warm", "fit_automl_warm", base="sound"),
    _system("automl-permuted", "fit_automl_warm", base="permuted"),
)
