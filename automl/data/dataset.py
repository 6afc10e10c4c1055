"""The one form of data that everything behind the front door works on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from automl.data.columns import Feature
from automl.data.target import Target, Task

__all__ = ["Dataset"]


@dataclass(frozen=True, eq=False)
class Dataset:
    """Encoded rows with their target.

    Parameters
    ----------
    X : ndarray of float32, shape (n_rows, n_features)
        NaN where missing; categorical columns hold codes.
    y : ndarray, shape (n_rows,)
        int64 class codes, or float64 values for regression.
    task : Task
        What is predicted.
    features : tuple of Feature
        What the columns of `X` hold.
    n_classes : int
        Number of classes, 0 for regression.
    weights : ndarray of float64, shape (n_rows,), optional
        How much a row counts in training; None: all the same.
    """

    X: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    task: Task
    features: tuple[Feature, ...]
    n_classes: int
    weights: npt.NDArray[np.float64] | None = None

    @classmethod
    def of(
        cls,
        X: npt.NDArray[np.float32],
        target: Target,
        features: tuple[Feature, ...],
        weights: npt.NDArray[np.float64] | None = None,
    ) -> Dataset:
        """Put an encoded table, a target that was read, and weights of rows together."""
        return cls(X, target.values, target.task, features, target.n_classes, weights)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return len(self.X)

    @property
    def n_features(self) -> int:
        """Number of columns of the encoded matrix."""
        return len(self.features)

    @property
    def numeric(self) -> tuple[int, ...]:
        """Indices of numeric and boolean columns."""
        return tuple(i for i, f in enumerate(self.features) if f.kind in ("numeric", "boolean"))

    @property
    def categorical(self) -> tuple[int, ...]:
        """Indices of categorical columns."""
        return tuple(i for i, f in enumerate(self.features) if f.kind == "categorical")

    def take(self, rows: npt.NDArray[np.int64]) -> Dataset:
        """Copy the given rows, in the given order."""
        weights = None if self.weights is None else self.weights[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], weights=weights)
