"""Pipelines: preprocessing and a learner as one estimator, and the space that they are drawn from.

One file for each learner (`learners/`) and each kind of preprocessing step (`preprocessing/`).
"""

from automl.pipelines.build import (
    best_rounds,
    build_pipeline,
    is_anytime,
    pipeline_space,
    predicted_scaling,
)
from automl.pipelines.portfolio import cold_portfolio
from automl.pipelines.targets import target_facts

__all__ = [
    "best_rounds",
    "build_pipeline",
    "cold_portfolio",
    "is_anytime",
    "pipeline_space",
    "predicted_scaling",
    "target_facts",
]
