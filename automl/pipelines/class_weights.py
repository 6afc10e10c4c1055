"""Weights of classes while a learner is fitted, and the way back to the prior.

A learner that is fitted with weight w_k for the rows of class k predicts probabilities in
proportion to w_k p_k; dividing by w_k gives back p_k (Elkan, IJCAI 2001).

Offered for linear models, which gain in rankings and labels of rare classes. Boosting lost with
every metric on tables that were tried, and for log loss weights never pay.
"""

from __future__ import annotations

import numpy as np

from automl.pipelines.declaration import Array, TableFacts
from automl.space import Categorical, Parameter

__all__ = ["class_weight_parameters", "row_weights", "to_prior"]

POWERS = {"none": 0.0, "sqrt": 0.5, "balanced": 1.0}
RARE = 0.2
"""Share of the rarest class below which weights can matter."""


def class_weight_parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """The choice of weights, where labels are counted, or rows with a rare class ranked."""
    asked = facts.target.objective
    if asked == "label" or (asked == "ranking" and facts.target.minority < RARE):
        return (Categorical("class_weight", tuple(POWERS), default="none"),)
    return ()


def row_weights(y: Array, kind: str) -> tuple[Array | None, Array | None]:
    """Weights of rows, with mean 1, and of classes; None where all rows count the same.

    Parameters
    ----------
    y : ndarray of int
        Codes ``0..k-1``, all present.
    kind : {"none", "sqrt", "balanced"}
        Power of the inverse class shares.

    Examples
    --------
    >>> rows, _ = row_weights(np.array([0, 0, 0, 1]), "balanced")
    >>> [round(float(weight), 2) for weight in rows]
    [0.67, 0.67, 0.67, 2.0]
    """
    if kind == "none":
        return None, None
    shares = np.bincount(y) / len(y)
    weights = shares ** -POWERS[kind]
    weights /= shares @ weights
    return weights[y], weights


def to_prior(probability: Array, weights: Array | None) -> Array:
    """Probabilities as if no class had been weighted."""
    if weights is None:
        return probability
    corrected = probability / weights
    return np.asarray(corrected / corrected.sum(axis=1, keepdims=True))
