"""XGBoost, where it is installed."""

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
from automl.pipelines.early_stopping import (
    StopRule,
    fits_again,
    inner_split,
    scaled_rounds,
)
from automl.space import Float, Integer, Parameter
from automl.threads import allowed_threads

__all__ = ["LEARNER", "XGBoostModel"]

MOST_ROUNDS = 3_000
ROUNDS_WITHOUT_SPLIT = 50
PATIENCE = 25
REFIT_ROWS = 10_000


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Depth-wise trees, ranges of the TabArena space."""
    categorical: tuple[Parameter, ...] = ()
    if facts.categorical:
        categorical = (Integer("max_cat_to_onehot", 2, 64, default=8, log=True),)
    return (
        Float("eta", 0.02, 0.2, default=0.06, log=True),
        Integer("max_depth", 3, 10, default=6),
        Float("min_child_weight", 1e-2, 20.0, default=1.0, log=True),
        Float("subsample", 0.5, 1.0, default=0.8),
        Float("colsample_bytree", 0.3, 1.0, default=0.7),
        Float("reg_alpha", 1e-4, 5.0, default=0.01, log=True),
        Float("reg_lambda", 1e-2, 20.0, default=1.0, log=True),
        *categorical,
    )


class XGBoostModel:
    """Gradient boosting with depth-wise trees.

    Parameters
    ----------
    values : mapping
        Parameters of XGBoost, as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    rounds_ : int
        Rounds of the model that predicts.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock, weights: Array | None = None) -> XGBoostModel:
        """Find the number of rounds on inner rows, then refit on all where that is cheap."""
        parameters = self._parameters(X.shape[1], y)
        rounds = self.settings.rounds
        split = (
            None if rounds is not None else inner_split(y, self.settings.task, self.settings.seed)
        )
        if split is None:
            fixed = ROUNDS_WITHOUT_SPLIT if rounds is None else rounds
            self._grow(parameters, self._matrix(X, y, weights), fixed, None, clock)
            return self
        train, stop = split
        before = clock.left()
        parts = [
            self._matrix(X[rows], y[rows], None if weights is None else weights[rows])
            for rows in (train, stop)
        ]
        self._grow(parameters, parts[0], MOST_ROUNDS, parts[1], clock)
        if fits_again(len(y), clock.elapsed_since(before), clock, REFIT_ROWS):
            rounds = scaled_rounds(self.rounds_, len(train), len(y))
            self._grow(parameters, self._matrix(X, y, weights), rounds, None, clock)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """State with the trees as bytes, which every format can hold."""
        state = dict(self.__dict__)
        if "booster_" in state:
            state["booster_"] = bytes(self.booster_.save_raw("ubj"))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        import xgboost

        self.__dict__.update(state)
        if isinstance(state.get("booster_"), bytes):  # files of format 1 hold the booster itself
            trees = bytearray(state["booster_"])
            self.booster_ = xgboost.Booster({"nthread": 1}, model_file=trees)

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        raw = np.asarray(self.booster_.predict(self._matrix(X, None)))
        if self.settings.task == "regression" or raw.ndim == 2:
            return raw
        return np.column_stack([1.0 - raw, raw])

    def _matrix(self, X: Array, y: Array | None, weights: Array | None = None) -> Any:
        import xgboost

        types = ["c" if i in self.settings.categorical else "q" for i in range(X.shape[1])]
        return xgboost.DMatrix(
            X,
            label=y,
            weight=weights,
            feature_types=types,
            enable_categorical=True,
            nthread=allowed_threads(),
        )

    def _grow(
        self, parameters: dict[str, Any], data: Any, rounds: int, stop_data: Any, clock: Clock
    ) -> None:
        """Grow trees until `rounds`, the stop rule, or the end of the time."""
        import xgboost

        rule = StopRule(PATIENCE, clock)

        class Watch(xgboost.callback.TrainingCallback):
            def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:  # noqa: ARG002
                if not evals_log:
                    return clock.left() <= 0
                (losses,) = evals_log["stop"].values()
                return rule.update(epoch + 1, losses[-1])

        booster = xgboost.train(
            parameters,
            data,
            num_boost_round=rounds,
            evals=[] if stop_data is None else [(stop_data, "stop")],
            callbacks=[Watch()],
            verbose_eval=False,
        )
        done = booster.num_boosted_rounds() if stop_data is None else rule.best_round
        self.booster_, self.rounds_ = booster[:done], done

    def _parameters(self, n_columns: int, y: Array) -> dict[str, Any]:
        n_classes = n_outputs(y, self.settings.task)
        if self.settings.task == "regression":
            objective: dict[str, Any] = {"objective": "reg:squarederror"}
        elif n_classes == 2:
            objective = {"objective": "binary:logistic"}
        else:
            objective = {"objective": "multi:softprob", "num_class": n_classes}
        directions = self.settings.monotone
        if directions:
            constraints = (*directions, *[0] * (n_columns - len(directions)))
            objective["monotone_constraints"] = constraints
        return {
            **objective,
            **self.values,
            "tree_method": "hist",
            "max_bin": 256,
            "seed": self.settings.seed,
            "nthread": allowed_threads(),
            "verbosity": 0,
        }


LEARNER = Learner(
    name="xgboost",
    parameters=parameters,
    preparation=Preparation(encodings=("native", "target", "both")),
    build=XGBoostModel,
    row_exponent=0.9,
    requires="xgboost",
    weights=True,
    monotone=True,
    anytime=True,
    threads=True,
)
