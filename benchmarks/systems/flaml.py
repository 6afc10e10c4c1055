"""FLAML, in an environment of its own."""

from __future__ import annotations

import json
import pickle
import tempfile
from pathlib import Path

from benchmarks.systems.base import Fitted, Job, System

__all__ = ["REQUIREMENTS", "SYSTEMS"]

REQUIREMENTS = (("flaml[automl]>=2.7,<2.8", "catboost", "pyarrow"),)
"""The newest release of the series that was measured."""
_METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def fit_flaml(job: Job) -> Fitted:
    """Cost-frugal search, one model."""
    from flaml import AutoML

    model, log = AutoML(), Path(tempfile.mkdtemp()) / "trials.log"
    model.fit(
        X_train=job.X,
        y_train=job.y,
        task="regression" if job.task == "regression" else "classification",
        metric=_METRICS[job.task],
        time_budget=job.budget,
        n_jobs=job.n_jobs,
        seed=job.seed,
        verbose=0,
        log_file_name=str(log),
        log_type="all",
    )
    facts = {"best": model.best_estimator, "n_trials": _n_trials(log)}
    if job.task == "regression":
        return Fitted(model.predict, None, facts, lambda: len(pickle.dumps(model)))
    return Fitted(model.predict_proba, model.classes_, facts, lambda: len(pickle.dumps(model)))


def _n_trials(log: Path) -> int:
    """Lines of its log that are trials; the last one only points at the best."""
    return sum("learner" in json.loads(line) for line in log.read_text().splitlines())


SYSTEMS = (
    System(
        "flaml",
        "benchmarks.systems.flaml:fit_flaml",
        ("flaml", "lightgbm", "xgboost", "catboost", "scikit-learn"),
        preload=("flaml",),
        venv="flaml",
    ),
)
