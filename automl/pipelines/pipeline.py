"""A pipeline as a scikit-learn estimator: preprocessing, targets, learner, and one thread.

Targets are handled here, once for all learners: labels become contiguous codes, regression targets
are standardised, probabilities come out with rows that sum to 1, and a training part with a
single class needs no learner at all.
"""

from __future__ import annotations

import copy
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin, clone

from automl.pipelines.clock import Clock
from automl.pipelines.declaration import Array, Model
from automl.pipelines.targets import make_target
from automl.threads import limit_threads

__all__ = ["PipelineClassifier", "PipelineRegressor"]

REACH = 0.1
"""Values may leave the range of the training targets by this share of it: linear models and
networks can be off by orders of magnitude on a single row outside of what they have seen."""

MOST_SMEARING = 1.5


class _TabularPipeline(BaseEstimator):  # type: ignore[misc]
    """What both kinds share.

    Parameters
    ----------
    preprocessing : transformer or None
        None: rows are passed on untouched.
    learner : Model
    max_seconds : float, optional
        For preprocessing and learner together; None: the clock is never read.
    """

    def __init__(
        self, preprocessing: Any, learner: Model, max_seconds: float | None = None
    ) -> None:
        self.preprocessing = preprocessing
        self.learner = learner
        self.max_seconds = max_seconds

    def _fit(self, X: Array, y: Array, clock: Clock, weights: Array | None) -> None:
        self.preprocessing_, rows = None, X
        if self.preprocessing is not None:
            self.preprocessing_ = clone(self.preprocessing)
            rows = self.preprocessing_.fit_transform(X, y)
        of_rows = () if weights is None else (weights,)
        self.learner_ = copy.copy(self.learner).fit(rows, y, clock, *of_rows)

    def _predict(self, X: Array) -> Array:
        with limit_threads():
            rows = X if self.preprocessing_ is None else self.preprocessing_.transform(X)
            return self.learner_.predict(rows)


class PipelineClassifier(ClassifierMixin, _TabularPipeline):  # type: ignore[misc]
    """Preprocessing and a classifier; see `automl.pipelines.build_pipeline`."""

    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit on encoded rows and any labels.

        Parameters
        ----------
        X : ndarray of float32, shape (n_rows, n_features)
            NaN is missing; categorical columns hold codes. Never written to.
        y : ndarray, shape (n_rows,)
        sample_weight : ndarray, shape (n_rows,), optional
            For learners that take it; rows of weight 0 are left out.
        """
        clock = Clock(self.max_seconds)
        X, y, weights = _weighted(X, y, sample_weight)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) > 1:
            with limit_threads():
                self._fit(X, codes, clock, weights)
        return self

    def predict_proba(self, X: Array) -> Array:
        """Probabilities, columns in the order of `classes_`."""
        if len(self.classes_) == 1:
            return np.ones((len(X), 1))
        probability = np.asarray(self._predict(X), dtype=np.float64)
        probability = np.clip(probability, 1e-9, 1.0)
        return np.asarray(probability / probability.sum(axis=1, keepdims=True))

    def predict(self, X: Array) -> Array:
        """Most probable labels."""
        return np.asarray(self.classes_[self.predict_proba(X).argmax(axis=1)])


class PipelineRegressor(RegressorMixin, _TabularPipeline):  # type: ignore[misc]
    """Preprocessing and a regressor; see `automl.pipelines.build_pipeline`.

    Parameters
    ----------
    preprocessing, learner, max_seconds
        As for both kinds.
    target : str
        One of `automl.pipelines.targets.TARGETS`.
    smear : bool
        Whether the mean that the transform of the target takes away is given back.
    positive : bool
        For objectives of positive targets: the learner gets shares of the mean.
    """

    def __init__(
        self,
        preprocessing: Any,
        learner: Model,
        max_seconds: float | None = None,
        target: str = "none",
        smear: bool = False,
        positive: bool = False,
    ) -> None:
        super().__init__(preprocessing, learner, max_seconds)
        self.target = target
        self.smear = smear
        self.positive = positive

    def fit(self, X: Array, y: Array, sample_weight: Array | None = None) -> Self:
        """Fit on encoded rows and numeric targets.

        Parameters
        ----------
        X : ndarray of float32, shape (n_rows, n_features)
            NaN is missing; categorical columns hold codes. Never written to.
        y : ndarray of float, shape (n_rows,)
        sample_weight : ndarray, shape (n_rows,), optional
            For learners that take it; rows of weight 0 are left out.
        """
        clock = Clock(self.max_seconds)
        X, y, weights = _weighted(X, y, sample_weight)
        target = np.asarray(y, dtype=np.float64)
        reach = REACH * float(np.ptp(target))
        self.bounds_ = (float(target.min()) - reach, float(target.max()) + reach)
        self.target_ = make_target(self.target).fit(target)
        changed = self.target_.transform(target)
        spread = float(changed.mean() if self.positive else changed.std())
        self.center_ = 0.0 if self.positive else float(changed.mean())
        self.scale_ = spread if spread > 0 else 1.0
        self.factor_ = 1.0
        with limit_threads():
            self._fit(X, (changed - self.center_) / self.scale_, clock, weights)
        if self.smear:
            self.factor_ = _smearing(target, self.predict(X), weights)
        return self

    def predict(self, X: Array) -> Array:
        """Predicted values."""
        values = np.asarray(self._predict(X), dtype=np.float64)
        values = self.target_.inverse(values * self.scale_ + self.center_)
        return np.clip(self.factor_ * values, *self.bounds_)


def _weighted(X: Array, y: Array, weights: Array | None) -> tuple[Array, Array, Array | None]:
    """Rows that count, and their weights with mean 1; all rows where none is left."""
    if weights is None or not (weights > 0).any():
        return X, y, None
    if not (weights > 0).all():
        counted = np.flatnonzero(weights > 0)
        X, y, weights = X[counted], y[counted], weights[counted]
    return X, y, weights / weights.mean()


def _smearing(target: Array, fitted: Array, weights: Array | None) -> float:
    """Factor that gives predictions the mean of the training targets; 1 where that makes no sense.

    Residuals of training rows are too small, so that the factor stays on the safe side of 1.
    """
    if target.min() < 0 or fitted.sum() <= 0:
        return 1.0
    factor = np.average(target, weights=weights) / np.average(fitted, weights=weights)
    return float(np.clip(factor, 1.0 / MOST_SMEARING, MOST_SMEARING))
