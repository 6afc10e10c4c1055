"""One configuration on one table, as a run of the package would evaluate it; inside a worker."""

from __future__ import annotations

import contextlib
import importlib
import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data import (
    Dataset,
    Fold,
    TableEncoder,
    make_folds,
    nested_order,
    read_target,
    read_training_table,
)
from automl.evaluation.prediction import predict
from automl.evaluation.rungs import FOLDS
from automl.metrics import default_metric
from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.pipelines.clock import count_cpu_seconds
from automl.space import Space
from metadata.blocks import Block

__all__ = [
    "Job",
    "Loaded",
    "as_predicted",
    "as_stored",
    "describe",
    "evaluate",
    "load",
    "read_dataset",
]

SEED = 0
CUT_SHARE = 0.95
"""A fold that took this share of its seconds is taken for cut off."""
KILL_FACTOR = 3.0
"""A fold that takes so many times its seconds does not look at the clock; its process is ended."""
LEAST_PROBABILITY = 1e-7
PACKAGES = ("automl", "catboost", "lightgbm", "numpy", "scipy", "sklearn", "xgboost")

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Job:
    """A configuration for a table.

    Parameters
    ----------
    block : Block
    datasets : str
        Folder of the tables.
    table, task : str
    values : mapping
        The configuration, adapted to the table.
    slowdown : float
        Of the processor, so many times the seconds of the block may a fold take.
    """

    block: Block
    datasets: str
    table: str
    task: str
    values: Mapping[str, Any]
    slowdown: float

    @property
    def fold_seconds(self) -> float:
        """CPU seconds of one fold on this processor."""
        return self.block.fold_seconds * self.slowdown


@dataclass(frozen=True, eq=False)
class Loaded:
    """A table as it is evaluated.

    Parameters
    ----------
    dataset : Dataset
    folds : tuple of Fold
        Those that are scored.
    space : Space
        The search space that a run on these rows would have.
    kept : ndarray of int64
        Rows whose predictions are kept: validation rows in the order of folds.
    """

    dataset: Dataset
    folds: tuple[Fold, ...]
    space: Space
    kept: Array


def read_dataset(path: Path, task: str, most_rows: int | None = None) -> Dataset:
    """Read a table, cut it, and encode it as ``fit`` does.

    Parameters
    ----------
    path : Path
        Parquet file whose last column is the target.
    task : str
    most_rows : int, optional
        Stratified; samples of more rows contain those of fewer.
    """
    table = pd.read_parquet(path)
    if most_rows is not None and len(table) > most_rows:
        target = read_target(table.iloc[:, -1], task)
        rng = np.random.default_rng(SEED)
        rows = nested_order(target.values, target.task, np.arange(len(table)), rng)
        table = table.iloc[np.sort(rows[:most_rows])].reset_index(drop=True)
    features, labels = read_training_table(table.iloc[:, :-1], table.iloc[:, -1])
    encoder = TableEncoder().fit(features)
    target = read_target(labels, task)
    return Dataset.of(encoder.transform(features), target, encoder.features)


@lru_cache(maxsize=2)
def load(block: Block, datasets: str, table: str, task: str) -> Loaded:
    """Read a table for a block; the last two stay in memory."""
    dataset = read_dataset(Path(datasets) / f"{table}.parquet", task, block.most_rows)
    folds = make_folds(dataset.y, dataset.task, FOLDS, np.random.default_rng(SEED))
    if dataset.n_rows >= block.few_rows:
        folds = folds[: block.n_folds]
    metric = default_metric(task)
    facts = target_facts(dataset.y, dataset.task, metric.asked)
    space = pipeline_space(dataset.task, dataset.features, dataset.n_rows, facts)
    kept = np.concatenate([fold.validation for fold in folds])[: block.predicted_rows]
    return Loaded(dataset, folds, space, kept)


def describe(
    block: Block, datasets: str, table: str, task: str, shared: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Any], npt.NDArray[Any], dict[str, dict[str, Any]]]:
    """Look at a table before it is run.

    Parameters
    ----------
    block, datasets, table, task
        As in `Job`.
    shared : mapping of id to values
        The configurations that are asked for.

    Returns
    -------
    facts : dict
        For the head of its shard.
    truth : ndarray
        Targets of the rows whose predictions are kept.
    configs : dict of id to dict
        What becomes of each shared configuration on this table.
    """
    loaded = load(block, datasets, table, task)
    dataset, metric = loaded.dataset, default_metric(task)
    facts = {
        "metric": metric.name,
        "n_rows": dataset.n_rows,
        "n_features": dataset.n_features,
        "n_categorical": len(dataset.categorical),
        "n_classes": dataset.n_classes,
        "prior_losses": [_prior_loss(dataset, fold, metric) for fold in loaded.folds],
        "versions": _versions(),
    }
    configs = {name: loaded.space.adapt(values).to_dict() for name, values in shared.items()}
    return facts, dataset.y[loaded.kept], configs


def _versions() -> dict[str, str]:
    return {name: importlib.import_module(name).__version__ for name in PACKAGES if find_spec(name)}


def _prior_loss(dataset: Dataset, fold: Fold, metric: Any) -> float:
    """Loss of a model that knows the target's distribution and nothing else."""
    train, rows = dataset.y[fold.train], len(fold.validation)
    if dataset.task == "regression":
        return float(metric.loss(dataset.y[fold.validation], np.full(rows, train.mean())))
    shares = np.bincount(train.astype(np.int64), minlength=dataset.n_classes) / len(train)
    return float(metric.loss(dataset.y[fold.validation], np.tile(shares, (rows, 1))))


def evaluate(job: Job) -> dict[str, Any]:
    """Score a configuration on the folds of a table.

    Seconds are those of the processor, so that a busy machine changes nothing. A fold that does
    not even then come to an end takes the process with it.

    Returns
    -------
    dict
        Losses and seconds of the folds that were finished, whether one was cut off, and either
        "prediction" (of the kept rows, as `as_stored` makes it) or "message", why it failed.
    """
    count_cpu_seconds()
    loaded = load(job.block, job.datasets, job.table, job.task)
    outcome: dict[str, Any] = {"losses": [], "fit_cpu_seconds": [], "predict_cpu_seconds": []}
    found = []
    try:
        for fold in loaded.folds:
            with _killed_after(KILL_FACTOR * job.fold_seconds):
                prediction, loss, fit, answer = _score_fold(job, loaded, fold)
            found.append(prediction)
            outcome["losses"].append(loss)
            outcome["fit_cpu_seconds"].append(round(fit, 4))
            outcome["predict_cpu_seconds"].append(round(answer, 4))
    except Exception as error:  # whatever a pipeline raises is a result, too
        outcome["message"] = f"{type(error).__name__}: {error}"[:300]
    else:
        kept = np.concatenate(found)[: len(loaded.kept)]
        outcome["prediction"] = as_stored(kept, loaded.dataset.y[loaded.kept], job.task)
    limit = CUT_SHARE * job.fold_seconds
    return {**outcome, "cut": any(seconds >= limit for seconds in outcome["fit_cpu_seconds"])}


def _score_fold(job: Job, loaded: Loaded, fold: Fold) -> tuple[Array, float, float, float]:
    """Prediction, loss, and CPU seconds of fitting and predicting."""
    dataset = loaded.dataset
    model = build_pipeline(
        job.values,
        dataset.task,
        dataset.features,
        dataset.n_classes,
        SEED,
        max_seconds=job.fold_seconds,
    )
    started = time.process_time()
    model.fit(dataset.X[fold.train], dataset.y[fold.train])
    fitted = time.process_time()
    prediction = predict(model, dataset.X[fold.validation], dataset.n_classes)
    ended = time.process_time()
    if not np.isfinite(prediction).all():
        raise ValueError("the pipeline predicted values that are not finite")
    loss = default_metric(job.task).loss(dataset.y[fold.validation], prediction)
    return prediction, float(loss), fitted - started, ended - fitted


@contextlib.contextmanager
def _killed_after(cpu_seconds: float) -> Iterator[None]:
    """End the process if the block takes longer; the signal's default needs no Python to act."""
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0.0)


def as_stored(prediction: Array, truth: Array, task: str) -> npt.NDArray[np.float16]:
    """Predictions in half precision, in the form in which that loses least.

    Log odds of the second class, logarithms of all probabilities, or values less the mean of the
    kept truth in units of its spread.
    """
    if task == "regression":
        spread = float(truth.std())
        scaled = (prediction - truth.mean()) / (spread if spread > 0 else 1.0)
        return np.asarray(np.clip(scaled, -6e4, 6e4), dtype=np.float16)
    logs = np.log(np.clip(prediction, LEAST_PROBABILITY, 1.0))
    kept = logs[:, 1] - logs[:, 0] if task == "binary" else logs
    return np.asarray(kept, dtype=np.float16)


def as_predicted(stored: npt.NDArray[np.float16], task: str) -> Array:
    """Undo `as_stored`: probabilities, or values less the mean in units of the spread."""
    values = stored.astype(np.float64)
    if task == "regression":
        return values
    if task == "binary":
        positive = 1.0 / (1.0 + np.exp(-values))
        return np.column_stack([1.0 - positive, positive])
    likely = np.exp(values)
    return np.asarray(likely / likely.sum(axis=1, keepdims=True))
