"""Gaussian process: a smooth function of all columns, with a length of its own for each of them.

The kernel's lengths and noise maximise the marginal likelihood on a few hundred rows (Rasmussen
and Williams, "Gaussian Processes for Machine Learning", chapter 5). With them, all rows are fitted
through a limited number of centres (Nyström; Williams and Seeger, NIPS 2000): where there are no
more rows than centres this is the exact process, and otherwise cost grows linearly with rows. For
classes the same features feed a logistic regression, whose probabilities need no calibration.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from contextlib import suppress
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
from automl.space import Categorical, Integer, Parameter

__all__ = ["LEARNER", "GaussianProcessModel"]

ROWS_FOR_LENGTHS = 400
MOST_ROWS = 20_000
MOST_LENGTHS = 100  # columns with a length of their own
MOST_ITERATIONS = 40
LENGTH_SPREAD = 1.0  # of the prior of log lengths around that of the isotropic start
JITTER = 1e-6
BLOCK_ROWS = 2_048
STRENGTHS = (0.3, 3.0, 30.0, 300.0)  # of the logistic regression, as its C


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Smoothness, whether columns have lengths of their own, and how many centres."""
    del facts
    return (
        Categorical("kernel", ("matern32", "matern52", "rbf"), default="matern52"),
        Categorical("relevance", (True, False), default=True),
        Integer("n_centers", 100, 1_000, default=500, log=True),
    )


class GaussianProcessModel:
    """Posterior mean of a Gaussian process, or logistic regression on its features.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    lengths_ : ndarray of float, shape (n_columns,)
        Lengths of the kernel; a long one means that its column hardly matters.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> GaussianProcessModel:
        """Find the kernel on a few rows, then the weights of the centres on all."""
        from scipy.linalg import solve_triangular

        rng = np.random.default_rng(self.settings.seed)
        X = np.asarray(X, dtype=np.float64)
        # centres, and the rows that lengths are found on, are the first of a random order
        order = rng.permutation(len(y))[:MOST_ROWS]
        X, y = X[order], y[order]
        some = slice(0, ROWS_FOR_LENGTHS)
        evidence = _Evidence(X[some], self._targets(y)[some], self.values, clock)
        self.lengths_, noise = evidence.maximise()
        X = X / self.lengths_
        self.centers_ = X[: int(self.values["n_centers"])]
        kernel = self._kernel(self.centers_)
        kernel[np.diag_indices_from(kernel)] += JITTER * len(kernel)
        root = np.linalg.cholesky(kernel)
        features = solve_triangular(root, self._kernel(X).T, lower=True).T
        weights, self.intercept_ = self._weights(features, y, noise, clock)
        self.weights_ = solve_triangular(root, weights, lower=True, trans=1)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        X = np.asarray(X, dtype=np.float64) / self.lengths_
        parts = [
            self._kernel(X[begin : begin + BLOCK_ROWS]) @ self.weights_
            for begin in range(0, len(X), BLOCK_ROWS)
        ]
        output = np.concatenate(parts) + self.intercept_
        return output[:, 0] if self.settings.task == "regression" else _softmax(output)

    def _kernel(self, X: Array) -> Array:
        return _shape(_squared_distances(X, self.centers_), self.values["kernel"])[0]

    def _targets(self, y: Array) -> Array:
        """What the kernel is found for: standardised values, or centred class indicators."""
        if self.settings.task == "regression":
            return y[:, None]
        indicators = np.eye(n_outputs(y, self.settings.task))[y]
        indicators = indicators[:, 1:] if indicators.shape[1] == 2 else indicators
        centred = indicators - indicators.mean(axis=0)
        return np.asarray(centred / np.maximum(indicators.std(axis=0), 1e-3))

    def _weights(self, features: Array, y: Array, noise: float, clock: Clock) -> tuple[Array, Any]:
        """Weights of the features, one column for each output, and the intercepts."""
        if self.settings.task == "regression":
            square = features.T @ features
            square[np.diag_indices_from(square)] += noise
            return np.linalg.solve(square, features.T @ y)[:, None], 0.0
        split = inner_split(y, self.settings.task, self.settings.seed)
        strength = STRENGTHS[1]
        if split is not None:
            strength = self._strength(features, y, split, clock)
        return _logistic(features, y, strength, None)[0]

    def _strength(
        self, features: Array, y: Array, split: tuple[Array, Array], clock: Clock
    ) -> float:
        """The strength with the lowest loss on inner rows; they are tried from weak to strong."""
        train, stop = split
        best, lowest, model = STRENGTHS[0], np.inf, None
        for strength in STRENGTHS:
            before = clock.left()
            (weights, intercept), model = _logistic(features[train], y[train], strength, model)
            probability = _softmax(features[stop] @ weights + intercept)
            loss = loss_of(y[stop], probability, self.settings.task)
            if loss >= lowest:
                break
            best, lowest = strength, loss
            if clock.left() < 3 * clock.elapsed_since(before):
                break
        return best


class _Evidence:
    """The marginal likelihood of some rows as a function of log lengths, variance and noise."""

    def __init__(self, X: Array, targets: Array, values: Mapping[str, Any], clock: Clock) -> None:
        self.X, self.targets, self.clock = X, targets, clock
        self.shape = values["kernel"]
        self.n_lengths = X.shape[1] if values["relevance"] and X.shape[1] <= MOST_LENGTHS else 1
        self.middle = 0.5 * np.log(max(1.0, float(X.var(axis=0).sum())))

    def maximise(self) -> tuple[Array, float]:
        """Lengths of all columns, and the noise relative to the variance."""
        from scipy.optimize import minimize

        start = np.append(np.full(self.n_lengths, self.middle), [0.0, np.log(0.1)])
        bounds = [(self.middle - 5, self.middle + 5)] * self.n_lengths + [(-4, 4), (-8, 3)]
        self.best, self.lowest = start, np.inf
        options: Any = {"maxiter": MOST_ITERATIONS, "maxfun": 2 * MOST_ITERATIONS}
        with suppress(TimeoutError):
            minimize(self._loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options=options)
        lengths = np.exp(np.broadcast_to(self.best[: self.n_lengths], self.X.shape[1:]))
        return lengths, float(np.exp(self.best[-1] - self.best[-2]))

    def _loss(self, point: Array) -> tuple[float, Array]:
        """Negative log evidence with a prior on lengths, and its gradient."""
        if self.clock.left() <= 0:
            raise TimeoutError
        variance, noise = np.exp(point[-2:])
        X = self.X / np.exp(point[: self.n_lengths])
        shape, slope = _shape(_squared_distances(X, X), self.shape)
        inverse, log_determinant = _invert(variance * shape, noise)
        solved = inverse @ self.targets
        n_targets = self.targets.shape[1]
        away = point[: self.n_lengths] - self.middle
        loss = 0.5 * (np.sum(self.targets * solved) + n_targets * log_determinant)
        loss += 0.5 * n_targets * np.sum((away / LENGTH_SPREAD) ** 2)
        # half the trace of (solved solved' - inverse) times the derivative of the covariance
        pull = solved @ solved.T - n_targets * inverse
        weight = pull * (variance * slope)
        by_column = weight.sum(axis=0) @ X**2 - np.sum(X * (weight @ X), axis=0)
        to_lengths = by_column if self.n_lengths > 1 else by_column.sum(keepdims=True)
        gradient = np.append(
            n_targets * away / LENGTH_SPREAD**2 - to_lengths,
            [-0.5 * variance * np.sum(pull * shape), -0.5 * noise * np.trace(pull)],
        )
        if loss < self.lowest:
            self.best, self.lowest = point.copy(), float(loss)
        return float(loss), gradient


def _squared_distances(A: Array, B: Array) -> Array:
    squares = (A**2).sum(axis=1)[:, None] + (B**2).sum(axis=1) - 2.0 * (A @ B.T)
    return np.asarray(np.maximum(squares, 0.0, out=squares))


def _shape(squares: Array, name: str) -> tuple[Array, Array]:
    """A kernel of unit variance, and minus its derivative by half the squared distance."""
    if name == "rbf":
        values = np.exp(-0.5 * squares)
        return values, values
    if name == "matern32":
        distance = np.sqrt(3.0 * squares)
        fall = np.exp(-distance)
        return (1.0 + distance) * fall, 3.0 * fall
    distance = np.sqrt(5.0 * squares)
    fall = np.exp(-distance)
    return (1.0 + distance + distance**2 / 3.0) * fall, 5.0 / 3.0 * (1.0 + distance) * fall


def _invert(covariance: Array, noise: float) -> tuple[Array, float]:
    """Inverse and log determinant of a covariance with noise."""
    from scipy.linalg.lapack import dpotrf, dpotri

    covariance[np.diag_indices_from(covariance)] += noise + JITTER
    root, _ = dpotrf(covariance, lower=1)
    inverse, _ = dpotri(root, lower=1)
    lower = np.tril(inverse)
    log_determinant = 2.0 * float(np.log(np.diag(root)).sum())
    return lower + np.tril(inverse, -1).T, log_determinant


def _logistic(
    features: Array, y: Array, strength: float, model: Any
) -> tuple[tuple[Array, Array], Any]:
    """Weights and intercepts, one column for each class; `model` is where to start from."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    if model is None:
        model = LogisticRegression(max_iter=200, tol=1e-3, warm_start=True)
    model.C = strength
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(features, y)
    weights, intercept = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:  # two classes: one column says it all
        weights, intercept = np.c_[0.0 * weights, weights], np.append(0.0, intercept)
    return (weights, intercept), model


def _softmax(z: Array) -> Array:
    exponential = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))


LEARNER = Learner(
    name="gaussian_process",
    screened=500,
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median", "mean"),
        scalings=("quantile", "standard", "robust"),
    ),
    build=GaussianProcessModel,
    row_exponent=1.0,
)
