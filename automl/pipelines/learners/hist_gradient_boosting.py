"""scikit-learn's HistGradientBoosting, grown in chunks."""

from __future__ import annotations

import copy
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
from automl.pipelines.early_stopping import (
    StopRule,
    fits_again,
    inner_split,
    loss_of,
    scaled_rounds,
)
from automl.pipelines.objectives import level_of, objective_loss, objective_parameters
from automl.space import Float, Integer, Parameter

__all__ = ["LEARNER", "HistGradientBoostingModel"]

Rows = tuple[Array, Array, Array | None]
"""Columns, targets, weights."""

MOST_ROUNDS = 1_000
ROUNDS_WITHOUT_SPLIT = 50
CHUNK = 10
PATIENCE = 30
MOST_LEVELS = 255
REFIT_ROWS = 10_000

OBJECTIVES = {
    "squared": "squared_error",
    "absolute": "absolute_error",
    "quantile": "quantile",
    "poisson": "poisson",
    "gamma": "gamma",
}
SLOW_OBJECTIVES = ("absolute",)
"""Two to four times as slow as squared error, which is the better second opinion."""


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Fewer than LightGBM's: its share is to be a second implementation with other defaults."""
    return (
        Float("learning_rate", 0.02, 0.3, default=0.1, log=True),
        Integer("max_leaf_nodes", 4, 128, default=24, log=True),
        Integer("min_samples_leaf", 1, 100, default=20, log=True),
        Float("l2_regularization", 1e-4, 20.0, default=0.5, log=True),
        Float("max_features", 0.2, 1.0, default=0.5),
        *objective_parameters(facts, tuple(OBJECTIVES), instead=SLOW_OBJECTIVES),
    )


class HistGradientBoostingModel:
    """Histogram-based boosting; categorical features with at most 255 levels stay native.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    rounds_ : int
        Rounds of the model that predicts.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(
        self, X: Array, y: Array, clock: Clock, weights: Array | None = None
    ) -> HistGradientBoostingModel:
        """Find the number of rounds on inner rows, then refit on all where that is cheap."""
        task, seed = self.settings.task, self.settings.seed
        rounds = self.settings.rounds
        split = None if rounds is not None else inner_split(y, task, seed)
        fitted = slice(None) if split is None else split[0]
        # binning fails on a column without any value
        self.columns_ = np.flatnonzero(~np.isnan(X[fitted]).all(axis=0))
        X = self._with_values(X)
        if split is None:
            fixed = ROUNDS_WITHOUT_SPLIT if rounds is None else rounds
            self._grow((X, y, weights), fixed, clock)
            return self
        parts = [(X[rows], y[rows], None if weights is None else weights[rows]) for rows in split]
        before = clock.left()
        self._grow_and_stop(parts[0], parts[1], clock)
        if fits_again(len(y), clock.elapsed_since(before), clock, REFIT_ROWS):
            fixed = scaled_rounds(self.rounds_, len(split[0]), len(y))
            self._grow((X, y, weights), fixed, clock)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        X = self._with_values(X)
        return self._predict(self.model_, X)

    def _with_values(self, X: Array) -> Array:
        """Rows without the columns that were empty in training."""
        if len(self.columns_) == X.shape[1]:
            return X
        return X[:, self.columns_] if len(self.columns_) else np.zeros((len(X), 1), np.float32)

    def _grow(self, rows: Rows, rounds: int, clock: Clock) -> None:
        """Grow a fixed number of rounds, at once where there is no limit."""
        model = self._model()
        done = 0
        # each chunk bins all rows again, so that chunks get longer
        for end in [rounds] if not np.isfinite(clock.left()) else _chunks(rounds):
            before = clock.left()
            model.max_iter = end
            model.fit(*rows)
            done = end
            if clock.left() < 2 * clock.elapsed_since(before):
                break
        self.model_, self.rounds_ = model, done

    def _grow_and_stop(self, rows: Rows, stop: Rows, clock: Clock) -> None:
        """Grow while the loss on inner rows falls; keep a copy of the best."""
        X_stop, y_stop, weights = stop
        model = self._model()
        rule = StopRule(PATIENCE, clock)
        for end in _chunks(MOST_ROUNDS):
            before = clock.left()
            model.max_iter = end
            model.fit(*rows)
            loss = self._loss(y_stop, self._predict(model, X_stop), weights)
            finished = rule.update(end, loss)
            if rule.best_round == end:
                self.model_, self.rounds_ = copy.deepcopy(model), end
            if finished or clock.left() < 2 * clock.elapsed_since(before):
                break

    def _predict(self, model: Any, X: Array) -> Array:
        if self.settings.task == "regression":
            return np.asarray(model.predict(X))
        return np.asarray(model.predict_proba(X))

    @property
    def _objective(self) -> str:
        return str(self.values.get("objective", "squared"))

    def _loss(self, y: Array, prediction: Array, weights: Array | None) -> float:
        if self.settings.task == "regression":
            return objective_loss(self._objective, y, prediction, weights)
        return loss_of(y, prediction, self.settings.task, weights)

    def _model(self) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        regression = self.settings.task == "regression"
        kind = HistGradientBoostingRegressor if regression else HistGradientBoostingClassifier
        features = self.settings.features
        codes = {i for i in self.settings.categorical if features[i].n_levels <= MOST_LEVELS}
        native = [place for place, i in enumerate(self.columns_) if i in codes]
        values = {k: v for k, v in self.values.items() if k != "objective"}
        if regression:
            values["loss"] = OBJECTIVES[self._objective.partition("_")[0]]
            values["quantile"] = level_of(self._objective)
        if self.settings.monotone:
            directions = np.zeros(
                max(self.columns_.max(initial=0) + 1, len(self.settings.monotone))
            )
            directions[: len(self.settings.monotone)] = self.settings.monotone
            values["monotonic_cst"] = directions[self.columns_]
        return kind(
            **values,
            categorical_features=native if native else None,
            early_stopping=False,
            warm_start=True,
            random_state=self.settings.seed,
        )


def _chunks(rounds: int) -> list[int]:
    """Rounds at which growing pauses: every 10 at first, then every sixth part more."""
    ends = [min(CHUNK, rounds)]
    while ends[-1] < rounds:
        ends.append(min(rounds, ends[-1] + max(CHUNK, ends[-1] // 6)))
    return ends


LEARNER = Learner(
    name="hist_gradient_boosting",
    screened=500,
    parameters=parameters,
    preparation=Preparation(
        encodings=("native", "target"),
        features=("none", "all", "arithmetic", "crosses"),
    ),
    build=HistGradientBoostingModel,
    row_exponent=0.9,
    weights=True,
    monotone=True,
    anytime=True,
)
