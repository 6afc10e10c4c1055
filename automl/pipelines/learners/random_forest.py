"""Random forest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from automl.pipelines.declaration import BuildSettings, Learner, Preparation, TableFacts
from automl.pipelines.learners.forest import ForestModel, forest_parameters
from automl.space import Parameter

__all__ = ["LEARNER"]


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """A third of the columns at each split."""
    return forest_parameters(facts, max_features=0.33)


def build(values: Mapping[str, Any], settings: BuildSettings) -> ForestModel:
    """With bootstrap."""
    return ForestModel("RandomForest", True, values, settings)


LEARNER = Learner(
    name="random_forest",
    parameters=parameters,
    preparation=Preparation(
        encodings=("ordinal", "onehot", "target"), imputations=("median", "below")
    ),
    build=build,
    row_exponent=1.1,
    weights=True,
    anytime=True,
)
