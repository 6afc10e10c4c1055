"""Labels for metrics that count labels: weights of the classes before the largest one is taken.

With two classes a weight is a decision threshold. Three rules are compared by cross-fitting on
out-of-fold predictions: plain probabilities; weights that are a power of the inverse class shares
(one number to be found); and a free search, over thresholds for two classes, one class at a time
for more. What is freer must beat what is simpler on rows that it was not found on.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from automl.ensemble.parts import cross_parts
from automl.metrics import Array, Metric, prior_weights

__all__ = ["choose_weights"]

POWERS = tuple(np.linspace(0.0, 1.25, 11))
N_CUTS = 200
N_CUTS_SLOW = 50
SMOOTH = 9
"""Neighbouring thresholds whose scores are averaged, so that no lucky spike is picked."""
FACTORS = (0.5, 0.67, 0.8, 0.9, 1.1, 1.25, 1.5, 2.0)
SWEEPS = 2
MOST_ROWS = 20_000
MOST_CELLS = 60_000
MOST_ROWS_SLOW = 1_500
MOST_CLASSES = 30
MOST_CLASSES_SLOW = 5
LEAST_ROWS = 40

Rule = Callable[[Array, Array, Metric], Array]


def choose_weights(
    probability: Array, y: Array, metric: Metric, rng: np.random.Generator
) -> tuple[float, ...]:
    """Weights of the classes, or none where cross-fitting shows no gain.

    Parameters
    ----------
    probability : ndarray of shape (n_rows, n_classes)
        Out-of-fold predictions of the ensemble.
    y : ndarray of shape (n_rows,)
    metric : Metric
        One that is tunable.
    rng : numpy.random.Generator
        Draws the parts.

    Returns
    -------
    tuple of float
        Geometric means of the weights of all parts; empty: the most probable class it is.
    """
    n_classes = probability.shape[1]
    if not metric.tunable or len(y) < LEAST_ROWS or len(np.unique(y)) < 2:
        return ()
    most = MOST_ROWS_SLOW if metric.slow else min(MOST_ROWS, MOST_CELLS // n_classes)
    if len(y) > most:
        rows = np.sort(rng.choice(len(y), size=most, replace=False))
        probability, y = probability[rows], y[rows]
    parts = list(cross_parts(y, rng))
    chosen: Array = np.zeros(n_classes)
    best = _losses(probability, y, metric, parts, [chosen] * len(parts))
    rules: list[Rule] = [_best_power]
    if n_classes <= (MOST_CLASSES_SLOW if metric.slow else MOST_CLASSES):
        rules.append(_best_cut if n_classes == 2 else _best_by_class)
    for rule in rules:
        found = [rule(probability[rest], y[rest], metric) for rest, _ in parts]
        losses = _losses(probability, y, metric, parts, found)
        if _is_better(losses, best):
            chosen, best = np.mean(found, axis=0), losses
    if not chosen.any():
        return ()
    return tuple(np.exp(chosen - chosen.mean()).tolist())


def _losses(
    probability: Array,
    y: Array,
    metric: Metric,
    parts: list[tuple[Array, Array]],
    logs: list[Array],
) -> Array:
    """Loss of each part under the weights that were found on the rest, then that of all rows."""
    weighted = np.array(probability, dtype=np.float64)
    for (_, part), log in zip(parts, logs, strict=True):
        weighted[part] *= np.exp(log)
    of_parts = [metric.loss(y[part], weighted[part]) for _, part in parts]
    return np.array([*of_parts, metric.loss(y, weighted)])


def _is_better(losses: Array, than: Array) -> bool:
    """On all rows together, and on more parts than it loses."""
    gains = than[:-1] - losses[:-1]
    return bool(losses[-1] < than[-1] and (gains > 0).sum() > (gains < 0).sum())


def _best_power(probability: Array, y: Array, metric: Metric) -> Array:
    """Log weights from the class shares."""
    logs = [np.log(prior_weights(y, probability.shape[1], power)) for power in POWERS]
    losses = [metric.loss(y, probability * np.exp(log)) for log in logs]
    return np.asarray(logs[int(np.argmin(losses))])


def _best_cut(probability: Array, y: Array, metric: Metric) -> Array:
    """Log weights that stand for the threshold of the lowest smoothed loss."""
    positive = np.clip(probability[:, 1] / probability.sum(axis=1), 1e-9, 1 - 1e-9)
    # as many cuts among the positives as among all rows, so that rare classes are resolved
    n_levels = (N_CUTS_SLOW if metric.slow else N_CUTS) // 2
    levels = (np.arange(n_levels) + 0.5) / n_levels
    among = [positive, positive[y == 1]] if (y == 1).any() else [positive]
    cuts = np.unique(np.concatenate([[0.5], *(np.quantile(rows, levels) for rows in among)]))
    losses = np.array([metric.loss(y, _labelled(positive > cut)) for cut in cuts])
    reach = min(SMOOTH, len(cuts)) // 2
    padded = np.pad(losses, reach, mode="edge")
    smooth = np.convolve(padded, np.full(2 * reach + 1, 1.0 / (2 * reach + 1)), mode="valid")
    cut = cuts[int(smooth.argmin())]
    return np.array([0.0, np.log((1.0 - cut) / cut)])


def _labelled(positive: Array) -> Array:
    return np.column_stack([~positive, positive]).astype(np.float64)


def _best_by_class(probability: Array, y: Array, metric: Metric) -> Array:
    """Log weights by changing one class at a time, beginning with the best power."""
    log = _best_power(probability, y, metric)
    best = metric.loss(y, probability * np.exp(log))
    for _ in range(SWEEPS):
        for k in range(probability.shape[1]):
            for factor in FACTORS:
                tried = log.copy()
                tried[k] += np.log(factor)
                loss = metric.loss(y, probability * np.exp(tried))
                if loss < best - 1e-9:
                    log, best = tried, loss
    return np.asarray(log - log.mean())
