"""Fit a configuration on folds of a stored problem and score it; runs inside a worker."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.evaluation.prediction import predict
from automl.evaluation.problem import Problem, load_problem, load_weights
from automl.evaluation.rungs import FOLDS
from automl.execution import ArtifactStore
from automl.pipelines import best_rounds, build_pipeline
from automl.space import Config
from automl.threads import allow_threads

__all__ = [
    "ALL_ROWS",
    "EvaluationJob",
    "FoldResult",
    "RefitJob",
    "Refitted",
    "evaluate",
    "refit",
    "witnesses",
]

Array = npt.NDArray[Any]

PREDICT_SHARE, LEAST_PREDICT_SHARE = 0.15, 0.02
"""Of the time for a fold: without predictions a fit is lost. Less where few rows are predicted."""
REFIT_SHARE = 0.85
"""Of the time for a refit; the rest is for writing the model."""
MOST_WITNESSES = 1_000
ALL_ROWS = "all"
"""Part of a problem that a refit learns, beside its folds."""


@dataclass(frozen=True)
class EvaluationJob:
    """A configuration to be scored on some folds with a share of their training rows.

    Parameters
    ----------
    store : ArtifactStore
        Of the `Problem`.
    config : Config
    fraction : float
        Share of the training rows of a fold.
    keep : bool
        Whether models and predictions are stored.
    folds : tuple of int
    seed : int
    max_seconds : float, optional
        For all folds together; learners hand back the best so far.
    threads : int
    """

    store: ArtifactStore
    config: Config
    fraction: float
    keep: bool
    folds: tuple[int, ...]
    seed: int
    max_seconds: float | None
    threads: int = 1


@dataclass(frozen=True)
class FoldResult:
    """What one fold gave."""

    fold: int
    score: float
    losses: tuple[float, ...]
    fit_seconds: float
    predict_seconds: float
    n_train: int
    rounds: int | None
    threads: int = 1


@dataclass(frozen=True)
class RefitJob:
    """A configuration to be fitted on all rows, without validation."""

    store: ArtifactStore
    config: Config
    seed: int
    rounds: int | None
    max_seconds: float | None


@dataclass(frozen=True, eq=False)
class Refitted:
    """A member fitted on all rows, whose model is kept as that of `ALL_ROWS`.

    Parameters
    ----------
    prediction : ndarray
        For the `witnesses` of the first fold.
    """

    prediction: Array


def evaluate(job: EvaluationJob) -> tuple[FoldResult, ...]:
    """Score the folds one after another; those that no longer fit into the time are left out."""
    problem, X, y = load_problem(job.store)
    started = time.monotonic()
    results: list[FoldResult] = []
    for position, fold in enumerate(job.folds):
        share = None
        if job.max_seconds is not None:
            left = job.max_seconds - (time.monotonic() - started)
            if left <= 0:
                break
            share = left / (len(job.folds) - position)
        with allow_threads(job.threads):
            results.append(_score_fold(problem, X, y, job, fold, share))
    return tuple(results)


def _score_fold(
    problem: Problem, X: Array, y: Array, job: EvaluationJob, fold: int, max_seconds: float | None
) -> FoldResult:
    rows = problem.folds[fold]
    n_train = max(int(np.ceil(job.fraction * len(rows.train))), min(len(rows.train), 50))
    train = np.sort(rows.train[:n_train])
    fitting = _fitting(max_seconds, n_train, len(rows.validation))
    model = build_pipeline(
        job.config, problem.task, problem.features, problem.n_classes, job.seed, fitting
    )
    started = time.monotonic()
    model.fit(X[train], y[train], **_weights_of(job.store, train))
    fitted = time.monotonic()
    prediction = predict(model, X[rows.validation], problem.n_classes)
    predicted = time.monotonic()
    if not np.isfinite(prediction).all():
        raise ValueError("the pipeline predicted values that are not finite")
    score = problem.metric.score(y[rows.validation], prediction)
    if job.keep:
        problem.keep_prediction(job.config.key, fold, prediction.astype(np.float32))
        problem.keep_model(job.config.key, str(fold), model)
    return FoldResult(
        fold=fold,
        score=score,
        losses=(problem.metric.loss_of(score),),
        fit_seconds=fitted - started,
        predict_seconds=predicted - fitted,
        n_train=n_train,
        rounds=best_rounds(model),
        threads=job.threads,
    )


def _fitting(max_seconds: float | None, n_train: int, n_predicted: int) -> float | None:
    """Seconds of a fit, when those for predicting are taken away."""
    if max_seconds is None:
        return None
    share = PREDICT_SHARE * min(1.0, FOLDS * n_predicted / (n_train + n_predicted))
    return (1.0 - max(share, LEAST_PREDICT_SHARE)) * max_seconds


def _weights_of(store: ArtifactStore, rows: Any) -> dict[str, Array]:
    """Weights of rows as an argument, nothing where rows have none."""
    weights = load_weights(store)
    return {} if weights is None else {"sample_weight": weights[rows]}


def refit(job: RefitJob) -> Refitted:
    """Fit a member again and keep it."""
    problem, X, y = load_problem(job.store)
    model = build_pipeline(
        job.config,
        problem.task,
        problem.features,
        problem.n_classes,
        job.seed,
        None if job.max_seconds is None else REFIT_SHARE * job.max_seconds,
        job.rounds,
    )
    model.fit(X, y, **_weights_of(job.store, slice(None)))
    problem.keep_model(job.config.key, ALL_ROWS, model)
    rows = problem.folds[0].validation
    rows = rows[witnesses(len(rows))]
    return Refitted(predict(model, X[rows], problem.n_classes))


def witnesses(n_rows: int) -> slice:
    """Choose among the validation rows of the first fold, which its model did not see."""
    return slice(None, None, -(-n_rows // MOST_WITNESSES))
