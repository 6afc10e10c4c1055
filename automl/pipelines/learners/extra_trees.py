"""Extremely randomised trees: random thresholds, all rows, a different error from boosting."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.pipelines.declaration import BuildSettings, Learner, Preparation, TableFacts
from automl.pipelines.learners.forest import ForestModel, forest_parameters
from automl.space import Parameter

__all__ = ["LEARNER"]


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Random thresholds want more columns at each split than best ones do, numbers all of them."""
    return forest_parameters(facts, max_features=1.0 if facts.task == "regression" else 0.5)


def build(values: Mapping[str, Any], settings: BuildSettings) -> ForestModel:
    """Without bootstrap, which TabArena's authors found better."""
    return ForestModel("ExtraTrees", False, values, settings)


LEARNER = Learner(
    name="extra_trees",
    parameters=parameters,
    preparation=Preparation(
        encodings=("ordinal", "onehot", "target"), imputations=("median", "below")
    ),
    build=build,
    row_exponent=1.1,
    weights=True,
    anytime=True,
)
