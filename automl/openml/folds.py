"""One fold: fit on its training rows, predict its test rows, score."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.estimators import AutoMLClassifier, AutoMLRegressor
from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.openml.loading import Split, Task
from automl.openml.measures import score_classes, score_values
from automl.openml.results import FoldResult

__all__ = ["make_estimator", "run_fold"]

Array = npt.NDArray[Any]


def make_estimator(kind: str, settings: Mapping[str, Any]) -> AutoMLClassifier | AutoMLRegressor:
    """Estimator for a kind of task, not fitted."""
    estimator = AutoMLClassifier if kind == "classification" else AutoMLRegressor
    return estimator(**settings)


def run_fold(task: Task, split: Split, settings: Mapping[str, Any], strict: bool) -> FoldResult:
    """Fit and predict one fold.

    Parameters
    ----------
    task : Task
    split : Split
    settings : mapping
        Of the estimator.
    strict : bool
        Whether settings and tables that the estimator does not take are raised; anything else that
        fails makes a failed fold in any case, with the predictions of the prior.

    Raises
    ------
    KeyboardInterrupt
        Also where the estimator had caught it and kept what it had found.
    """
    y_train = task.y.iloc[split.train]
    started = time.monotonic()
    try:
        model = make_estimator(task.kind, settings)
        with _uncaught_interrupt():
            model.fit(task.X.iloc[split.train], y_train)
        fitted = time.monotonic()
        predicted, probability = _predict(model, task, split)
        message = ""
    except Exception as error:
        if strict and isinstance(error, (InvalidInputError, UnsupportedSettingError)):
            raise
        fitted = time.monotonic()
        predicted, probability = _prior(y_train, task, len(split.test))
        message = f"{type(error).__name__}: {error}"
    predict_seconds = time.monotonic() - fitted
    return FoldResult(
        repeat=split.repeat,
        fold=split.fold,
        status="failed" if message else "ok",
        message=message,
        scores=_scores(task, split, predicted, probability),
        seconds=fitted - started,
        predict_seconds=predict_seconds,
        predictions=_table(task, split, predicted, probability),
    )


@contextmanager
def _uncaught_interrupt() -> Iterator[None]:
    """Raise a Ctrl-C again that ``fit`` answered with what it had found: the fold is not whole."""
    if threading.current_thread() is not threading.main_thread():
        yield  # signals arrive in the main thread only
        return
    before = signal.getsignal(signal.SIGINT)
    seen = []

    def note(number: int, frame: FrameType | None) -> None:
        seen.append(number)
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGINT, note)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if seen:
            raise KeyboardInterrupt


def _predict(model: Any, task: Task, split: Split) -> tuple[Array, Array]:
    X_test = task.X.iloc[split.test]
    predicted = np.asarray(model.predict(X_test))
    if task.kind == "regression":
        return predicted, np.empty((len(predicted), 0))
    probability = np.zeros((len(predicted), len(task.labels)))
    columns = [task.labels.index(label) for label in model.classes_]
    probability[:, columns] = model.predict_proba(X_test)
    return predicted.astype(object), probability


def _prior(y_train: pd.Series, task: Task, n_rows: int) -> tuple[Array, Array]:
    if task.kind == "regression":
        return np.full(n_rows, y_train.mean()), np.empty((n_rows, 0))
    shares = y_train.value_counts(normalize=True).reindex(list(task.labels), fill_value=0.0)
    predicted = np.full(n_rows, shares.idxmax(), dtype=object)
    return predicted, np.tile(shares.to_numpy(), (n_rows, 1))


def _scores(task: Task, split: Split, predicted: Array, probability: Array) -> dict[str, float]:
    truth = task.y.iloc[split.test].to_numpy()
    if task.kind == "regression":
        return score_values(truth, predicted)
    return score_classes(truth, predicted, probability, task.labels)


def _table(task: Task, split: Split, predicted: Array, probability: Array) -> pd.DataFrame:
    confidences = {f"confidence.{c}": probability[:, k] for k, c in enumerate(task.labels)}
    return pd.DataFrame(
        {
            "row_id": split.test,
            "prediction": predicted,
            "truth": task.y.iloc[split.test].to_numpy(),
            **confidences,
        }
    )
