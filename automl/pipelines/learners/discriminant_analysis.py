"""Regularised discriminant analysis: a normal distribution for each class.

Each class has a mean and a covariance, which is drawn towards the one that all classes share
(`pooling`), and from there towards its diagonal (`independence`). All of the first is linear
discriminant analysis, all of the second is naive Bayes, and nothing of either is quadratic
discriminant analysis (Friedman, "Regularized Discriminant Analysis", JASA 1989; his second step
goes to a multiple of the identity, which suits columns of the same unit).

Columns that depend on each other count twice, so that the probabilities are much too sure: the
log likelihoods are divided by a temperature that is chosen on inner rows.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl.data import holdout_split
from automl.pipelines.clock import Clock
from automl.pipelines.declaration import (
    Array,
    BuildSettings,
    Learner,
    Preparation,
    TableFacts,
)
from automl.pipelines.early_stopping import inner_split, loss_of
from automl.space import Float, Parameter

__all__ = ["LEARNER", "DiscriminantModel", "NormalClasses"]

MOST_ROWS = 50_000
MOST_COLUMNS = 200
LEAST_VARIANCE = 0.01
"""Part of a column's variance over all classes that it has in each of them at least."""
TEMPERATURES = (1.0, 1.4, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0)
TEMPERATURE = 2.0
"""Where there are too few rows to choose one."""


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """How much of its covariance a class shares, and how much of the covariance is left out."""
    del facts
    return (
        Float("pooling", 0.0, 1.0, default=1.0),
        Float("independence", 0.0, 1.0, default=0.1),
    )


@dataclass(frozen=True, eq=False)
class NormalClasses:
    """A normal distribution for each class.

    Parameters
    ----------
    log_shares : ndarray, shape (n_classes,)
    means : ndarray, shape (n_classes, n_columns)
    whitening : ndarray, shape (n_classes, n_columns, n_columns)
        What makes the columns of a class independent and of unit variance.
    """

    log_shares: Array
    means: Array
    whitening: Array

    def log_likelihoods(self, X: Array) -> Array:
        """Of each row in each class, up to a constant."""
        found = np.empty((len(X), len(self.means)))
        for k, (mean, whitening) in enumerate(zip(self.means, self.whitening, strict=True)):
            log_scale = np.log(np.diag(whitening)).sum()
            found[:, k] = log_scale - 0.5 * np.square((X - mean) @ whitening).sum(axis=1)
        return found

    def probabilities(self, log_likelihoods: Array, temperature: float) -> Array:
        """Bayes' theorem."""
        scores = self.log_shares + log_likelihoods / temperature
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))


class DiscriminantModel:
    """Classes by the likelihood of their normal distributions.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    columns_ : ndarray of int
        Those that are used: of wide tables the ones that alone tell the classes apart best.
    classes_ : NormalClasses
    temperature_ : float
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> DiscriminantModel:  # noqa: ARG002
        """Estimate the distributions; the temperature with those of a part of the rows."""
        task, seed = self.settings.task, self.settings.seed
        if len(y) > MOST_ROWS:
            rows, _ = holdout_split(y, task, len(y) - MOST_ROWS, np.random.default_rng(seed))
            X, y = X[rows], y[rows]
        self.columns_ = _telling_columns(X, y)
        X = np.asarray(X[:, self.columns_], dtype=np.float64)
        split = inner_split(y, task, seed)
        self.temperature_ = TEMPERATURE if split is None else self._temperature(X, y, split)
        self.classes_ = self._classes(X, y)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities."""
        found = self.classes_.log_likelihoods(X[:, self.columns_])
        return self.classes_.probabilities(found, self.temperature_)

    def _temperature(self, X: Array, y: Array, split: tuple[Array, Array]) -> float:
        train, stop = split
        classes = self._classes(X[train], y[train])
        found = classes.log_likelihoods(X[stop])
        losses = [
            loss_of(y[stop], classes.probabilities(found, temperature), self.settings.task)
            for temperature in TEMPERATURES
        ]
        return TEMPERATURES[int(np.argmin(losses))]

    def _classes(self, X: Array, y: Array) -> NormalClasses:
        pooling, independence = self.values["pooling"], self.values["independence"]
        counts = np.bincount(y)
        means = np.stack([X[y == k].mean(axis=0) for k in range(len(counts))])
        shared = _covariance(X - means[y])
        # a constant column has to have some variance, too
        least = np.where(np.ptp(X, axis=0) > 0, LEAST_VARIANCE * X.var(axis=0), 1.0)
        whitening = []
        for k, count in enumerate(counts):
            own = _covariance(X[y == k] - means[k])
            # a single row says nothing of a spread
            part = max(pooling, 1.0 / count)
            covariance = (1.0 - part) * own + part * shared
            variances = np.maximum(np.diag(covariance), least)
            covariance *= 1.0 - independence
            np.fill_diagonal(covariance, variances)
            whitening.append(_whitening(covariance))
        return NormalClasses(
            np.log(counts / len(y)), means.astype(np.float32), np.array(whitening, np.float32)
        )


def _covariance(centred: Array) -> Array:
    return np.asarray(centred.T @ centred / len(centred))


def _whitening(covariance: Array) -> Array:
    """The inverse of the upper Cholesky factor; near the singular the diagonal is raised."""
    from scipy.linalg import solve_triangular

    raised = covariance + 1e-3 * np.diag(np.diag(covariance))
    root = np.linalg.cholesky(raised)
    return np.asarray(solve_triangular(root, np.eye(len(root)), lower=True).T)


def _telling_columns(X: Array, y: Array) -> Array:
    """The columns with the highest ratios of variances, in their order."""
    from sklearn.feature_selection import f_classif

    if X.shape[1] <= MOST_COLUMNS:
        return np.arange(X.shape[1])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of constant columns, whose ratio is not a number
        ratios = np.nan_to_num(f_classif(X, y)[0], nan=0.0, posinf=np.inf)
    return np.sort(np.argsort(-ratios, kind="stable")[:MOST_COLUMNS])


LEARNER = Learner(
    name="discriminant_analysis",
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median", "mean"),
        scalings=("standard", "robust", "quantile"),
    ),
    build=DiscriminantModel,
    row_exponent=1.0,
    tasks=("binary", "multiclass"),
)
