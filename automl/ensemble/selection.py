"""Greedy ensemble selection with replacement (Caruana et al., ICML 2004).

Works on stored out-of-fold predictions alone. Each round adds the candidate that lowers the loss of
the running mean most; the best prefix of at most 40 rounds is kept. On small tables the selection
is bagged over random halves of the library (section 2.3 of the paper), and whether the ensemble or
the single best candidate is returned is decided on rows that the selection did not see. The
lightest members are dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble.parts import cross_parts
from automl.metrics import Metric

__all__ = ["greedy_weights", "select_weights"]

Array = npt.NDArray[Any]

MAX_ROUNDS = 40
PATIENCE = 8
"""Rounds without a better prefix after which the selection ends."""
MOST_MEMBERS = 6
"""Lighter members are dropped: they cost time and space wherever the model is refitted, kept and
asked, and left the loss where it was (see docs/adr/0007)."""
N_BAGS = 10
BAG_SHARE = 0.5
N_BAGS_CROSS_FIT = 3
MAX_ROWS_GENERIC = 5_000
"""Rows looked at where each loss must be computed by a call; matters only for speed."""


def select_weights(
    predictions: Sequence[Array],
    y: Array,
    metric: Metric,
    rng: np.random.Generator,
    bagged: bool = False,
    most_members: int = MOST_MEMBERS,
) -> Array:
    """Weights of the candidates, from greedy selection or all on the single best.

    Parameters
    ----------
    predictions : sequence of ndarray, each of shape (n_rows, n_classes) or (n_rows,)
        Out-of-fold predictions, one a candidate.
    y : ndarray of shape (n_rows,)
    metric : Metric
    rng : numpy.random.Generator
        Draws the bags and the rows of the cross-fitted comparison.
    bagged : bool
        Average the selection over random halves of the library.
    most_members : int
        Of the ensemble.

    Returns
    -------
    ndarray of shape (n_candidates,)
        Not negative, with sum 1.
    """
    losses = np.array([metric.loss(y, prediction) for prediction in predictions])
    single = _one_hot(int(losses.argmin()), len(predictions))
    if len(predictions) == 1:
        return single
    ensemble = _selection(predictions, y, metric, rng, N_BAGS if bagged else 0, most_members)
    n_bags = N_BAGS_CROSS_FIT if bagged else 0
    if _single_wins(predictions, y, metric, rng, n_bags, most_members):
        return single
    return ensemble


def _selection(
    predictions: Sequence[Array],
    y: Array,
    metric: Metric,
    rng: np.random.Generator,
    n_bags: int,
    most_members: int,
) -> Array:
    if n_bags == 0 or len(predictions) < 4:
        return _heaviest(greedy_weights(predictions, y, metric), most_members)
    size = max(2, round(BAG_SHARE * len(predictions)))
    total = np.zeros(len(predictions))
    for _ in range(n_bags):
        bag = rng.choice(len(predictions), size=size, replace=False)
        total[bag] += greedy_weights([predictions[i] for i in bag], y, metric)
    return _heaviest(total / n_bags, most_members)


def _heaviest(weights: Array, most_members: int) -> Array:
    """Without the members beyond the heaviest few."""
    kept = np.zeros_like(weights)
    order = np.argsort(-weights, kind="stable")[:most_members]
    kept[order] = weights[order]
    return np.asarray(kept / kept.sum())


def _single_wins(
    predictions: Sequence[Array],
    y: Array,
    metric: Metric,
    rng: np.random.Generator,
    n_bags: int,
    most_members: int,
) -> bool:
    """Cross-fitted: select on one part of the rows, compare with the single best on the other.

    The single best has to win on every part: on one part it often does by chance where
    the mix is better in the end, and a mix is the better guess before anything is seen.
    """
    compared = 0
    for fit, check in cross_parts(y, rng):
        if metric.needs != "value" and len(np.unique(y[check])) < 2:
            continue
        seen = [prediction[fit] for prediction in predictions]
        weights = _selection(seen, y[fit], metric, rng, n_bags, most_members)
        best = int(np.argmin([metric.loss(y[fit], prediction) for prediction in seen]))
        mixed = _mix([prediction[check] for prediction in predictions], weights)
        single = metric.loss(y[check], predictions[best][check])
        if single >= metric.loss(y[check], mixed):
            return False
        compared += 1
    return compared > 0


def _mix(predictions: Sequence[Array], weights: Array) -> Array:
    mixed = np.zeros_like(predictions[0], dtype=np.float64)
    for weight, prediction in zip(weights, predictions, strict=True):
        if weight > 0.0:
            mixed += weight * prediction
    return mixed


def _one_hot(index: int, n: int) -> Array:
    weights = np.zeros(n)
    weights[index] = 1.0
    return weights


def greedy_weights(predictions: Sequence[Array], y: Array, metric: Metric) -> Array:
    """Weights of the best prefix of a greedy selection with replacement.

    Parameters
    ----------
    predictions : sequence of ndarray
    y : ndarray of shape (n_rows,)
    metric : Metric

    Returns
    -------
    ndarray of shape (n_candidates,)
        Counts of the selection divided by their sum.

    Examples
    --------
    >>> from automl.metrics import METRICS
    >>> y = np.array([0.0, 2.0])
    >>> greedy_weights([np.array([1.0, 2.0]), np.array([-1.0, 2.0])], y, METRICS["rmse"])
    array([0.5, 0.5])
    """
    losses_with = _loss_table(predictions, y, metric)
    counts = np.zeros(len(predictions))
    chosen: list[int] = []
    best_loss, best_length = np.inf, 0
    while len(chosen) < MAX_ROUNDS and len(chosen) - best_length < PATIENCE:
        losses = losses_with(counts, len(chosen) + 1)
        pick = int(losses.argmin())
        counts[pick] += 1
        chosen.append(pick)
        if losses[pick] < best_loss - 1e-12:
            best_loss, best_length = float(losses[pick]), len(chosen)
    weights = np.bincount(chosen[:best_length], minlength=len(predictions)).astype(float)
    return np.asarray(weights / weights.sum())


def _loss_table(
    predictions: Sequence[Array], y: Array, metric: Metric
) -> Callable[[Array, int], Array]:
    """Function (counts so far, size of the next prefix) -> loss with each candidate added.

    Log loss needs only the probability of the true class and RMSE is a mean over rows, so that all
    candidates are scored in one matrix operation; other metrics are called one by one.
    """
    if metric.name == "log_loss":
        sums = [np.maximum(p.sum(axis=1), 1e-15) for p in predictions]
        table = np.stack(
            [p[np.arange(len(y)), y] / s for p, s in zip(predictions, sums, strict=True)]
        )
        return lambda counts, k: (
            -np.log(np.clip((counts @ table + table) / k, 1e-15, 1.0)).mean(axis=1)
        )
    if metric.name in ("rmse", "mse"):
        table = np.stack(predictions).astype(np.float64)
        return lambda counts, k: (((counts @ table + table) / k - y) ** 2).mean(axis=1)
    rows = _spread_rows(y, MAX_ROWS_GENERIC, metric)
    seen, y_seen = np.stack([p[rows] for p in predictions]).astype(np.float64), y[rows]

    def generic(counts: Array, k: int) -> Array:
        running = np.tensordot(counts, seen, axes=1)
        return np.array([metric.loss(y_seen, (running + added) / k) for added in seen])

    return generic


def _spread_rows(y: Array, most: int, metric: Metric) -> Array:
    """At most `most` rows, evenly spread over the sorted targets, so that no class is lost."""
    if len(y) <= most or metric.needs == "value":
        return np.arange(len(y))[:: max(1, len(y) // most)]
    positive = np.flatnonzero(y != np.bincount(y).argmax())
    if len(positive) * 2 <= most:  # rare classes stay whole
        rest = np.setdiff1d(np.arange(len(y)), positive)
        step = max(1, len(rest) // (most - len(positive)))
        return np.sort(np.concatenate([positive, rest[::step]]))
    return np.argsort(y, kind="stable")[:: max(1, len(y) // most)]
