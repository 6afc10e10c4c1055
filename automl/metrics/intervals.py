"""A 95 % interval for the score on held-out rows.

ROC AUC: DeLong's variance on the logit scale (DeLong, DeLong and Clarke-Pearson 1988), with a t
distribution in place of the normal, as few rows of a class ask for (Brunner and Munzel 2000).
Metrics that are a function of a mean of row losses: the bias-corrected and accelerated bootstrap
(Efron 1987), whose jackknife has a closed form there. Accuracy: Wilson's interval, which holds at 0
and 1. All others: stratified percentile bootstrap. The mean of several scores: their own intervals,
put together by the method of variance estimates recovery (Zou and Donner 2008).

Rows of one group are alike, so that there are fewer independent ones than rows: with groups, whole
groups are resampled, for any metric, at percentiles that are expanded for the number of groups
(Hesterberg 2015, section 4.2: without, few groups give too narrow an interval).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from automl.metrics.metric import Metric
from automl.metrics.registry import row_losses

__all__ = ["mean_interval", "row_errors", "score_interval"]

Array = npt.NDArray[Any]

_Z = 1.959963984540054  # the 97.5 % point of the standard normal
_N_RESAMPLES = 1000
_N_RESAMPLES_SLOW = 300
_FEWEST_SHARED = 20


def score_interval(
    metric: Metric,
    y: Array,
    prediction: Array,
    rng: np.random.Generator,
    groups: Array | None = None,
) -> tuple[float, float]:
    """Interval that covers the true score in about 95 of 100 samples.

    Parameters
    ----------
    metric : Metric
    y : ndarray of shape (n_rows,)
        Class codes or values.
    prediction : ndarray of shape (n_rows, n_classes) or (n_rows,)
    rng : numpy.random.Generator
    groups : ndarray of shape (n_rows,), optional
        What belongs together; None: all rows are independent.

    Returns
    -------
    low, high : float
        In the sign of the score, ``low <= high``; infinite where there is a single row or group.
    """
    if len(y) < 2:
        return (-np.inf, np.inf)
    if groups is not None:
        return _by_groups(metric, y, prediction, groups, rng)
    if metric.name == "roc_auc":
        return _delong(y, prediction[:, 1])
    losses = row_losses(metric, y, prediction)
    if metric.name == "accuracy" and losses is not None:
        return _wilson(float(losses.mean()), len(losses))
    if losses is not None:
        low, high = _bca_mean(losses, rng)
        return (float(np.sqrt(low)), float(np.sqrt(high))) if metric.name == "rmse" else (low, high)
    return _stratified_percentile(metric, y, prediction, rng)


def mean_interval(scores: Array, lows: Array, highs: Array, errors: Array) -> tuple[float, float]:
    """Interval of the mean of several scores that were measured on the same rows.

    Parameters
    ----------
    scores, lows, highs : ndarray of shape (n_scores,)
        Scores with their own intervals.
    errors : ndarray of shape (n_rows, n_scores)
        What each row adds to each score, see `row_errors`; NaN where a score does not count it.
        Correlated errors widen the interval, negative correlations do not narrow it.

    Returns
    -------
    low, high : float

    Examples
    --------
    >>> alike = np.column_stack([np.arange(9), np.arange(9)])
    >>> mean_interval(np.ones(2), np.zeros(2), np.full(2, 2.0), alike)
    (0.0, 2.0)
    """
    import pandas as pd

    if not (np.isfinite(lows).all() and np.isfinite(highs).all()):
        return (-np.inf, np.inf)
    # What cannot be told apart from perfect correlation (few rows, no spread) counts as such.
    correlation = pd.DataFrame(errors).corr(min_periods=_FEWEST_SHARED).fillna(1.0).to_numpy()
    correlation = np.clip(correlation, 0.0, 1.0)
    np.fill_diagonal(correlation, 1.0)
    centre = float(np.mean(scores))
    down, up = scores - lows, highs - scores
    return (
        centre - float(np.sqrt(down @ correlation @ down)) / len(scores),
        centre + float(np.sqrt(up @ correlation @ up)) / len(scores),
    )


def row_errors(metric: Metric, y: Array, prediction: Array) -> Array:
    """What each row adds to a score, up to scale, as far as that is known.

    Parameters
    ----------
    metric : Metric
    y : ndarray of shape (n_rows,)
    prediction : ndarray of shape (n_rows, n_classes) or (n_rows,)

    Returns
    -------
    ndarray of shape (n_rows,)
        Row losses where the score is a function of their mean. For others, the probability that
        was missed, within each class, or the absolute error.
    """
    losses = row_losses(metric, y, prediction)
    if losses is not None:
        return losses
    if metric.needs == "value":
        return np.asarray(np.abs(y - prediction))
    missed = 1.0 - prediction[np.arange(len(y)), y]
    counts = np.maximum(np.bincount(y), 1)
    return np.asarray(missed - (np.bincount(y, missed) / counts)[y])


def _delong(y: Array, score: Array) -> tuple[float, float]:
    from scipy.special import stdtrit
    from scipy.stats import rankdata

    positive, negative = score[y == 1], score[y == 0]
    m, n = len(positive), len(negative)
    if m == 0 or n == 0:
        return (0.0, 1.0)
    rank_all = rankdata(np.concatenate([positive, negative]))
    # Structural components V10 and V01 (equations 6 and 7 of the paper), from mid-ranks.
    v10 = (rank_all[:m] - rankdata(positive)) / n
    v01 = 1.0 - (rank_all[m:] - rankdata(negative)) / m
    auc = float(v10.mean())
    if auc in (0.0, 1.0) or min(m, n) < 2:
        # No misranked pair seen: the binomial bound of the smaller class stands in for a variance.
        reach = 1.0 - 0.025 ** (1.0 / min(m, n))
        return (max(0.0, auc - reach), min(1.0, auc + reach))
    parts = np.array([v10.var(ddof=1) / m, v01.var(ddof=1) / n])
    variance = float(parts.sum())
    # Satterthwaite's degrees of freedom, for few rows of one class.
    freedom = variance**2 / float((parts**2 / (m - 1, n - 1)).sum()) if variance else np.inf
    slope = auc * (1.0 - auc)
    reach = stdtrit(freedom, 0.975) * np.sqrt(variance) / slope
    centre = np.log(auc / (1.0 - auc))
    return (_expit(centre - reach), _expit(centre + reach))


def _expit(x: float) -> float:
    return float(1.0 / (1.0 + np.exp(-x)))


def _wilson(share: float, n: int) -> tuple[float, float]:
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return (max(0.0, float(centre - half)), min(1.0, float(centre + half)))


def _bca_mean(losses: Array, rng: np.random.Generator) -> tuple[float, float]:
    from scipy.special import ndtr, ndtri

    n, scale = len(losses), float(losses.max())
    if np.ptp(losses) == 0.0:
        return (scale, scale)
    losses = losses / scale  # of which cubes are taken
    mean = float(losses.mean())
    counts = rng.multinomial(n, np.full(n, 1.0 / n), size=_N_RESAMPLES)
    resampled = np.sort(counts @ losses / n)
    below = np.clip(np.mean(resampled < mean), 1.0 / _N_RESAMPLES, 1.0 - 1.0 / _N_RESAMPLES)
    bias = ndtri(below)
    centred = losses - mean
    acceleration = (centred**3).sum() / (6.0 * (centred**2).sum() ** 1.5)
    edges = bias + np.array([-_Z, _Z])
    levels = ndtr(bias + edges / (1.0 - acceleration * edges))
    low, high = scale * np.quantile(resampled, levels)
    return (float(low), float(high))


def _stratified_percentile(
    metric: Metric, y: Array, prediction: Array, rng: np.random.Generator
) -> tuple[float, float]:
    groups = (
        [np.arange(len(y))]
        if metric.needs == "value"
        else [np.flatnonzero(y == k) for k in np.unique(y)]
    )
    scores = np.empty(_N_RESAMPLES_SLOW)
    for i in range(_N_RESAMPLES_SLOW):
        rows = np.concatenate([rng.choice(group, size=len(group)) for group in groups])
        scores[i] = metric.score(y[rows], prediction[rows])
    low, high = np.quantile(scores, [0.025, 0.975])
    return (float(low), float(high))


def _by_groups(
    metric: Metric, y: Array, prediction: Array, groups: Array, rng: np.random.Generator
) -> tuple[float, float]:
    from scipy.special import ndtr, stdtrit

    rows = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    n = len(rows)
    if n < 2:
        return (-np.inf, np.inf)
    losses = row_losses(metric, y, prediction)
    if losses is not None:
        counts = rng.multinomial(n, np.full(n, 1.0 / n), size=_N_RESAMPLES)
        sums, sizes = np.array([losses[of].sum() for of in rows]), np.array([*map(len, rows)])
        scores = (counts @ sums) / (counts @ sizes)
        scores = np.sqrt(scores) if metric.name == "rmse" else scores
    else:
        scores = np.empty(_N_RESAMPLES_SLOW)
        for i in range(_N_RESAMPLES_SLOW):
            drawn = np.concatenate([rows[k] for k in rng.integers(n, size=n)])
            scores[i] = metric.score(y[drawn], prediction[drawn])
    level = ndtr(np.sqrt(n / (n - 1)) * stdtrit(n - 1, 0.025))
    low, high = np.quantile(scores, [level, 1.0 - level])
    return (float(low), float(high))
