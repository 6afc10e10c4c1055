"""Support vector machines with a radial kernel, for small tables.

Fitting costs more than the square of the rows, and the solver cannot be interrupted: rows are
capped, and a fit on a few of them tells how many the time is enough for. Probabilities come from a
logistic regression on decision values of rows that a machine has not seen (Platt, 1999, with the
cross-fitting that he asks for): a third of what the solver's own five-fold calibration costs.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from automl.data import make_folds, nested_order
from automl.pipelines.clock import Clock
from automl.pipelines.declaration import (
    Array,
    BuildSettings,
    Learner,
    Preparation,
    TableFacts,
    n_outputs,
)
from automl.space import Float, Parameter

__all__ = ["LEARNER", "SVMModel"]

MOST_ROWS = 3_000
PILOT_ROWS = 300
COST_EXPONENT = 2.3
TIME_SHARE = 0.5  # of what is left after the pilot; its cost is a guess
CROSS_FITS = 3
LEAST_ROWS_TO_CROSS_FIT = 30
CALIBRATION_C = 3.0
ITERATIONS_A_ROW = 50  # bounds the worst of high C on noisy rows
BLOCK_ROWS = 2_048


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Cost of errors and the kernel's width; `gamma` 1 is scikit-learn's "scale"."""
    common = (
        Float("C", 0.03, 300.0, default=1.0, log=True),
        Float("gamma", 0.01, 10.0, default=0.5, log=True),
    )
    if facts.task != "regression":
        return common
    return (*common, Float("epsilon", 0.003, 0.5, default=0.1, log=True))


class SVMModel:
    """Support vector classification with calibrated probabilities, or regression.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> SVMModel:
        """Fit on as many rows as there is time for, then calibrate."""
        from sklearn.exceptions import ConvergenceWarning

        X = np.asarray(X, dtype=np.float64)
        self._n_outputs = n_outputs(y, self.settings.task)
        rng = np.random.default_rng(self.settings.seed)
        order = nested_order(y, self.settings.task, np.arange(len(y)), rng)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            rows = np.sort(order[: self._affordable(X, y, order, clock)])
            X, y = X[rows], y[rows]
            self.machine_ = self._machine(X, y)
            if self.settings.task != "regression":
                self.calibration_ = self._calibration(X, y)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        scores = self.machine_.scores(np.asarray(X, dtype=np.float64))
        if self.settings.task == "regression":
            return scores[:, 0]
        # more classes than rows that were afforded
        probability = np.zeros((len(scores), self._n_outputs))
        probability[:, self.calibration_.classes_] = self.calibration_.predict_proba(scores)
        return probability

    def _affordable(self, X: Array, y: Array, order: Array, clock: Clock) -> int:
        """Rows for which the time should be enough, from the seconds that a few of them take."""
        n_rows = min(len(y), MOST_ROWS)
        if n_rows <= PILOT_ROWS or not np.isfinite(clock.left()):
            return n_rows
        pilot, before = order[:PILOT_ROWS], clock.left()
        self._machine(X[pilot], y[pilot])
        seconds = max(clock.elapsed_since(before), 1e-4)
        if self.settings.task != "regression":
            seconds *= 1.0 + CROSS_FITS * (1.0 - 1.0 / CROSS_FITS) ** COST_EXPONENT
        times = max(TIME_SHARE * clock.left() / seconds, 1.0)
        return int(min(n_rows, PILOT_ROWS * times ** (1.0 / COST_EXPONENT)))

    def _machine(self, X: Array, y: Array) -> _Machine:
        """Support vectors of some rows, all classes of which are present."""
        from sklearn.svm import SVC, SVR

        gamma = self.values["gamma"] / max(float(X.var(axis=0).sum()), 1e-9)
        common = {"C": self.values["C"], "gamma": gamma, "max_iter": ITERATIONS_A_ROW * len(y)}
        if self.settings.task == "regression":
            model = SVR(epsilon=self.values["epsilon"], **common)
        else:
            model = SVC(**common)
        model.fit(X, y)
        fitted = model.n_support_, model.dual_coef_, model.intercept_
        return _Machine(model.support_vectors_, *fitted, gamma)

    def _calibration(self, X: Array, y: Array) -> Any:
        """Logistic regression from scores of rows that a machine has not seen to classes."""
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import StandardScaler

        scores = self.machine_.scores(X)
        if len(y) >= LEAST_ROWS_TO_CROSS_FIT:
            rng = np.random.default_rng(self.settings.seed)
            for fold in make_folds(y, self.settings.task, CROSS_FITS, rng):
                machine = self._machine(X[fold.train], y[fold.train])
                scores[fold.validation] = machine.scores(X[fold.validation])
        # scores of rare classes hardly vary: unscaled, the penalty would keep them from counting
        calibration = LogisticRegression(C=CALIBRATION_C, max_iter=300)
        return make_pipeline(StandardScaler(), calibration).fit(scores, y)


@dataclass(frozen=True, eq=False)
class _Machine:
    """Support vectors, grouped by class, with their weights against each other class."""

    vectors: Array
    sizes: Array
    weights: Array
    intercepts: Array
    gamma: float

    def scores(self, X: Array) -> Array:
        """Values, decision values of two classes, or a score for each class.

        The solver fits a machine for each pair of classes. A class gets the mean of its machines,
        cut where they are sure: how far a row is from a border says nothing of other classes.
        """
        from sklearn.metrics.pairwise import rbf_kernel

        parts = [
            self._of_kernel(rbf_kernel(X[begin : begin + BLOCK_ROWS], self.vectors, self.gamma))
            for begin in range(0, len(X), BLOCK_ROWS)
        ]
        return np.concatenate(parts)

    def _of_kernel(self, kernel: Array) -> Array:
        if len(self.intercepts) == 1:
            return np.asarray(kernel @ self.weights.T + self.intercepts)
        ends = np.cumsum(self.sizes)
        against = [
            kernel[:, end - size : end] @ self.weights[:, end - size : end].T
            for size, end in zip(self.sizes, ends, strict=True)
        ]
        scores = np.zeros((len(kernel), len(ends)))
        pairs = combinations(range(len(ends)), 2)
        for (one, other), intercept in zip(pairs, self.intercepts, strict=True):
            decision = against[one][:, other - 1] + against[other][:, one] + intercept
            decision = np.clip(decision, -1.0, 1.0)
            scores[:, one] += decision
            scores[:, other] -= decision
        return scores / (len(ends) - 1)


LEARNER = Learner(
    name="svm",
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median", "mean"),
        scalings=("standard", "quantile", "robust"),
    ),
    build=SVMModel,
    row_exponent=1.7,
)
