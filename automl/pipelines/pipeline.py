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
from automl.pipelines.threads import single_thread

__all__ = ["PipelineClassifier", "PipelineRegressor"]

REACH = 0.1
"""Values may leave the range of the training targets by this share of it: linear leaves, splines
and networks can be off by orders of magnitude on a single row outside of what they have seen."""


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

    def _fit(self, X: Array, y: Array, clock: Clock) -> None:
        self.preprocessing_, rows = None, X
        if self.preprocessing is not None:
            self.preprocessing_ = clone(self.preprocessing)
            rows = self.preprocessing_.fit_transform(X, y)
        self.learner_ = copy.copy(self.learner).fit(rows, y, clock)

    def _predict(self, X: Array) -> Array:
        with single_thread():
            rows = X if self.preprocessing_ is None else self.preprocessing_.transform(X)
            return self.learner_.predict(rows)


class PipelineClassifier(ClassifierMixin, _TabularPipeline):  # type: ignore[misc]
    """Preprocessing and a classifier; see `automl.pipelines.build_pipeline`."""

    def fit(self, X: Array, y: Array) -> Self:
        """Fit on encoded rows and any labels.

        Parameters
        ----------
        X : ndarray of float32, shape (n_rows, n_features)
            NaN is missing; categorical columns hold codes. Never written to.
        y : ndarray, shape (n_rows,)
        """
        clock = Clock(self.max_seconds)
        self.classes_, codes = np.unique(y, return_inverse=True)
        if len(self.classes_) > 1:
            with single_thread():
                self._fit(X, codes, clock)
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
    """Preprocessing and a regressor; see `automl.pipelines.build_pipeline`."""

    def fit(self, X: Array, y: Array) -> Self:
        """Fit on encoded rows and numeric targets.

        Parameters
        ----------
        X : ndarray of float32, shape (n_rows, n_features)
            NaN is missing; categorical columns hold codes. Never written to.
        y : ndarray of float, shape (n_rows,)
        """
        clock = Clock(self.max_seconds)
        target = np.asarray(y, dtype=np.float64)
        self.center_ = float(target.mean())
        deviation = float(target.std())
        self.scale_ = deviation if deviation > 0 else 1.0
        reach = REACH * float(np.ptp(target))
        self.bounds_ = (float(target.min()) - reach, float(target.max()) + reach)
        with single_thread():
            self._fit(X, (target - self.center_) / self.scale_, clock)
        return self

    def predict(self, X: Array) -> Array:
        """Predicted values."""
        values = np.asarray(self._predict(X), dtype=np.float64)
        return np.clip(values * self.scale_ + self.center_, *self.bounds_)
