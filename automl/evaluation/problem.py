"""A task as the workers see it: one memory-mapped matrix, and which rows train and validate.

The matrix holds all rows and goes into the store once; folds are row numbers into it. Folds of the
search never name a held-out row: `Problem.folds` cover the development rows only.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset, Feature, Fold, Task
from automl.exceptions import ScratchError
from automl.execution import ArtifactStore
from automl.metrics import Metric

__all__ = ["Problem", "load_problem", "load_weights", "store_problem"]


_PROBLEM = "problem"


@dataclass(frozen=True)
class _Contents:
    """A problem as it is stored, with the keys of its arrays."""

    problem: bytes
    X: str
    y: str
    weights: str | None


@dataclass(frozen=True)
class Problem:
    """What an evaluation needs besides the configuration.

    Parameters
    ----------
    store : ArtifactStore
        Holds the table, and what evaluations leave: models and predictions.
    task : {"binary", "multiclass", "regression"}
    n_classes : int
    features : tuple of Feature
        Columns of the matrix.
    metric : Metric
        By which pipelines are compared.
    folds : tuple of Fold
        Of the development rows; training rows are in nested order, so that a prefix is a subsample.
    bagged : bool
        Whether models of different folds are equally good, so that their mean is a bag; folds of
        a growing past are not.
    """

    store: ArtifactStore
    task: Task
    n_classes: int
    features: tuple[Feature, ...]
    metric: Metric
    folds: tuple[Fold, ...]
    bagged: bool = True

    def keep_model(self, key: str, part: str, model: Any) -> None:
        """Keep the model of a configuration for one part (a fold, or all rows)."""
        self.store.put(_model(key, part), model)

    def model(self, key: str, part: str) -> Any:
        """Read a kept model."""
        return self.store.get(_model(key, part))

    def has_model(self, key: str, part: str) -> bool:
        """Whether a model is kept."""
        return self.store.has(_model(key, part))

    def keep_prediction(self, key: str, fold: int, prediction: npt.NDArray[Any]) -> None:
        """Keep the predictions of a configuration for a validation fold."""
        self.store.put(_prediction(key, fold), prediction)

    def prediction(self, key: str, fold: int) -> npt.NDArray[Any]:
        """Read kept predictions."""
        found: npt.NDArray[Any] = self.store.get(_prediction(key, fold))
        return found

    def has_prediction(self, key: str, fold: int) -> bool:
        """Whether predictions are kept."""
        return self.store.has(_prediction(key, fold))

    def forget(self, key: str, fold: int) -> None:
        """Remove what the evaluation of a fold has left."""
        self.store.delete(_model(key, str(fold)))
        self.store.delete(_prediction(key, fold))


def _model(key: str, part: str) -> str:
    return f"models/{key}-{part}"


def _prediction(key: str, fold: int) -> str:
    return f"predictions/{key}-{fold}"


def store_problem(problem: Problem, dataset: Dataset) -> None:
    """Put a problem into its store, once, for all workers.

    Raises
    ------
    ScratchError
        If there is no room for it.
    """
    try:
        _put(problem, dataset)
    except OSError as error:
        size, reason = (dataset.X.nbytes + dataset.y.nbytes) / 2**20, error.strerror or error
        raise ScratchError(
            f"the folder for temporary files must have room for {size:.0f} MB and the models, but "
            f"{problem.store} failed with {reason}: free some, or set TMPDIR to a "
            "folder on another disk."
        ) from error


def _put(problem: Problem, dataset: Dataset) -> None:
    import cloudpickle  # a metric may be a function of the user's main module

    store, weights = problem.store, dataset.weights
    contents = _Contents(
        problem=cloudpickle.dumps(problem),
        X=store.put_content(dataset.X),
        y=store.put_content(dataset.y),
        weights=None if weights is None else store.put_content(weights),
    )
    store.put(_PROBLEM, contents)


@lru_cache(maxsize=1)
def load_problem(store: ArtifactStore) -> tuple[Problem, npt.NDArray[Any], npt.NDArray[Any]]:
    """Open a stored problem; the matrix is mapped, not read."""
    contents: _Contents = store.get(_PROBLEM)
    problem = replace(pickle.loads(contents.problem), store=store)  # as it is called here
    return problem, store.get(contents.X, mapped=True), store.get(contents.y)


@lru_cache(maxsize=1)
def load_weights(store: ArtifactStore) -> npt.NDArray[np.float64] | None:
    """Weights of the rows of a stored problem, None where all count the same."""
    key = store.get(_PROBLEM).weights
    return None if key is None else store.get(key)
