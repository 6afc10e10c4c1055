"""What a metric is: a function with a sign, and what it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

__all__ = ["Array", "Metric", "Needs", "prior_weights"]

Array = npt.NDArray[Any]
Needs = Literal["probability", "label", "value"]

PRIOR_POWERS = (0.0, 0.5, 1.0)


@dataclass(frozen=True)
class Metric:
    """One figure of merit.

    Parameters
    ----------
    name : str
        The name under which it is asked for and reported.
    function : callable
        ``function(y_true, prediction) -> float`` in the metric's own sign.
    greater_is_better : bool
        Direction of the score.
    needs : {"probability", "label", "value"}
        What the function takes: class probabilities, class codes, or regression values.
    tasks : tuple of str
        Tasks that the metric is defined for.
    best : float
        The score of a perfect prediction.
    objective : str
        What a learner should minimise where this metric counts; "" where its usual loss will do.
    least : float
        Targets below are outside of the metric's domain.
    tunable : bool
        Whether a decision threshold may be chosen for it. Not where it would be trivial, as for
        recall, which is perfect where everything is called positive; nor for accuracy, for which
        the most probable class is right.
    slow : bool
        Whether a call may take milliseconds, so that it must not be called by the thousand.
    """

    name: str
    function: Callable[[Array, Array], float]
    greater_is_better: bool
    needs: Needs
    tasks: tuple[str, ...]
    best: float
    objective: str = ""
    least: float = -np.inf
    tunable: bool = False
    slow: bool = False

    def score(self, y: Array, prediction: Array) -> float:
        """Score of a prediction, in the metric's own sign."""
        if self.needs == "label":
            prediction = prediction.argmax(axis=1)
        return float(self.function(y, prediction))

    def loss(self, y: Array, prediction: Array) -> float:
        """Distance from a perfect score; lower is better, 0 is perfect."""
        return self.loss_of(self.score(y, prediction))

    def loss_of(self, score: float) -> float:
        """Loss that belongs to a score."""
        return self.best - score if self.greater_is_better else score - self.best

    @property
    def asked(self) -> str:
        """What learners are told to minimise, "label" for all metrics that count labels."""
        return "label" if self.needs == "label" else self.objective

    @property
    def searched(self) -> Metric:
        """The form in which pipelines are compared while they are searched.

        Labels of rare classes are decided by a threshold that is chosen in the end. Pipelines are
        compared by the best of three thresholds each, between one half and the share of the
        class; otherwise all of them would look alike as long as nobody predicts a rare class.
        """
        if not self.tunable or self.slow:
            return self
        return replace(self, function=_AtBestPower(self), needs="probability", tunable=False)


@dataclass(frozen=True)
class _AtBestPower:
    """Best score over a few powers of the class shares as weights."""

    metric: Metric

    def __call__(self, y: Array, probability: Array) -> float:
        weights = [prior_weights(y, probability.shape[1], power) for power in PRIOR_POWERS]
        scores = [self.metric.score(y, probability * w) for w in weights]
        return max(scores) if self.metric.greater_is_better else min(scores)


def prior_weights(y: Array, n_classes: int, power: float) -> Array:
    """Class weights from the inverse class shares; classes without rows count as one row.

    Examples
    --------
    >>> prior_weights(np.array([0, 0, 0, 1]), 2, power=1.0).round(2).tolist()
    [1.33, 4.0]
    """
    counts = np.maximum(np.bincount(y, minlength=n_classes), 1)
    return np.asarray((counts / len(y)) ** -power)
