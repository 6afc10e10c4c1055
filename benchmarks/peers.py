"""Other AutoML systems, each in an environment of its own under ``.venvs/``.

`python -m benchmarks.peers NAME` makes the environment: the newest release of the series that was
measured, with the learners that a user would have who followed its installation page.
"""

from __future__ import annotations

import argparse
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.systems import VENVS, Fitted, Job, System

__all__ = ["PEERS"]

_TORCH = "torch==2.13.0"
"""Before everything else: the release whose CPU build is small."""
_PACKAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "autogluon": (
        (_TORCH,),
        (
            "autogluon.tabular[catboost,fastai,lightgbm,ray,realmlp,tabm,xgboost]>=1.6,<1.7",
            "psutil",
            "pyarrow",
        ),
    ),
    "flaml": (("flaml[automl]>=2.7,<2.8", "catboost", "pyarrow"),),
}
_AUTOGLUON_METRICS = {
    "binary": "roc_auc",
    "multiclass": "log_loss",
    "regression": "root_mean_squared_error",
}
_FLAML_METRICS = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}
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
        eval_metric=_AUTOGLUON_METRICS[job.task],
        path=tempfile.mkdtemp(),
        verbosity=0,
    ).fit(table, time_limit=job.budget, presets=preset, num_cpus=job.n_jobs, num_gpus=0)
    facts = {"best": predictor.model_best, "n_models": len(predictor.model_names())}
    if job.task == "regression":
        return Fitted(predictor.predict, None, facts, lambda: _size(Path(predictor.path)))
    labels = list(predictor.class_labels)
    return Fitted(
        lambda X: predictor.predict_proba(X)[labels].to_numpy(),
        labels,
        facts,
        lambda: _size(Path(predictor.path)),
    )


def fit_flaml(job: Job) -> Fitted:
    """Cost-frugal search, one model."""
    from flaml import AutoML

    model = AutoML()
    model.fit(
        X_train=job.X,
        y_train=job.y,
        task="regression" if job.task == "regression" else "classification",
        metric=_FLAML_METRICS[job.task],
        time_budget=job.budget,
        n_jobs=job.n_jobs,
        seed=job.seed,
        verbose=0,
    )
    facts = {"best": model.best_estimator}
    if job.task == "regression":
        return Fitted(model.predict, None, facts, lambda: len(pickle.dumps(model)))
    return Fitted(model.predict_proba, model.classes_, facts, lambda: len(pickle.dumps(model)))


def _size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


_HERE = "benchmarks.peers"
_AUTOGLUON = ("autogluon.tabular", "lightgbm", "catboost", "xgboost-cpu", "torch")

PEERS = {
    system.name: system
    for system in (
        System(
            "autogluon-best",
            f"{_HERE}:fit_autogluon_best",
            _AUTOGLUON,
            preload=("autogluon.tabular",),
            venv="autogluon",
        ),
        System(
            "autogluon-medium",
            f"{_HERE}:fit_autogluon_medium",
            _AUTOGLUON,
            preload=("autogluon.tabular",),
            venv="autogluon",
        ),
        System(
            "flaml",
            f"{_HERE}:fit_flaml",
            ("flaml", "lightgbm", "xgboost", "catboost", "scikit-learn"),
            preload=("flaml",),
            venv="flaml",
        ),
    )
}


def main(argv: Sequence[str] | None = None) -> None:
    """Make environments."""
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="+", choices=sorted(_PACKAGES))
    for name in parser.parse_args(argv).names:
        folder = VENVS / name
        _run(sys.executable, "-m", "venv", "--clear", str(folder))
        for packages in _PACKAGES[name]:
            _run(str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *packages)


def _run(*command: Any) -> None:
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
