"""What a regressor minimises, where the metric asks for something else than squared error.

An objective is a text in a configuration: "squared", "absolute", "quantile_<level>", "poisson",
"gamma" or "tweedie". Those of positive targets get targets that are divided by their mean and
not centred, so that they stay positive.
"""

from __future__ import annotations

import numpy as np

from automl.pipelines.declaration import Array, TableFacts
from automl.space import Categorical, Parameter

__all__ = ["OF_POSITIVE", "level_of", "objective_loss", "objective_parameters"]

OF_POSITIVE = ("poisson", "gamma", "tweedie")
SETTING_LEAVES_ANEW = ("absolute", "quantile")
"""Boosting moves leaves after a tree has grown for these, without regard to monotonic constraints;
where there are some, squared error takes their place."""


def objective_parameters(
    facts: TableFacts, supported: tuple[str, ...], instead: tuple[str, ...] = ()
) -> tuple[Parameter, ...]:
    """The objective that the metric asks for, where a learner has it, beside squared error.

    Parameters
    ----------
    facts : TableFacts
    supported : tuple of str
    instead : tuple of str
        Objectives of which squared error is the default all the same.
    """
    asked = facts.target.objective
    if facts.constrained and asked.partition("_")[0] in SETTING_LEAVES_ANEW:
        return ()
    if facts.task != "regression" or asked.partition("_")[0] not in supported:
        return ()
    default = "squared" if asked in instead else asked
    return (Categorical("objective", (asked, "squared"), default=default),)


def level_of(objective: str) -> float | None:
    """Level of "quantile_<level>", None for other objectives."""
    name, _, level = objective.partition("_")
    return float(level) if name == "quantile" else None


def objective_loss(
    objective: str, y: Array, prediction: Array, weights: Array | None = None
) -> float:
    """Loss by which rounds are chosen, up to what does not depend on the prediction."""
    level = level_of(objective)
    if objective in ("poisson", "gamma"):
        prediction = np.maximum(prediction, 1e-9)
        if objective == "poisson":
            return float(np.average(prediction - y * np.log(prediction), weights=weights))
        return float(np.average(np.log(prediction) + y / prediction, weights=weights))
    if objective == "absolute" or level is not None:
        error, share = y - prediction, 0.5 if level is None else level
        losses = np.maximum(share * error, (share - 1.0) * error)
        return float(np.average(losses, weights=weights))
    return float(np.average((y - prediction) ** 2, weights=weights))
