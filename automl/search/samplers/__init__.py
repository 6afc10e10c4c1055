"""Samplers: which configuration to try next. One algorithm per file."""

from automl.search.samplers.base import Proposal, Sampler
from automl.search.samplers.random import RandomSampler
from automl.search.samplers.tpe import TPESampler

__all__ = ["Proposal", "RandomSampler", "Sampler", "TPESampler"]
