"""Optimizers behind ask and tell: they decide what to evaluate next, and neither run nor write.

A sampler proposes configurations, a scheduler decides at which fidelity to evaluate and what to
promote, and an `Optimizer` puts the two together. Each is a pure function of the history, of what
is under way, and of an explicit generator.
"""

from automl.search.optimizer import Optimizer
from automl.search.ranking import best_first, farthest_first, ranked
from automl.search.samplers import (
    GridSampler,
    Proposal,
    RandomSampler,
    Sampler,
    SmacSampler,
    SobolSampler,
    TaskHistory,
    TPESampler,
)
from automl.search.schedulers import (
    AshaScheduler,
    Decision,
    FullScheduler,
    HyperbandScheduler,
    NewTrial,
    Promote,
    Scheduler,
    SuccessiveHalvingScheduler,
)
from automl.search.strategies import STRATEGIES, make_optimizer

__all__ = [
    "STRATEGIES",
    "AshaScheduler",
    "Decision",
    "FullScheduler",
    "GridSampler",
    "HyperbandScheduler",
    "NewTrial",
    "Optimizer",
    "Promote",
    "Proposal",
    "RandomSampler",
    "Sampler",
    "Scheduler",
    "SmacSampler",
    "SobolSampler",
    "SuccessiveHalvingScheduler",
    "TPESampler",
    "TaskHistory",
    "best_first",
    "farthest_first",
    "make_optimizer",
    "ranked",
]
