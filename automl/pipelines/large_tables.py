"""Pipelines for tables on which only a few can be fitted on all rows, and what to change in them.

Boosting of several kinds takes part, and one of each cheap other kind: which of them leads differs
from table to table by more than any refinement of one of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from automl.pipelines.portfolio import Entry, adapted
from automl.space import Config, Space

__all__ = ["large_portfolio", "variations_in"]

_DEEP: Mapping[str, Any] = {"num_leaves": 127, "min_data_in_leaf": 40, "bagging_fraction": 1.0}
"""Many rows carry larger trees, and drawing rows anew for each tree costs more than it saves."""
_DRAWN: Mapping[str, Any] = {"feature_fraction": 0.5, "lambda_l2": 5.0}

_LARGE: tuple[Entry, ...] = (
    ("lightgbm", {**_DEEP, "num_leaves": 63}),
    ("lightgbm", {**_DEEP, "extra_trees": True}),
    ("lightgbm", {**_DEEP, "encoding": "target", "feature_fraction": 0.5}),
    ("catboost", {}),
    ("lightgbm", {**_DEEP, **_DRAWN, "num_leaves": 31}),
    ("lightgbm", {**_DEEP, "num_leaves": 255}),
    ("lightgbm", {**_DEEP, "features": "all", "extra_trees": True}),
    ("mlp", {"basis": "piecewise"}),
    ("linear", {}),
    ("lightgbm", {**_DEEP, "features": "arithmetic"}),
    ("xgboost", {}),
    ("lightgbm", {**_DEEP, **_DRAWN, "num_leaves": 8}),
)

_VARIED: Mapping[str, Callable[[Any], Any]] = {
    "extra_trees": lambda random_cuts: not random_cuts,
    "encoding": {"native": "target", "target": "both", "both": "native"}.__getitem__,
    "num_leaves": lambda leaves: round(leaves * 2.5 if leaves < 100 else leaves / 2.5),
    "feature_fraction": lambda share: 0.35 if share > 0.5 else 0.8,
    "features": lambda steps: "all" if steps != "all" else "none",
}
"""What a value becomes in a variation, the most promising first."""


def large_portfolio(space: Space, n: int) -> tuple[Config, ...]:
    """The first configurations of the race.

    Parameters
    ----------
    space : Space
        Of `automl.pipelines.pipeline_space`; parameters that it does not have are left out, and so
        are entries of learners that are not installed.
    n : int
        How many at most.
    """
    return adapted(_LARGE, space)[:n]


def variations_in(space: Space) -> Callable[[Config], list[Config]]:
    """What may be changed in a pipeline of boosting, one thing at a time.

    Parameters
    ----------
    space : Space
        Of `automl.pipelines.pipeline_space`.

    Returns
    -------
    callable
        From a configuration to its variations; those of other learners have none.
    """

    def variations(config: Config) -> list[Config]:
        if config["learner"] != "lightgbm":
            return []
        varied = {f"lightgbm:{name}": change for name, change in _VARIED.items()}
        return [
            space.adapt({**config, name: change(config[name])})
            for name, change in varied.items()
            if name in config
        ]

    return variations
