"""Schedulers: at which fidelity to evaluate, and what to promote. One algorithm per file."""

from automl.search.schedulers.asha import AshaScheduler
from automl.search.schedulers.base import Decision, NewTrial, Promote, Scheduler

__all__ = ["AshaScheduler", "Decision", "NewTrial", "Promote", "Scheduler"]
