"""Parzen estimator over points with numbers, categoricals and inactive columns.

A mixture of one product kernel for each point and one uniform component, so that every region and
every unseen category keeps a finite density. Densities are relative to the uniform one; a kernel
says nothing (factor 1) about a column in which its own point is inactive: nothing is imputed.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from automl.search.samplers.branch import Points

__all__ = ["ParzenDensity"]

Singles = npt.NDArray[np.float32]

WIDTHS = (0.03, 0.25)  # bandwidths stay between these, in the unit interval
PRIOR_POINTS = 2.0  # strength of the uniform distribution in the estimate of a column's spread
REDRAWS = 8


class ParzenDensity:
    """Density around some points.

    Parameters
    ----------
    points : ndarray of shape (n_points, n_columns)
        Numbers in [0, 1], categoricals as index, NaN where inactive; there may be no points.
    n_choices : ndarray of shape (n_columns,)
        Number of choices of a categorical column, 0 for a number.
    weights : ndarray of shape (n_points,), optional
        How many points each one counts as, such as fractions for what is known from elsewhere;
        None: one each. The uniform component counts as one point.
    """

    def __init__(
        self, points: Points, n_choices: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        self._points = points
        self._weights = np.ones(len(points)) if weights is None else weights
        self._equal = weights is None
        self._n_choices = n_choices
        self._numeric = np.flatnonzero(n_choices == 0)
        self._categorical = np.flatnonzero(n_choices > 0)
        self._centres, self._own = _filled(points[:, self._numeric])
        self._widths = _bandwidths(self._centres, self._own, self._weights, len(n_choices))
        # Weight of the uniform part in a categorical kernel, as pseudo-count against one vote.
        self._smoothing = 2.0 / np.sqrt(max(self._weights.sum(), 1.0))

    @property
    def n_points(self) -> int:
        """Number of kernels, without the uniform one."""
        return len(self._points)

    def sample(self, size: int, rng: np.random.Generator) -> Points:
        """Draw points, see `draw`."""
        return self.draw(size, rng)[0]

    def draw(self, size: int, rng: np.random.Generator) -> tuple[Points, np.ndarray]:
        """Draw points; every column is filled, the caller removes what is inactive.

        Parameters
        ----------
        size : int
            Number of points.
        rng : numpy.random.Generator
            Source of randomness.

        Returns
        -------
        points : ndarray of shape (size, n_columns)
        kernel : ndarray of shape (size,)
            Index of the point around which each was drawn; the number of points: uniformly.
        """
        uniform = np.full((1, len(self._n_choices)), np.nan)
        kernel = self._draw_kernels(size, rng)
        centres = np.concatenate([self._points, uniform])[kernel]
        drawn = np.empty_like(centres)
        drawn[:, self._numeric] = self._draw_numbers(centres[:, self._numeric], rng)
        drawn[:, self._categorical] = self._draw_choices(centres[:, self._categorical], rng)
        return drawn, kernel

    def log_density(self, points: Points) -> Points:
        """Logarithm of the density, relative to the uniform one on the active columns.

        Parameters
        ----------
        points : ndarray of shape (n, n_columns)
            NaN where inactive.

        Returns
        -------
        ndarray of shape (n,)
        """
        kernels = self._log_numbers(points[:, self._numeric])
        kernels += self._log_choices(points[:, self._categorical])
        if not self._equal:
            kernels += np.log(self._weights)
        terms = np.column_stack([kernels, np.zeros(len(points))])  # last: the uniform component
        top = terms.max(axis=1)
        summed = np.exp(terms - top[:, None]).sum(axis=1)
        return np.asarray(top + np.log(summed) - np.log(self._weights.sum() + 1.0))

    def _draw_kernels(self, size: int, rng: np.random.Generator) -> np.ndarray:
        n_kernels = len(self._points) + 1
        if self._equal:
            return rng.integers(n_kernels, size=size)
        shares = np.append(self._weights, 1.0)
        return rng.choice(n_kernels, size=size, p=shares / shares.sum())

    def _draw_numbers(self, centres: Points, rng: np.random.Generator) -> Points:
        """Draw truncated Gaussians by rejection; at least half of each lies in the interval."""
        uniform = rng.random(centres.shape)
        drawn = centres + self._widths * rng.standard_normal(centres.shape)
        row, column = np.nonzero((drawn < 0.0) | (drawn > 1.0))
        for _ in range(REDRAWS):
            steps = self._widths[column] * rng.standard_normal(len(row))
            again = drawn[row, column] = centres[row, column] + steps
            outside = (again < 0.0) | (again > 1.0)
            row, column = row[outside], column[outside]
        return np.where(np.isnan(centres), uniform, drawn.clip(0.0, 1.0))

    def _draw_choices(self, centres: Points, rng: np.random.Generator) -> Points:
        uniform = np.floor(rng.random(centres.shape) * self._n_choices[self._categorical])
        vote = rng.random(centres.shape) * (1.0 + self._smoothing) < 1.0
        return np.where(vote & ~np.isnan(centres), centres, uniform)

    def _log_numbers(self, points: Points) -> Points:
        """Sum of log truncated Gaussians over the columns active in both; by matrix products."""
        values, active = _filled(points)
        centres, values = self._centres / self._widths, values / self._widths
        inside = _normal_share(-centres, 1.0 / self._widths - centres)
        scale = self._own * np.log(np.sqrt(2.0 * np.pi) * self._widths * inside)
        distance = (values**2) @ self._own.T - 2.0 * values @ centres.T + active @ (centres**2).T
        return np.asarray(-0.5 * distance - active @ scale.T)

    def _log_choices(self, points: Points) -> Points:
        """Sum of log probabilities relative to 1/K, over the columns active in both."""
        columns = self._categorical
        result = np.zeros((len(points), len(self._points)))
        if len(columns) == 0:
            return result
        smoothing = self._smoothing
        other = smoothing / (1.0 + smoothing)  # times 1/K; the vote adds 1/(1 + smoothing)
        same = other + self._n_choices[columns] / (1.0 + smoothing)
        _, own = _filled(self._points[:, columns])
        _, active = _filled(points)
        result += np.log(other) * (active @ own.T)
        gain = np.repeat(np.log(same / other), self._n_choices[columns])
        own_votes = _one_hot(self._points[:, columns], self._n_choices[columns])
        votes = _one_hot(points, self._n_choices[columns])
        return np.asarray(result + votes @ (own_votes * gain).T)


def _bandwidths(centres: Points, active: Points, weights: np.ndarray, n_columns: int) -> Points:
    """Scott's rule with n_columns dimensions, each column's spread shrunk to that of the uniform.

    The shrinkage lets two or three points keep a wide kernel, whatever their accidental distance.
    """
    count = weights @ active
    mean = weights @ centres / np.maximum(count, 1e-12)
    squares = weights @ (active * (centres - mean) ** 2)
    variance = (squares + PRIOR_POINTS / 12.0) / (count + PRIOR_POINTS)
    scott = np.maximum(count, 1.0) ** (-1.0 / (n_columns + 4.0))
    return np.asarray((np.sqrt(variance) * scott).clip(*WIDTHS))


def _filled(points: Points) -> tuple[Points, Points]:
    """Points with zeros where they are inactive, and a mask of ones and zeros."""
    inactive = np.isnan(points)
    return np.where(inactive, 0.0, points), 1.0 - inactive


def _one_hot(points: Points, n_choices: np.ndarray) -> Points:
    """All columns as indicators side by side; rows of zeros where inactive."""
    encoded = np.zeros((len(points), int(n_choices.sum())))
    row, column = np.nonzero(~np.isnan(points))
    start = np.concatenate([[0], np.cumsum(n_choices)[:-1]])
    encoded[row, start[column] + points[row, column].astype(int)] = 1.0
    return encoded


def _normal_share(low: Points, high: Points) -> Singles:
    """Probability of a standard normal between two bounds, the lower one not above zero.

    In single precision, which is as exact as the series and a third of the time: this is the most
    expensive part of a proposal.
    """
    return _normal_cdf(high.astype(np.float32)) - _normal_cdf(low.astype(np.float32))


def _normal_cdf(z: Singles) -> Singles:
    """Abramowitz and Stegun 26.2.17, off by at most 7.5e-8 before rounding."""
    t = 1.0 / (1.0 + np.float32(0.2316419) * np.abs(z))
    series = np.full_like(t, 1.330274429)
    for coefficient in (-1.821255978, 1.781477937, -0.356563782, 0.319381530):
        series *= t
        series += np.float32(coefficient)
    tail = np.exp(np.float32(-0.5) * z * z) * np.float32(1.0 / np.sqrt(2.0 * np.pi)) * series * t
    return np.asarray(np.where(z >= 0.0, 1.0 - tail, tail))
