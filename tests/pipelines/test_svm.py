"""What a support vector machine owes its users: curved borders, honest probabilities, its limit."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.svm import SVC

from automl.data import Feature

from .conftest import Table, build

FEATURES = (Feature("a", "numeric"), Feature("b", "numeric"))


def rings(n_rows: int, n_classes: int, noise: float = 0.0) -> Table:
    """Classes by distance from the centre, some of them swapped for another."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 2)).astype(np.float32)
    distance = np.sqrt((X**2).sum(axis=1))
    y = np.searchsorted(np.quantile(distance, np.arange(1, n_classes) / n_classes), distance)
    swapped = rng.random(n_rows) < noise
    y[swapped] = rng.integers(0, n_classes, swapped.sum())
    return Table(X, y, "binary" if n_classes == 2 else "multiclass", FEATURES, n_classes)


@pytest.mark.parametrize("n_classes", [2, 4])
def test_probabilities_are_honest_where_labels_are_noisy(n_classes: int) -> None:
    table = rings(1_200, n_classes, noise=0.4)
    model = build(table, "svm", C=100.0, gamma=3.0).fit(table.X[:600], table.y[:600])
    probability, truth = model.predict_proba(table.X[600:]), table.y[600:]
    sure = probability.max(axis=1)
    assert abs(sure.mean() - np.mean(model.predict(table.X[600:]) == truth)) < 0.06
    assert log_loss(truth, probability) < 0.95 * np.log(n_classes)  # in spite of the high C


def test_borders_are_curved() -> None:
    table = rings(900, 3)
    model = build(table, "svm", C=10.0).fit(table.X[:450], table.y[:450])
    assert np.mean(model.predict(table.X[450:]) == table.y[450:]) > 0.93


def test_classes_are_those_of_the_solver() -> None:
    table = rings(400, 4)
    model = build(table, "svm", C=10.0).fit(table.X, table.y)
    X = model.preprocessing_.transform(table.X)
    # the solver counts votes of pairs: rows that lie between classes may differ
    solver = SVC(C=10.0, gamma=0.5 / X.var(axis=0).sum()).fit(X, table.y)
    assert np.mean(model.predict(table.X) == solver.predict(X)) > 0.94


def test_little_time_leaves_rows_of_every_class() -> None:
    rng = np.random.default_rng(0)
    y = (np.arange(2_500) % 50 == 0).astype(int)
    X = (rng.normal(size=(2_500, 2)) + 3 * y[:, None]).astype(np.float32)
    table = Table(X, y, "binary", FEATURES, 2)
    model = build(table, "svm", max_seconds=1e-3).fit(X, y)
    assert len(model.learner_.machine_.vectors) <= 300
    assert roc_auc_score(y, model.predict_proba(X)[:, 1]) > 0.9
