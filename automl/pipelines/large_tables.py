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

_NEXT: Mapping[str, Mapping[Any, Any]] = {
    "encoding": {"native": "target", "target": "both", "both": "native"},
    "features": {"none": "all", "all": "none", "arithmetic": "all", "crosses": "all"},
}
"""What stands in for a choice in a variation."""
_MANY_LEAVES, _MORE_LEAVES = 100, 2.5
_FEW_COLUMNS, _MANY_COLUMNS = 0.35, 0.8


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
        learner = config["learner"]
        if learner != "lightgbm":
            return []
        values = {name.partition(":")[2]: value for name, value in config.items()}
        leaves, columns = values["num_leaves"], values["feature_fraction"]
        more = _MORE_LEAVES if leaves < _MANY_LEAVES else 1.0 / _MORE_LEAVES
        changes: list[dict[str, Any]] = [
            {"extra_trees": not values["extra_trees"]},
            *({name: _NEXT[name][values[name]]} for name in ("encoding",) if name in values),
            {"num_leaves": round(more * leaves)},
            {"feature_fraction": _FEW_COLUMNS if columns > 0.5 else _MANY_COLUMNS},
            *({name: _NEXT[name][values[name]]} for name in ("features",) if name in values),
        ]
        changed = [{**config, **{f"{learner}:{k}": v for k, v in one.items()}} for one in changes]
        return [space.adapt(one) for one in changed]

    return variations
