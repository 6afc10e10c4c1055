"""Samplers: which configuration to try next. One algorithm per file."""

from automl.search.samplers.base import Proposal, Sampler
from automl.search.samplers.grid import GridSampler
from automl.search.samplers.priors import TaskHistory
from automl.search.samplers.random import RandomSampler
from automl.search.samplers.smac import SmacSampler
from automl.search.samplers.sobol import SobolSampler
from automl.search.samplers.tpe import TPESampler
from automl.search.samplers.variations import Variations, VariationSampler

__all__ = [
    "GridSampler",
    "Proposal",
    "RandomSampler",
    "Sampler",
    "SmacSampler",
    "SobolSampler",
    "TPESampler",
    "TaskHistory",
    "VariationSampler",
    "Variations",
]
