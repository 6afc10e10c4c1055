"""Metric definitions, scorers of the user's own, and intervals of scores."""

from automl.metrics.intervals import mean_interval, row_errors, score_interval
from automl.metrics.metric import Array, Metric, prior_weights
from automl.metrics.registry import (
    METRICS,
    check_domain,
    default_metric,
    quick_metric,
    resolve_metric,
    row_losses,
    selection_metric,
)
from automl.metrics.value_scores import floor_of

__all__ = [
    "METRICS",
    "Array",
    "Metric",
    "check_domain",
    "default_metric",
    "floor_of",
    "mean_interval",
    "prior_weights",
    "quick_metric",
    "resolve_metric",
    "row_errors",
    "row_losses",
    "score_interval",
    "selection_metric",
]
