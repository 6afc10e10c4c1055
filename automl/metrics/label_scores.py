"""Scores of labels, from the confusion matrix.

Written out in numpy because a threshold search and the ensemble selection call them thousands of
times; tests hold them against scikit-learn. What is not defined (no row of a class, no prediction)
counts as 0, so that folds without a positive row have a score.
"""

from __future__ import annotations

import numpy as np

from automl.metrics.metric import Array

__all__ = [
    "accuracy",
    "balanced_accuracy",
    "cohen_kappa",
    "confusion",
    "f1",
    "f1_macro",
    "f1_weighted",
    "jaccard",
    "mcc",
    "precision",
    "recall",
]


def confusion(y: Array, label: Array) -> Array:
    """Counts of (true, predicted) pairs of class codes."""
    size = max(int(y.max(initial=0)), int(label.max(initial=0)), 1) + 1
    counts = np.bincount(y * size + label, minlength=size * size)
    return counts.reshape(size, size).astype(np.float64)


def _share(part: Array, whole: Array) -> Array:
    """Part of the whole, 0 where there is none."""
    return np.asarray(part / np.where(whole > 0, whole, 1.0))


def accuracy(y: Array, label: Array) -> float:
    """Share of rows with the right label."""
    return float(np.mean(y == label))


def balanced_accuracy(y: Array, label: Array) -> float:
    """Mean recall of the classes that have rows."""
    counts = confusion(y, label)
    rows = counts.sum(axis=1)
    return float(_share(counts.diagonal(), rows)[rows > 0].mean())


def _f1s(counts: Array) -> tuple[Array, Array]:
    """F1 of each class, and rows and predictions of each together."""
    both = counts.sum(axis=0) + counts.sum(axis=1)
    return _share(2.0 * counts.diagonal(), both), both


def f1(y: Array, label: Array) -> float:
    """Harmonic mean of precision and recall of class 1."""
    return float(_f1s(confusion(y, label))[0][1])


def f1_macro(y: Array, label: Array) -> float:
    """Mean F1 over the classes that are present or predicted."""
    f1s, both = _f1s(confusion(y, label))
    return float(f1s[both > 0].mean())


def f1_weighted(y: Array, label: Array) -> float:
    """F1 weighted by the rows of each class."""
    counts = confusion(y, label)
    return float(_f1s(counts)[0] @ counts.sum(axis=1) / len(y))


def precision(y: Array, label: Array) -> float:
    """Share of positives among what is called positive."""
    counts = confusion(y, label)
    return float(_share(counts.diagonal(), counts.sum(axis=0))[1])


def recall(y: Array, label: Array) -> float:
    """Share of what is called positive among the positives."""
    counts = confusion(y, label)
    return float(_share(counts.diagonal(), counts.sum(axis=1))[1])


def jaccard(y: Array, label: Array) -> float:
    """Positives that are called so, among what is or is called positive."""
    counts = confusion(y, label)
    union = counts.sum(axis=0) + counts.sum(axis=1) - counts.diagonal()
    return float(_share(counts.diagonal(), union)[1])


def mcc(y: Array, label: Array) -> float:
    """Matthews' correlation of true and predicted labels."""
    counts = confusion(y, label)
    true, predicted, n = counts.sum(axis=1), counts.sum(axis=0), counts.sum()
    covariance = counts.trace() * n - true @ predicted
    scale = np.sqrt((n**2 - true @ true) * (n**2 - predicted @ predicted))
    return float(covariance / scale) if scale > 0 else 0.0


def cohen_kappa(y: Array, label: Array) -> float:
    """Agreement beyond that of independent labels with the same shares."""
    counts = confusion(y, label)
    n = counts.sum()
    chance = counts.sum(axis=1) @ counts.sum(axis=0) / n**2
    return float((counts.trace() / n - chance) / (1.0 - chance)) if chance < 1.0 else 0.0
