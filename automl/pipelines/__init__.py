"""Pipelines: preprocessing and a learner as one estimator, and the space that they are drawn from.

One file for each learner (`learners/`) and each kind of preprocessing step (`preprocessing/`).
"""

from automl.pipelines.build import (
    best_rounds,
    build_pipeline,
    is_anytime,
    pipeline_space,
    predicted_scaling,
    uses_threads,
)
from automl.pipelines.large_tables import large_portfolio, variations_in
from automl.pipelines.portfolio import cold_portfolio
from automl.pipelines.targets import target_facts

__all__ = [
    "best_rounds",
    "build_pipeline",
    "cold_portfolio",
    "is_anytime",
    "large_portfolio",
    "pipeline_space",
    "predicted_scaling",
    "target_facts",
    "uses_threads",
    "variations_in",
]
