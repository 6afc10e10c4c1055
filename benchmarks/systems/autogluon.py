"""AutoGluon, in an environment of its own with the learners that its installation page names."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.systems.base import Fitted, Job, System

__all__ = ["REQUIREMENTS", "SYSTEMS"]

REQUIREMENTS = (
    ("torch==2.13.0",),  # before everything else: the release whose CPU build is small
    (
        "autogluon.tabular[catboost,fastai,lightgbm,ray,realmlp,tabm,xgboost]>=1.6,<1.7",
        "psutil",
        "pyarrow",
    ),
)
"""The newest release of the series that was measured; one command of pip after another."""
_METRICS = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "root_mean_squared_error",
}
_TARGET = "__target__"


def fit_autogluon_best(job: Job) -> Fitted:
    """Bags and stacks: its most accurate preset."""
    return _fit_autogluon(job, "best_quality")


def fit_autogluon_medium(job: Job) -> Fitted:
    """One holdout, no bags: its default preset."""
    return _fit_autogluon(job, "medium_quality")


def _fit_autogluon(job: Job, preset: str) -> Fitted:
    from autogluon.tabular import TabularPredictor

    table = job.X.assign(**{_TARGET: job.y})
    predictor = TabularPredictor(
        label=_TARGET,
        problem_type=job.task,
        eval_metric=_METRICS[job.task],
        path=tempfile.mkdtemp(),
        verbosity=0,
    ).fit(table, time_limit=job.budget, presets=preset, num_cpus=job.n_jobs, num_gpus=0)
    n_models = len(predictor.model_names())
    facts = {"best": predictor.model_best, "n_models": n_models, "n_trials": n_models}
    if job.task == "regression":
        return Fitted(predictor.predict, None, facts, lambda: _size(Path(predictor.path)))
    labels = list(predictor.class_labels)
    return Fitted(
        lambda X: predictor.predict_proba(X)[labels].to_numpy(),
        labels,
        facts,
        lambda: _size(Path(predictor.path)),
    )


def _size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _system(name: str, function: str) -> System:
    return System(
        name,
        f"benchmarks.systems.autogluon:{function}",
        ("autogluon.tabular", "lightgbm", "catboost", "xgboost-cpu", "torch"),
        preload=("autogluon.tabular",),
        venv="autogluon",
    )


SYSTEMS = (
    _system("autogluon-best", "fit_autogluon_best"),
    _system("autogluon-medium", "fit_autogluon_medium"),
)
