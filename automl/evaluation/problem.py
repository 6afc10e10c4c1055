"""A task as the workers see it: one memory-mapped matrix, and which rows train and validate.

The matrix holds all rows and is written once; folds are row numbers into it. Folds of the search
never name a held-out row: `Problem.folds` cover the development rows only.
"""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset, Feature, Fold, Task
from automl.exceptions import ScratchError
from automl.metrics import Metric

__all__ = ["Problem", "load_problem", "load_weights", "store_problem"]


@dataclass(frozen=True)
class Problem:
    """What an evaluation needs besides the configuration.

    Parameters
    ----------
    folder : Path
        Holds ``X.npy``, ``y.npy``, ``weights.npy`` where rows have weights, and what evaluations
        leave: models and predictions.
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

    folder: Path
    task: Task
    n_classes: int
    features: tuple[Feature, ...]
    metric: Metric
    folds: tuple[Fold, ...]
    bagged: bool = True

    def model_path(self, key: str, part: str) -> Path:
        """Where the model of a configuration for one part (a fold, or all rows) is kept."""
        return self.folder / "models" / f"{key}-{part}.joblib"

    def prediction_path(self, key: str, fold: int) -> Path:
        """Where the predictions of a configuration for a validation fold are kept."""
        return self.folder / "predictions" / f"{key}-{fold}.npy"


def store_problem(problem: Problem, dataset: Dataset) -> None:
    """Write a problem to its folder, once, for all workers.

    Raises
    ------
    ScratchError
        If there is no room for it.
    """
    try:
        _write(problem, dataset)
    except OSError as error:
        size, reason = (dataset.X.nbytes + dataset.y.nbytes) / 2**20, error.strerror or error
        raise ScratchError(
            f"the folder for temporary files must have room for {size:.0f} MB and the models, but "
            f"{problem.folder} failed with {reason}: free some, or set TMPDIR to a "
            "folder on another disk."
        ) from error


def _write(problem: Problem, dataset: Dataset) -> None:
    import cloudpickle  # a metric may be a function of the user's main module

    for name in ("models", "predictions"):
        (problem.folder / name).mkdir()
    np.save(problem.folder / "X.npy", dataset.X)
    np.save(problem.folder / "y.npy", dataset.y)
    if dataset.weights is not None:
        np.save(problem.folder / "weights.npy", dataset.weights)
    with (problem.folder / "problem.pkl").open("wb") as file:
        cloudpickle.dump(problem, file)


@lru_cache(maxsize=1)
def load_problem(folder: str) -> tuple[Problem, npt.NDArray[Any], npt.NDArray[Any]]:
    """Open a stored problem; the matrix is mapped, not read."""
    path = Path(folder)
    with (path / "problem.pkl").open("rb") as file:
        problem: Problem = pickle.load(file)
    return problem, np.load(path / "X.npy", mmap_mode="r"), np.load(path / "y.npy")


@lru_cache(maxsize=1)
def load_weights(folder: str) -> npt.NDArray[np.float64] | None:
    """Weights of the rows of a stored problem, None where all count the same."""
    path = Path(folder) / "weights.npy"
    return np.load(path) if path.exists() else None
