"""Optimizers behind ask and tell: they decide what to evaluate next, and neither run nor write.

A sampler proposes configurations, a scheduler decides at which fidelity to evaluate and what to
promote, and an `Optimizer` puts the two together. Each is a pure function of the history, of what
is under way, and of an explicit generator.
"""

from automl.search.optimizer import Optimizer
from automl.search.samplers import Proposal, RandomSampler, Sampler, TPESampler
from automl.search.schedulers import AshaScheduler, Decision, NewTrial, Promote, Scheduler
from automl.search.strategies import make_optimizer

__all__ = [
    "AshaScheduler",
    "Decision",
    "NewTrial",
    "Optimizer",
    "Promote",
    "Proposal",
    "RandomSampler",
    "Sampler",
    "Scheduler",
    "TPESampler",
    "make_optimizer",
]
