"""What is done to the predictions of an ensemble, decided on its out-of-fold predictions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.ensemble.calibration import choose_temperature, sharpened
from automl.ensemble.threshold import choose_weights
from automl.metrics import Array, Metric, floor_of

__all__ = ["UNCHANGED", "Postprocess", "postprocess"]


@dataclass(frozen=True)
class Postprocess:
    """Changes of a prediction; the default changes nothing.

    Parameters
    ----------
    temperature : float
        Probabilities are taken to the power of its inverse.
    weights : tuple of float
        Multiply the probabilities before the largest one gives the label; they do not change the
        probabilities themselves. Empty: all the same.
    floor : float
        Lowest value that a regression predicts.

    Examples
    --------
    >>> Postprocess(weights=(1.0, 5.0)).labels(np.array([[0.8, 0.2], [0.9, 0.1]])).tolist()
    [1, 0]
    """

    temperature: float = 1.0
    weights: tuple[float, ...] = ()
    floor: float = -np.inf

    def apply(self, prediction: Array) -> Array:
        """Probabilities or values as they are handed out."""
        if prediction.ndim == 1:
            return np.asarray(np.maximum(prediction, self.floor))
        return prediction if self.temperature == 1.0 else sharpened(prediction, self.temperature)

    def weighted(self, probability: Array) -> Array:
        """Probabilities times weights, for metrics and rules that take the largest one."""
        return probability * np.asarray(self.weights) if self.weights else probability

    def labels(self, probability: Array) -> Array:
        """Class codes."""
        return np.asarray(self.weighted(probability).argmax(axis=1))

    def score(self, metric: Metric, y: Array, prediction: Array) -> float:
        """Score of a prediction of which labels are taken as in `labels`."""
        return metric.score(y, self.weighted(prediction) if metric.needs == "label" else prediction)


UNCHANGED = Postprocess()


def postprocess(
    prediction: Array, y: Array, metric: Metric, rng: np.random.Generator
) -> Postprocess:
    """Choose what improves the metric, by cross-fitting.

    Parameters
    ----------
    prediction : ndarray of shape (n_rows, n_classes) or (n_rows,)
        Out-of-fold predictions of the ensemble.
    y : ndarray of shape (n_rows,)
        Class codes or values.
    metric : Metric
    rng : numpy.random.Generator

    Returns
    -------
    Postprocess
    """
    if metric.needs == "value":
        positive = metric.objective in ("poisson", "gamma", "tweedie")
        return Postprocess(floor=floor_of(y) if positive else -np.inf)
    if metric.needs == "label":
        return Postprocess(weights=choose_weights(prediction, y, metric, rng))
    return Postprocess(temperature=choose_temperature(prediction, y, metric, rng))
