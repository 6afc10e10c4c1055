"""Regularised discriminant analysis: a normal distribution for each class.

Between linear analysis (all classes share a covariance), quadratic analysis (each has its own) and
naive Bayes (columns are independent) lie two shares (Friedman, JASA 1989): how far covariances are
pooled, and how far they are drawn towards their diagonals. Both, and a temperature that makes the
probabilities honest, are chosen on inner rows.
"""
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
    n_outputs,
)
from automl.pipelines.early_stopping import inner_split, loss_of
from automl.space import Parameter

__all__ = ["LEARNER", "DiscriminantModel"]

MOST_ROWS = 50_000
MOST_FLOPS = 2e9
POOLINGS = (1.0, 0.7, 0.3, 0.05)
DIAGONALS = (0.03, 0.2, 0.6, 1.0)
TEMPERATURES = tuple(np.geomspace(0.7, 30.0, 12))


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """None: inner rows choose."""
    del facts
    return ()


class DiscriminantModel:
    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> DiscriminantModel:
        X = np.asarray(X, dtype=np.float64)
        self.n_classes = n_outputs(y, self.settings.task)
        split = inner_split(y, self.settings.task, self.settings.seed)
        self.pooling, self.diagonal, self.temperature = 1.0, 0.2, 1.0
        if split is not None:
            train, stop = split
            m = _Moments(X[train], y[train], self.n_classes)
            best = np.inf
            for pooling in POOLINGS:
                for diagonal in DIAGONALS:
                    joint = m.solve(pooling, diagonal).log_joint(X[stop])
                    for t in TEMPERATURES:
                        loss = loss_of(y[stop], _softmax(joint / t), self.settings.task)
                        if loss < best:
                            best = loss
                            self.pooling, self.diagonal, self.temperature = pooling, diagonal, t
        self.moments_ = _Moments(X, y, self.n_classes).solve(self.pooling, self.diagonal)
        return self

    def predict(self, X: Array) -> Array:
        return _softmax(self.moments_.log_joint(np.asarray(X, dtype=np.float64)) / self.temperature)


class _Moments:
    def __init__(self, X: Array, y: Array, k: int) -> None:
        self.counts = np.bincount(y, minlength=k).astype(float)
        self.means = np.stack([X[y == c].mean(axis=0) for c in range(k)])
        self.scatters = [(X[y == c] - self.means[c]).T @ (X[y == c] - self.means[c]) for c in range(k)]
        self.pooled = sum(self.scatters) / len(y)

    def solve(self, pooling: float, diagonal: float) -> _Moments:
        self.factors, self.logs = [], []
        p = self.pooled.shape[0]
        for c, scatter in enumerate(self.scatters):
            # pooled rows count as many as pooling says, in Friedman's way
            own = (1 - pooling) * scatter + pooling * self.pooled * self.counts.sum()
            own = own / ((1 - pooling) * self.counts[c] + pooling * self.counts.sum())
            own = own + 0.0
            cov = (1 - diagonal) * own + np.diag(diagonal * np.diag(own) + 1e-3 * np.diag(self.pooled).mean() + 1e-6)
            root = np.linalg.cholesky(cov)
            inv = np.linalg.solve(root, np.eye(p))
            self.factors.append(inv.T)
            self.logs.append(np.log(self.counts[c]) - np.log(np.diag(root)).sum())
        return self

    def log_joint(self, X: Array) -> Array:
        return np.stack([log - 0.5 * (((X - mean) @ f) ** 2).sum(axis=1)
            for mean, f, log in zip(self.means, self.factors, self.logs, strict=True)], axis=1)


def _softmax(z: Array) -> Array:
    exponential = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))


LEARNER = Learner(
    name="discriminant",
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median",),
        scalings=("quantile", "standard", "robust"),
    ),
    build=DiscriminantModel,
)
