"""After the search: choose the ensemble and check it once on held-out rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset
from automl.ensemble import EnsembleModel, Member, Postprocess
from automl.evaluation.problem import Problem
from automl.evaluation.rungs import SMALL
from automl.metrics import Metric, row_errors, score_interval, selection_metric
from automl.run.book import Book
from automl.run.design import current_design

__all__ = [
    "Chosen",
    "Holdout",
    "check",
    "choose_members",
    "choose_postprocess",
    "fallback",
    "load_members",
]

Array = npt.NDArray[Any]

_SLOW_LIBRARY = 10
_SLOW_ROWS = 1_500
"""Candidates and rows that an ensemble is chosen from by a metric of the user's own."""


@dataclass(frozen=True)
class Holdout:
    """Score of the checked model on rows that nothing had seen.

    Parameters
    ----------
    score : float
        In the metric's own sign.
    metric : str
    ci_low, ci_high : float
        95 % interval.
    n_rows : int
    scores : mapping of str to float
        This score, and those of the further metrics that were asked for, by their names.
    """

    score: float
    metric: str
    ci_low: float
    ci_high: float
    n_rows: int
    scores: Mapping[str, float]

    def __str__(self) -> str:
        return (
            f"{self.metric} {self.score:.4f} (95 % interval {self.ci_low:.4f} to "
            f"{self.ci_high:.4f}, {self.n_rows} held-out rows)"
        )

    __repr__ = __str__  # a notebook shows it as `print` does


@dataclass(frozen=True)
class Chosen:
    """A member to be."""

    key: str
    weight: float
    folds: tuple[int, ...]


def choose_members(
    book: Book, y: Array, metric: Metric, rng: np.random.Generator
) -> tuple[Chosen, ...]:
    """Select the ensemble from what has been evaluated at full training size."""
    keys, folds = book.library()
    if not keys:
        return ()
    rows = book.validation_rows(folds)
    step, metric = 1, selection_metric(metric)
    if metric.slow:
        keys, step = keys[:_SLOW_LIBRARY], max(1, len(rows) // _SLOW_ROWS)
    rows = rows[::step]
    predictions = [book.predictions(key, folds)[::step] for key in keys]
    bagged = len(y) < SMALL
    weights = current_design().weights(predictions, y[rows], metric, rng, bagged)
    return tuple(
        Chosen(key, float(weight), tuple(sorted(book.of(key))))
        for key, weight in zip(keys, weights, strict=True)
        if weight > 0.0
    )


def choose_postprocess(
    chosen: tuple[Chosen, ...],
    book: Book,
    y: Array,
    metric: Metric,
    rng: np.random.Generator,
) -> Postprocess:
    """Thresholds or temperature of the ensemble, from its out-of-fold predictions."""
    if not chosen:
        return Postprocess()
    _, folds = book.library()
    mixed = sum(one.weight * book.predictions(one.key, folds) for one in chosen)
    prediction = np.asarray(mixed, dtype=np.float64) / sum(one.weight for one in chosen)
    return current_design().postprocess(prediction, y[book.validation_rows(folds)], metric, rng)


def load_members(chosen: tuple[Chosen, ...], book: Book, problem: Problem) -> tuple[Member, ...]:
    """Read the fold models of the chosen configurations."""
    return tuple(
        Member(
            config=book.configs[one.key],
            weight=one.weight,
            models=tuple(
                problem.model(one.key, str(k))
                for k in (one.folds if problem.bagged else one.folds[:1])
            ),
            refitted=False,
        )
        for one in chosen
    )


def fallback(y: Array, n_classes: int) -> tuple[Array, tuple[float, float]]:
    """The prior (class shares or mean target) and the bounds of regression values."""
    if n_classes:
        counts = np.bincount(y, minlength=n_classes)
        return counts / counts.sum(), (-math.inf, math.inf)
    low, high = float(y.min()), float(y.max())
    reach = (high - low) / 2.0
    return np.array([y.mean()]), (low - reach, high + reach)


def check(
    model: EnsembleModel,
    dataset: Dataset,
    metric: Metric,
    others: tuple[Metric, ...],
    rng: np.random.Generator,
    groups: Array | None = None,
) -> tuple[Holdout | None, Array]:
    """Score the model on the held-out rows, the one time that they are read.

    Returns
    -------
    holdout : Holdout or None
        None where there are no such rows.
    errors : ndarray of shape (n_rows,)
        What each row adds to the score, by which targets are compared.
    """
    if dataset.n_rows == 0:
        return None, np.zeros(0)
    prediction, rule = model.predict(dataset.X), model.postprocess
    counted = rule.weighted(prediction) if metric.needs == "label" else prediction
    low, high = score_interval(metric, dataset.y, counted, rng, groups)
    score = metric.score(dataset.y, counted)
    holdout = Holdout(
        score=score,
        metric=metric.name,
        ci_low=low,
        ci_high=high,
        n_rows=dataset.n_rows,
        scores={
            **{other.name: rule.score(other, dataset.y, prediction) for other in others},
            metric.name: score,
        },
    )
    return holdout, row_errors(metric, dataset.y, counted)
