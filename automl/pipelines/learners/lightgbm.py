"""LightGBM, with early stopping on an inner split and a refit on all rows of small tables."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from scipy.special import expit, softmax

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
from automl.pipelines.objectives import OF_POSITIVE, level_of, objective_parameters
from automl.pipelines.pace import Pace
from automl.space import Categorical, Float, Integer, Parameter
from automl.threads import allowed_threads

__all__ = ["LEARNER", "LightGBMModel"]

MOST_ROUNDS = 4_000
ROUNDS_WITHOUT_SPLIT = 50
PATIENCE = 25
REFIT_ROWS = 15_000
WIDE_COLUMNS = 500
NOT_PREDICTING = (
    "split_gain=",
    "leaf_weight=",
    "leaf_count=",
    "internal_value=",
    "internal_weight=",
    "internal_count=",
    "tree_sizes=",  # would be wrong
)
"""Lines of a model in LightGBM's text form that only explanations read."""
LEAVES = "leaf_value="
FURTHER_DIGITS = re.compile(r"(\.0*[1-9]\d{7})\d+")
"""Of a leaf, after the eighth that counts; cutting them off is much faster than rounding."""
CACHED_LEAVES = 3_000
WANTED_REACH = 15.0
"""Learning rate times rounds that a fit is to have time for, as 300 rounds at 0.05."""
MOST_RATE = 0.3
TEXT_FORMS = 2.0
"""Times that writing the text form takes until it is short and read again."""
WIDE_BINS = 63  # twice as fast, and wide tables have more columns than need for fine cuts

OBJECTIVES = {
    "squared": ("regression", "l2"),
    "absolute": ("regression_l1", "l1"),
    "quantile": ("quantile", "quantile"),
    "poisson": ("poisson", "poisson"),
    "gamma": ("gamma", "gamma"),
    "tweedie": ("tweedie", "tweedie"),
}


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Ranges of the TabArena space, with rates that end within seconds."""
    common: list[Parameter] = [
        Float("learning_rate", 0.01, 0.2, default=0.05, log=True),
        Integer("num_leaves", 4, 256, default=31, log=True),
        Integer("min_data_in_leaf", 1, 100, default=10, log=True),
        Float("feature_fraction", 0.2, 1.0, default=0.7),
        Float("bagging_fraction", 0.5, 1.0, default=0.9),
        Float("lambda_l1", 1e-4, 10.0, default=0.01, log=True),
        Float("lambda_l2", 1e-4, 20.0, default=0.5, log=True),
        Categorical("extra_trees", (False, True), default=False),
    ]
    if facts.categorical:
        common += [
            Integer("min_data_per_group", 2, 100, default=20, log=True),
            Float("cat_smooth", 0.01, 100.0, default=10.0, log=True),
            Float("cat_l2", 0.01, 20.0, default=2.0, log=True),
            Integer("max_cat_to_onehot", 2, 64, default=8, log=True),
        ]
    return (*common, *objective_parameters(facts, tuple(OBJECTIVES)))


class LightGBMModel:
    """Gradient boosting with leaf-wise trees.

    Parameters
    ----------
    values : mapping
        Parameters of LightGBM, as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    rounds_ : int
        Rounds of the model that predicts, as if all had been made at the rate that was asked for.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock, weights: Array | None = None) -> LightGBMModel:
        """Find the number of rounds on inner rows, then refit on all where that is cheap."""
        import lightgbm

        parameters = self._parameters(X.shape[1], y)
        self._n_outputs = n_outputs(y, self.settings.task)
        # bins are found once, for the inner split and for the refit
        data = lightgbm.Dataset(
            X,
            label=y,
            weight=weights,
            params=parameters,
            categorical_feature=list(self.settings.categorical),
            free_raw_data=False,
        ).construct()
        rounds = self.settings.rounds
        split = (
            None if rounds is not None else inner_split(y, self.settings.task, self.settings.seed)
        )
        if split is None:
            pace = Pace(clock)
            fixed = ROUNDS_WITHOUT_SPLIT if rounds is None else rounds
            booster, best = _grow(parameters, data, fixed, None, pace)
        else:
            before = clock.left()
            train, stop = split
            parts = (data.subset(train.tolist()), data.subset(stop.tolist()))
            pace = Pace(clock, twice=len(y) <= REFIT_ROWS)
            booster, best = _grow(parameters, parts[0], MOST_ROUNDS, parts[1], pace)
            if fits_again(len(y), clock.elapsed_since(before), clock, REFIT_ROWS):
                again = scaled_rounds(pace.equivalent(best), len(train), len(y))
                pace = Pace(clock)
                booster, best = _grow(parameters, data, again, None, pace)
        self.rounds_ = pace.equivalent(best)
        # The text form leaves training data and rounds after the best behind. It is made once:
        # with several classes that takes as long as hundreds of rounds.
        self._text = _compact(booster.model_to_string(num_iteration=best))
        self.booster_ = lightgbm.Booster(model_str=self._text)
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        raw = self._raw(X)
        if self.settings.task == "regression":
            return np.exp(raw) if self.values.get("objective") in OF_POSITIVE else raw
        return softmax(raw, axis=1) if raw.ndim == 2 else np.column_stack([expit(-raw), expit(raw)])

    def _raw(self, X: Array) -> Array:
        """Sum of the trees, some at a time.

        LightGBM goes through all trees for one row after another; a model that is larger than the
        processor's cache is read from memory again for each row then, which takes twice as long.
        """
        step = max(1, CACHED_LEAVES // (self.values["num_leaves"] * max(1, self._n_outputs)))
        total = self._trees(X, 0, step)
        for start in range(step, self.booster_.current_iteration(), step):
            total += self._trees(X, start, step)
        return total

    def _trees(self, X: Array, start: int, n_rounds: int) -> Array:
        return np.asarray(
            self.booster_.predict(
                X,
                raw_score=True,
                start_iteration=start,
                num_iteration=n_rounds,
                num_threads=allowed_threads(),
            )
        )

    def __getstate__(self) -> dict[str, Any]:
        """The trees as a text without what does not predict."""
        state = dict(self.__dict__)
        text = state.pop("_text", None)
        if "booster_" in state:
            state["booster_"] = text or _compact(state["booster_"].model_to_string())
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        import lightgbm

        self.__dict__.update(state)
        if isinstance(state.get("booster_"), str):  # files of format 1 hold the booster itself
            self._text = state["booster_"]
            self.booster_ = lightgbm.Booster(model_str=self._text)

    def _parameters(self, n_columns: int, y: Array) -> dict[str, Any]:
        n_classes = n_outputs(y, self.settings.task)
        if self.settings.task == "regression":
            asked = self.values.get("objective", "squared")
            name, metric = OBJECTIVES[asked.partition("_")[0]]
            objective: dict[str, Any] = {"objective": name, "metric": metric}
            objective |= {} if name != "quantile" else {"alpha": level_of(asked)}
        elif n_classes == 2:
            objective = {"objective": "binary", "metric": "binary_logloss"}
        else:
            objective = {
                "objective": "multiclass",
                "metric": "multi_logloss",
                "num_class": n_classes,
            }
        values = {k: v for k, v in self.values.items() if k != "objective"}
        # a leaf of a small table must not need more rows than a split can leave
        values["min_data_in_leaf"] = min(values["min_data_in_leaf"], max(1, len(y) // 20))
        directions = self.settings.monotone
        if directions:
            constraints = (*directions, *[0] * (n_columns - len(directions)))
            objective["monotone_constraints"] = constraints
        return {
            **objective,
            **values,
            "bagging_freq": 1,
            "max_bin": WIDE_BINS if n_columns > WIDE_COLUMNS else 255,
            "min_data_in_bin": min(3, max(1, len(y) // 20)),
            "seed": self.settings.seed,
            "num_threads": allowed_threads(),
            "verbosity": -1,
            "deterministic": True,
            "force_col_wise": True,
            "feature_pre_filter": False,
        }


def _grow(
    parameters: dict[str, Any], data: Any, rounds: int, stop_data: Any, pace: Pace
) -> tuple[Any, int]:
    """Grow trees until `rounds`, the stop rule, or the end of the time; the best round."""
    import lightgbm

    rule = StopRule(PATIENCE, pace.clock)
    rate, done = parameters["learning_rate"], 0

    def watch(env: Any) -> None:
        nonlocal done
        done = env.iteration + 1
        if pace.is_to_be_set(done):
            text_seconds = _timed(lambda: env.model.model_to_string(num_iteration=done))
            wanted = rounds if stop_data is None else WANTED_REACH / rate
            pace.set(wanted, TEXT_FORMS * text_seconds / done, MOST_RATE / rate)
            if pace.factor > 1.0:
                env.model.reset_parameter({"learning_rate": rate * pace.factor})
        finished = pace.over(done) or (stop_data is None and pace.equivalent(done) >= rounds)
        if env.evaluation_result_list:
            finished |= rule.update(done, env.evaluation_result_list[0][2])
        if finished:
            raise lightgbm.callback.EarlyStopException(env.iteration, env.evaluation_result_list)

    booster = lightgbm.train(
        parameters,
        data,
        num_boost_round=rounds,
        valid_sets=None if stop_data is None else [stop_data],
        callbacks=[watch],
        keep_training_booster=True,  # else it goes through its text form, which is slow
    )
    return booster, done if stop_data is None else rule.best_round


def _timed(function: Callable[[], object]) -> float:
    started = time.monotonic()
    function()
    return time.monotonic() - started


def _compact(text: str) -> str:
    """A model without gains, weights and counts, and with leaves of eight digits.

    A file is three to five times smaller. Sums of leaves stay the same to seven digits, which is
    what their float32 inputs are worth.
    """
    trees, _, _ = text.partition("\nfeature_importances")
    kept = [line for line in trees.split("\n") if not line.startswith(NOT_PREDICTING)]
    return "\n".join(
        FURTHER_DIGITS.sub(r"\1", line) if line.startswith(LEAVES) else line for line in kept
    )


LEARNER = Learner(
    name="lightgbm",
    parameters=parameters,
    preparation=Preparation(
        encodings=("native", "target", "both"),
        features=("none", "all", "arithmetic", "crosses"),
    ),
    build=LightGBMModel,
    row_exponent=0.9,
    weights=True,
    monotone=True,
    anytime=True,
    threads=True,
)
