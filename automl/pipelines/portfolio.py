"""The pipelines that a search without prior knowledge begins with.

Cheap and strong ones first, families alternating, so that an ensemble has something to choose from
within seconds. Values were picked on the tables of ``benchmarks/suites/dev.txt``, which share no
source with those of the benchmark; they replace the defaults of the space only where that helped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.data import Task
from automl.space import Config, Space

__all__ = ["Entry", "adapted", "cold_portfolio"]

Entry = tuple[str, Mapping[str, Any]]
"""A learner and the values that differ from its defaults."""

_RANDOM_CUTS: Entry = ("lightgbm", {"extra_trees": True, "learning_rate": 0.06})
_FEATURES: Entry = ("lightgbm", {"features": "all", "extra_trees": True})
_PERIODIC: Entry = ("mlp", {"embedding": "periodic", "epochs": 40})
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
_SMOOTH_FOREST: Entry = (
    "extra_trees",
    {"min_samples_leaf": 4, "max_features": 0.7, "criterion": "entropy"},
)

_BINARY: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("linear", {}),
    _RANDOM_CUTS,
    ("extra_trees", {}),
    ("mlp", {}),
    ("gaussian_process", {}),
    _FEATURES,
    ("catboost", {}),
    ("lightgbm", {"encoding": "both", "feature_fraction": 0.5, "num_leaves": 8}),
    _SMOOTH_FOREST,
    _PERIODIC,
    ("random_forest", {"criterion": "entropy"}),
    _SLOW_TREES,
    ("hist_gradient_boosting", {}),
)

_MULTICLASS: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("extra_trees", {}),
    ("linear", {}),
    _RANDOM_CUTS,
    ("mlp", {"basis": "piecewise"}),
    ("gaussian_process", {}),
    ("catboost", {}),
    ("lightgbm", {"encoding": "target"}),
    _SMOOTH_FOREST,
    _PERIODIC,
    ("random_forest", {"criterion": "entropy"}),
    _FEATURES,
    _SLOW_TREES,
    ("hist_gradient_boosting", {}),
)

_REGRESSION: tuple[Entry, ...] = (
    ("lightgbm", {}),
    ("linear", {}),
    ("extra_trees", {}),
    _RANDOM_CUTS,
    ("mlp", {"basis": "piecewise"}),
    ("xgboost", {}),
    ("catboost", {}),
    ("gaussian_process", {}),
    _FEATURES,
    ("linear", {"basis": "none", "scaling": "quantile"}),
    _PERIODIC,
    _SLOW_TREES,
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
        Of `pipeline_space`; parameters and values that it does not have are left out, and so are
        entries of learners that are not installed.

    Returns
    -------
    tuple of Config
        Without repetitions; the first is the default of the space.
    """
    return adapted(_ENTRIES[task], space)


def adapted(entries: tuple[Entry, ...], space: Space) -> tuple[Config, ...]:
    """Configurations of a space from entries, without repetitions."""
    found: dict[str, Config] = {}
    for learner, values in entries:
        if learner in space.by_name["learner"].choices:  # type: ignore[union-attr]
            named = {f"{learner}:{name}": value for name, value in values.items()}
            config = space.adapt({"learner": learner, **named})
            found.setdefault(config.key, config)
    return tuple(found.values())
