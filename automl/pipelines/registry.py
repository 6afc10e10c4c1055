"""The learners that exist, and those that this installation can run."""

from __future__ import annotations

from importlib.util import find_spec

from automl.pipelines.declaration import Learner
from automl.pipelines.learners.catboost import LEARNER as CATBOOST
from automl.pipelines.learners.extra_trees import LEARNER as EXTRA_TREES
from automl.pipelines.learners.gaussian_process import LEARNER as GAUSSIAN_PROCESS
from automl.pipelines.learners.hist_gradient_boosting import LEARNER as HIST_GRADIENT_BOOSTING
from automl.pipelines.learners.k_nearest_neighbors import LEARNER as K_NEAREST_NEIGHBORS
from automl.pipelines.learners.lightgbm import LEARNER as LIGHTGBM
from automl.pipelines.learners.linear import LEARNER as LINEAR
from automl.pipelines.learners.mlp import LEARNER as MLP
from automl.pipelines.learners.random_forest import LEARNER as RANDOM_FOREST
from automl.pipelines.learners.xgboost import LEARNER as XGBOOST

__all__ = ["LEARNERS", "available_learners"]

LEARNERS: dict[str, Learner] = {
    learner.name: learner
    for learner in (
        LIGHTGBM,
        EXTRA_TREES,
        RANDOM_FOREST,
        HIST_GRADIENT_BOOSTING,
        LINEAR,
        K_NEAREST_NEIGHBORS,
        MLP,
        GAUSSIAN_PROCESS,
        XGBOOST,
        CATBOOST,
    )
}
"""All learners by name, in the order of the root parameter."""


def available_learners() -> tuple[Learner, ...]:
    """Learners whose packages are installed."""
    return tuple(
        learner
        for learner in LEARNERS.values()
        if learner.requires is None or find_spec(learner.requires) is not None
    )
