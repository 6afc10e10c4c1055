"""What is known without any column: the yardstick whose normalised score is 0."""

from __future__ import annotations

import numpy as np

from benchmarks.systems.base import Fitted, Job, System

__all__ = ["SYSTEMS"]


def fit_prior(job: Job) -> Fitted:
    """Class shares, or the mean: what is known without any column."""
    if job.task == "regression":
        mean = float(job.y.mean())
        return Fitted(lambda X: np.full(len(X), mean))
    shares = job.y.astype(str).value_counts(normalize=True).sort_index()
    return Fitted(lambda X: np.tile(shares.to_numpy(), (len(X), 1)), list(shares.index))


SYSTEMS = (System("prior", "benchmarks.systems.prior:fit_prior", ("pandas",), uses_budget=False),)
