"""CatBoost, where it is installed."""

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
from automl.pipelines.early_stopping import StopRule, inner_split
from automl.space import Float, Integer, Parameter
from automl.threads import allowed_threads

__all__ = ["LEARNER", "CatBoostModel"]

MOST_ROUNDS = 1_000
ROUNDS_WITHOUT_SPLIT = 100
PATIENCE = 30
LEAST_ROWS_TO_SAMPLE = 20  # CatBoost refuses samples without rows


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Ranges of the TabArena space with rates that end within seconds."""
    categorical: tuple[Parameter, ...] = ()
    if facts.categorical:
        categorical = (Integer("one_hot_max_size", 2, 64, default=8, log=True),)
    return (
        Float("learning_rate", 0.02, 0.2, default=0.08, log=True),
        Integer("depth", 3, 8, default=6),
        Float("l2_leaf_reg", 0.1, 20.0, default=3.0, log=True),
        Float("random_strength", 0.1, 10.0, default=1.0, log=True),
        Float("rsm", 0.3, 1.0, default=0.8),
        Float("subsample", 0.6, 1.0, default=0.8),
        *categorical,
    )


class CatBoostModel:
    """Symmetric trees with ordered target statistics.

    Parameters
    ----------
    values : mapping
        Parameters of CatBoost, as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    rounds_ : int
        Rounds of the model that predicts.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock, weights: Array | None = None) -> CatBoostModel:
        """Find the number of rounds on inner rows; its rounds are too dear for a refit."""
        rounds = self.settings.rounds
        split = (
            None if rounds is not None else inner_split(y, self.settings.task, self.settings.seed)
        )
        if split is None:
            fixed = ROUNDS_WITHOUT_SPLIT if rounds is None else rounds
            self._grow(y, self._pool(X, y, weights), fixed, None, clock)
        else:
            pools = [
                self._pool(X[rows], y[rows], None if weights is None else weights[rows])
                for rows in split
            ]
            self._grow(y, pools[0], MOST_ROUNDS, pools[1], clock)
        return self

    def __getstate__(self) -> dict[str, Any]:
        """State with the trees as bytes, which every format can hold."""
        state = dict(self.__dict__)
        if "model_" in state:
            state["model_"] = self.model_._serialize_model()  # else only files can be written
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        from catboost import CatBoost

        self.__dict__.update(state)
        if isinstance(state.get("model_"), bytes):  # files of format 1 hold the object itself
            self.model_ = CatBoost().load_model(blob=state["model_"])

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        kind = "RawFormulaVal" if self.settings.task == "regression" else "Probability"
        pool = self._pool(X, None)
        return np.asarray(
            self.model_.predict(pool, prediction_type=kind, thread_count=allowed_threads())
        )

    def _pool(self, X: Array, y: Array | None, weights: Array | None = None) -> Any:
        import pandas as pd
        from catboost import Pool

        categorical = list(self.settings.categorical)
        if not categorical:
            return Pool(X, label=y, weight=weights, thread_count=allowed_threads())
        table = pd.DataFrame(X)
        for column in categorical:
            table[column] = np.where(np.isnan(X[:, column]), -1, X[:, column]).astype(np.int32)
        return Pool(
            table, label=y, weight=weights, cat_features=categorical, thread_count=allowed_threads()
        )

    def _grow(self, y: Array, data: Any, rounds: int, stop_data: Any, clock: Clock) -> None:
        """Grow trees until `rounds`, the stop rule, or the end of the time."""
        from catboost import CatBoost

        rule = StopRule(PATIENCE, clock)

        class Watch:
            def after_iteration(self, info: Any) -> bool:
                if stop_data is None:
                    return clock.left() > 0
                (losses,) = info.metrics["validation"].values()
                return not rule.update(info.iteration, losses[-1])

        self.model_ = CatBoost({**self._parameters(y), "iterations": rounds})
        self.model_.fit(data, eval_set=stop_data, callbacks=[Watch()], use_best_model=False)
        if stop_data is not None:
            self.model_.shrink(rule.best_round)
        self.rounds_ = int(self.model_.tree_count_)

    def _parameters(self, y: Array) -> dict[str, Any]:
        if self.settings.task == "regression":
            loss = "RMSE"
        else:
            loss = "Logloss" if n_outputs(y, self.settings.task) == 2 else "MultiClass"
        values = dict(self.values)
        if len(y) < LEAST_ROWS_TO_SAMPLE:
            values.pop("subsample")
        if any(self.settings.monotone):
            directions = enumerate(self.settings.monotone)
            values["monotone_constraints"] = {i: way for i, way in directions if way}
        return {
            **values,
            "loss_function": loss,
            "bootstrap_type": "Bernoulli" if "subsample" in values else "No",
            "boosting_type": "Plain",
            "random_seed": self.settings.seed,
            "thread_count": allowed_threads(),
            "allow_writing_files": False,
            "logging_level": "Silent",
        }


LEARNER = Learner(
    name="catboost",
    parameters=parameters,
    preparation=Preparation(encodings=("native",)),
    build=CatBoostModel,
    row_exponent=1.0,
    requires="catboost",
    weights=True,
    monotone=True,
    anytime=True,
    threads=True,
)
