"""Schedulers: at which fidelity to evaluate, and what to promote. One algorithm per file."""

from automl.search.schedulers.asha import AshaScheduler
from automl.search.schedulers.base import Decision, NewTrial, Promote, Scheduler, Wait
from automl.search.schedulers.full import FullScheduler
from automl.search.schedulers.hyperband import HyperbandScheduler
from automl.search.schedulers.race import Race, RaceScheduler
from automl.search.schedulers.successive_halving import SuccessiveHalvingScheduler

__all__ = [
    "AshaScheduler",
    "Decision",
    "FullScheduler",
    "HyperbandScheduler",
    "NewTrial",
    "Promote",
    "Race",
    "RaceScheduler",
    "Scheduler",
    "SuccessiveHalvingScheduler",
    "Wait",
]
