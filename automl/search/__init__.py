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
    Variations,
)
from automl.search.schedulers import (
    AshaScheduler,
    Decision,
    FullScheduler,
    HyperbandScheduler,
    NewTrial,
    Promote,
    Race,
    RaceScheduler,
    Scheduler,
    SuccessiveHalvingScheduler,
    Wait,
)
from automl.search.strategies import STRATEGIES, make_optimizer, make_race_optimizer

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
    "Race",
    "RaceScheduler",
    "RandomSampler",
    "Sampler",
    "Scheduler",
    "SmacSampler",
    "SobolSampler",
    "SuccessiveHalvingScheduler",
    "TPESampler",
    "TaskHistory",
    "Variations",
    "Wait",
    "best_first",
    "farthest_first",
    "make_optimizer",
    "make_race_optimizer",
    "ranked",
]
