"""Temperature scaling (Guo et al., ICML 2017) of the probabilities of an ensemble.

One number makes all probabilities sharper or flatter. It is fitted on out-of-fold predictions, and
kept only where it helps on rows that it was not fitted on.
"""

from __future__ import annotations

import numpy as np

from automl.ensemble.parts import cross_parts
from automl.metrics import Array, Metric

__all__ = ["choose_temperature", "sharpened"]

CALIBRATED = ("log_loss", "brier", "brier_multiclass")
LEAST_ROWS_BINARY = 3_000
LEAST_ROWS_MULTICLASS = 500
MOST_CELLS = 1_000_000
LARGEST = 4.0
"""Temperatures lie between this and its inverse."""

_TINY = 1e-12


def sharpened(probability: Array, temperature: float) -> Array:
    """Probabilities to the power of the inverse temperature, with rows that sum to 1.

    Examples
    --------
    >>> sharpened(np.array([[0.9, 0.1]]), 2.0).round(2).tolist()
    [[0.75, 0.25]]
    """
    logits = np.log(np.maximum(probability, _TINY)) / temperature
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def choose_temperature(
    probability: Array, y: Array, metric: Metric, rng: np.random.Generator
) -> float:
    """Temperature of the lowest loss, or 1.0 where cross-fitting shows no gain.

    Parameters
    ----------
    probability : ndarray of shape (n_rows, n_classes)
        Out-of-fold predictions of the ensemble.
    y : ndarray of shape (n_rows,)
    metric : Metric
        Others than log loss and Brier score are left alone.
    rng : numpy.random.Generator
        Draws the parts.

    Returns
    -------
    float
        The geometric mean of the temperatures of all parts.
    """
    least = LEAST_ROWS_BINARY if probability.shape[1] == 2 else LEAST_ROWS_MULTICLASS
    if metric.name not in CALIBRATED or len(y) < least:
        return 1.0
    most = max(least, MOST_CELLS // probability.shape[1])
    if len(y) > most:
        rows = np.sort(rng.choice(len(y), size=most, replace=False))
        probability, y = probability[rows], y[rows]
    found: list[float] = []
    gains: list[float] = []
    for rest, part in cross_parts(y, rng):
        temperature = _best(probability[rest], y[rest], metric)
        before = metric.loss(y[part], probability[part])
        gains.append(before - metric.loss(y[part], sharpened(probability[part], temperature)))
        found.append(np.log(temperature))
    better = float(np.mean(gains)) > 0.0 and 2 * sum(gain > 0.0 for gain in gains) > len(gains)
    return float(np.exp(np.mean(found))) if better else 1.0


def _best(probability: Array, y: Array, metric: Metric) -> float:
    from scipy.optimize import minimize_scalar

    def loss(log_temperature: float) -> float:
        return metric.loss(y, sharpened(probability, float(np.exp(log_temperature))))

    most = np.log(LARGEST)
    return float(np.exp(minimize_scalar(loss, bounds=(-most, most), options={"xatol": 0.01}).x))
