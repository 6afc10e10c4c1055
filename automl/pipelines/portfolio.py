"""The pipelines that a search without prior knowledge begins with.

Cheap and strong ones first, families alternating, so that an ensemble has something to choose from
within seconds. Values were picked by cross-validation on public tables that no benchmark of this
project uses; they replace the defaults of the space only where that helped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.data import Task
from automl.space import Config, Space

__all__ = ["cold_portfolio"]

Entry = tuple[str, Mapping[str, Any]]

_RANDOM_CUTS: Entry = ("lightgbm", {"extra_trees": True, "learning_rate": 0.06})
_STATISTICS: Entry = ("lightgbm", {"encoding": "both", "feature_fraction": 0.4, "num_leaves": 15})
_SLOW_TREES: Entry = (
    "lightgbm",
    {
        "learning_rate": 0.02,
        "num_leaves": 63,
        "feature_fraction": 0.5,
        "min_data_in_leaf": 5,
        "lambda_l2": 1.0,
    },
)

_BINARY: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("linear", {}),
    _RANDOM_CUTS,
    ("extra_trees", {}),
    ("mlp", {}),
    ("catboost", {}),
    ("lightgbm", {"encoding": "both", "feature_fraction": 0.5, "num_leaves": 8}),
    ("extra_trees", {"min_samples_leaf": 4, "max_features": 0.7, "criterion": "entropy"}),
    ("mlp", {"scaling": "robust"}),
    ("random_forest", {"criterion": "entropy"}),
    _SLOW_TREES,
    ("k_nearest_neighbors", {"scaling": "quantile"}),
    ("hist_gradient_boosting", {}),
)

_MULTICLASS: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("extra_trees", {}),
    ("linear", {}),
    ("mlp", {"basis": "piecewise"}),
    _RANDOM_CUTS,
    ("catboost", {}),
    ("lightgbm", {"encoding": "target"}),
    ("extra_trees", {"min_samples_leaf": 4, "max_features": 0.7, "criterion": "entropy"}),
    ("random_forest", {"criterion": "entropy"}),
    ("mlp", {}),
    _SLOW_TREES,
    ("k_nearest_neighbors", {"scaling": "quantile"}),
    ("hist_gradient_boosting", {}),
)

_REGRESSION: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("linear", {}),
    ("extra_trees", {}),
    ("mlp", {"basis": "piecewise"}),
    ("xgboost", {}),
    ("catboost", {}),
    _STATISTICS,
    ("linear", {"basis": "none", "scaling": "quantile"}),
    ("lightgbm", {"linear_tree": True, "num_leaves": 8, "learning_rate": 0.08}),
    _RANDOM_CUTS,
    ("linear", {"basis": "quadratic"}),
    _SLOW_TREES,
    ("random_forest", {}),
    ("hist_gradient_boosting", {}),
)

_ENTRIES: Mapping[Task, tuple[Entry, ...]] = {
    "binary": _BINARY,
    "multiclass": _MULTICLASS,
    "regression": _REGRESSION,
}


def cold_portfolio(task: Task, space: Space) -> tuple[Config, ...]:
    """Hand-written configurations, in the order in which to try them.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    space : Space
        Of `pipeline_space`; values of parameters that it does not have are left out, and so are
        entries of learners that are not installed.

    Returns
    -------
    tuple of Config
        Without repetitions; the first is the default of the space.
    """
    found: dict[str, Config] = {}
    for learner, values in _ENTRIES[task]:
        if learner in space.by_name["learner"].choices:  # type: ignore[union-attr]
            named = {f"{learner}:{name}": value for name, value in values.items()}
            known = {name: value for name, value in named.items() if name in space.by_name}
            config = space.make({"learner": learner, **known})
            found.setdefault(config.key, config)
    return tuple(found.values())
