"""Linear models: logistic regression, ridge, and elastic net."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.pipelines.class_weights import class_weight_parameters, row_weights, to_prior
from automl.pipelines.clock import Clock
from automl.pipelines.declaration import (
    Array,
    BuildSettings,
    Learner,
    Preparation,
    TableFacts,
)
from automl.space import Categorical, Float, Parameter, When

__all__ = ["LEARNER", "ElasticNetModel", "LogisticModel"]

CHUNK = 50
MOST_ITERATIONS = 500
SAGA_CELLS = 2_000_000
SLACK = 0.2


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Penalty and its strength; `C` is the inverse of the strength, as in scikit-learn."""
    penalty = Categorical("penalty", ("l2", "elastic_net"), default="l2")
    ratio = Float("l1_ratio", 0.05, 1.0, default=0.5, when=When("penalty", ("elastic_net",)))
    if facts.task == "regression":
        return (penalty, ratio, Float("alpha", 1e-4, 1e3, default=1.0, log=True))
    strength = Float("C", 1e-3, 1e2, default=0.3, log=True)
    return (penalty, ratio, strength, *class_weight_parameters(facts))


class LogisticModel:
    """Multinomial logistic regression.

    The elastic net falls back to the l2 penalty where its solver would take too long.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Any, y: Array, clock: Clock, weights: Array | None = None) -> LogisticModel:
        """Iterate in chunks until the solver is done or the time is over."""
        from sklearn.exceptions import ConvergenceWarning

        rows, self._class_weights = row_weights(y, self.values.get("class_weight", "none"))
        if weights is not None:
            rows = weights if rows is None else rows * weights
        self.model_ = self._model(X)
        chunk = MOST_ITERATIONS if not np.isfinite(clock.left()) else CHUNK
        self.model_.max_iter = chunk
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for _ in range(MOST_ITERATIONS // chunk):
                before = clock.left()
                self.model_.fit(X, y, sample_weight=rows)
                converged = np.max(self.model_.n_iter_) < chunk
                if converged or clock.left() < clock.elapsed_since(before):
                    break
        return self

    def predict(self, X: Any) -> Array:
        """Probabilities."""
        return to_prior(np.asarray(self.model_.predict_proba(X)), self._class_weights)

    def _model(self, X: Any) -> Any:
        from sklearn.linear_model import LogisticRegression

        common = {"C": self.values["C"], "warm_start": True, "random_state": self.settings.seed}
        if self.values["penalty"] == "l2" or X.shape[0] * X.shape[1] > SAGA_CELLS:
            return LogisticRegression(**common)
        return LogisticRegression(
            **common, l1_ratio=self.values["l1_ratio"], solver="saga", tol=1e-3
        )


class ElasticNetModel:
    """Ridge regression, or the elastic net by coordinate descent.

    Predictions stay within the range of the training targets and a fifth of it to both sides.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Any, y: Array, clock: Clock, weights: Array | None = None) -> ElasticNetModel:
        """Solve; the elastic net looks at the clock between chunks of sweeps."""
        from sklearn.exceptions import ConvergenceWarning

        slack = SLACK * (y.max() - y.min())
        self.low_, self.high_ = float(y.min() - slack), float(y.max() + slack)
        self.model_ = self._model(X)
        if self.values["penalty"] == "l2":
            self.model_.fit(X, y, sample_weight=weights)
            return self
        chunk = MOST_ITERATIONS if not np.isfinite(clock.left()) else CHUNK
        self.model_.max_iter = chunk
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            for _ in range(MOST_ITERATIONS // chunk):
                before = clock.left()
                self.model_.fit(X, y, sample_weight=weights)
                if self.model_.n_iter_ < chunk or clock.left() < clock.elapsed_since(before):
                    break
        return self

    def predict(self, X: Any) -> Array:
        """Values."""
        return np.asarray(np.clip(self.model_.predict(X), self.low_, self.high_))

    def _model(self, X: Any) -> Any:
        from sklearn.linear_model import ElasticNet, Ridge

        alpha = self.values["alpha"]
        if self.values["penalty"] == "l2":
            return Ridge(alpha=alpha, random_state=self.settings.seed)
        # the same scale as Ridge, whose loss is a sum over rows and not half their mean
        return ElasticNet(
            alpha=alpha / X.shape[0],
            l1_ratio=self.values["l1_ratio"],
            warm_start=True,
            random_state=self.settings.seed,
        )


def build(values: Mapping[str, Any], settings: BuildSettings) -> LogisticModel | ElasticNetModel:
    """Logistic for classes, ridge or elastic net for numbers."""
    kind = ElasticNetModel if settings.task == "regression" else LogisticModel
    return kind(values, settings)


LEARNER = Learner(
    name="linear",
    screened=None,
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median", "mean"),
        scalings=("standard", "robust", "quantile"),
        bases=("piecewise", "none", "quadratic"),
        sparse=True,
    ),
    build=build,
    row_exponent=1.0,
    weights=True,
)
