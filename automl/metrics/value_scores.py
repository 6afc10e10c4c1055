"""Scores of regression values.

Deviances need predictions above 0: what is lower counts as a thousandth of the mean target, the
value at which `automl.ensemble` ends the predictions of a model for such a metric.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.metrics.metric import Array

__all__ = [
    "Pinball",
    "explained_variance",
    "floor_of",
    "gamma_deviance",
    "mae",
    "mape",
    "max_error",
    "median_absolute_error",
    "mse",
    "poisson_deviance",
    "r2",
    "rmse",
    "rmsle",
    "tweedie_deviance",
]

TWEEDIE_POWER = 1.5


def rmse(y: Array, value: Array) -> float:
    """Root of the mean squared error."""
    return float(np.sqrt(np.mean((y - value) ** 2)))


def mse(y: Array, value: Array) -> float:
    """Mean squared error."""
    return float(np.mean((y - value) ** 2))


def mae(y: Array, value: Array) -> float:
    """Mean absolute error."""
    return float(np.mean(np.abs(y - value)))


def median_absolute_error(y: Array, value: Array) -> float:
    """Median absolute error."""
    return float(np.median(np.abs(y - value)))


def max_error(y: Array, value: Array) -> float:
    """Largest absolute error."""
    return float(np.max(np.abs(y - value)))


def mape(y: Array, value: Array) -> float:
    """Mean absolute error relative to the target."""
    return float(np.mean(np.abs(y - value) / np.maximum(np.abs(y), np.finfo(np.float64).eps)))


def rmsle(y: Array, value: Array) -> float:
    """RMSE of ``log(1 + y)``; predictions below 0 count as 0."""
    return rmse(np.log1p(y), np.log1p(np.maximum(value, 0.0)))


def r2(y: Array, value: Array) -> float:
    """Explained share of the squared deviations from the mean."""
    total = float(np.sum((y - y.mean()) ** 2))
    lost = float(np.sum((y - value) ** 2))
    return 1.0 - lost / total if total > 0 else float(lost == 0.0)


def explained_variance(y: Array, value: Array) -> float:
    """Explained share of the variance, whatever the mean error."""
    total, lost = float(np.var(y)), float(np.var(y - value))
    return 1.0 - lost / total if total > 0 else float(lost == 0.0)


@dataclass(frozen=True)
class Pinball:
    """Loss of a quantile, as ``mean_pinball_loss`` of scikit-learn."""

    level: float

    def __call__(self, y: Array, value: Array) -> float:
        """Mean loss."""
        error = y - value
        return float(np.mean(np.maximum(self.level * error, (self.level - 1.0) * error)))


def floor_of(y: Array) -> float:
    """The lowest prediction that a deviance takes."""
    return max(1e-3 * float(np.mean(y)), 1e-12)


def poisson_deviance(y: Array, value: Array) -> float:
    """Mean Poisson deviance."""
    value = np.maximum(value, floor_of(y))
    ratio = np.where(y > 0, y / value, 1.0)
    return float(2.0 * np.mean(y * np.log(ratio) - y + value))


def gamma_deviance(y: Array, value: Array) -> float:
    """Mean Gamma deviance."""
    value = np.maximum(value, floor_of(y))
    return float(2.0 * np.mean(np.log(value / y) + y / value - 1.0))


def tweedie_deviance(y: Array, value: Array) -> float:
    """Mean Tweedie deviance of power 1.5."""
    p, value = TWEEDIE_POWER, np.maximum(value, floor_of(y))
    constant = y ** (2 - p) / ((1 - p) * (2 - p))
    linear = y * value ** (1 - p) / (1 - p)
    return float(2.0 * np.mean(constant - linear + value ** (2 - p) / (2 - p)))
