"""k nearest neighbours; prediction is what costs, so the rows it remembers are capped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.pipelines.clock import Clock
from automl.pipelines.declaration import (
    Array,
    BuildSettings,
    Learner,
    Preparation,
    TableFacts,
)
from automl.space import Categorical, Integer, Parameter

__all__ = ["LEARNER", "NeighborsModel"]

MOST_ROWS = 50_000


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Neighbours, their weights, and the metric's power."""
    del facts
    return (
        Integer("n_neighbors", 1, 100, default=15, log=True),
        Categorical("weights", ("uniform", "distance"), default="distance"),
        Categorical("p", (1, 2), default=2),
    )


class NeighborsModel:
    """Vote or mean of the nearest training rows.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> NeighborsModel:  # noqa: ARG002
        """Remember the rows, or a sample of them."""
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        self._n_outputs = int(y.max()) + 1 if self.settings.task != "regression" else 1
        if len(y) > MOST_ROWS:
            rng = np.random.default_rng(self.settings.seed)
            rows = np.sort(rng.choice(len(y), MOST_ROWS, replace=False))
            X, y = X[rows], y[rows]
        kind = KNeighborsRegressor if self.settings.task == "regression" else KNeighborsClassifier
        self.model_ = kind(
            n_neighbors=min(self.values["n_neighbors"], len(y)),
            weights=self.values["weights"],
            p=self.values["p"],
            n_jobs=1,
        ).fit(X, y)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        if self.settings.task == "regression":
            return np.asarray(self.model_.predict(X))
        # a class can be missing from the sample of rows
        probability = np.zeros((X.shape[0], self._n_outputs))
        probability[:, self.model_.classes_] = self.model_.predict_proba(X)
        # a vote of k rows is sure of nothing: one more row, spread over all classes
        k = self.model_.n_neighbors
        return np.asarray((probability * k + 1.0 / self._n_outputs) / (k + 1))


LEARNER = Learner(
    name="k_nearest_neighbors",
    screened=500,
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        scalings=("standard", "robust", "quantile"),
        imputations=("median",),
    ),
    build=NeighborsModel,
    row_exponent=1.7,
)
