"""What discriminant analysis is at its corners, and that it is not too sure."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis, QuadraticDiscriminantAnalysis
from sklearn.metrics import log_loss
from sklearn.naive_bayes import GaussianNB

from automl.data import Feature
from automl.pipelines.learners import discriminant_analysis
from automl.pipelines.learners.discriminant_analysis import MOST_COLUMNS

from .conftest import Table, build


def table_of(X: np.ndarray, y: np.ndarray) -> Table:
    features = tuple(Feature(f"x{i}", "numeric") for i in range(X.shape[1]))
    task = "binary" if y.max() == 1 else "multiclass"
    return Table(X.astype(np.float32), y, task, features, int(y.max()) + 1)


@pytest.mark.parametrize(
    ("pooling", "independence", "other"),
    [
        (1.0, 0.0, LinearDiscriminantAnalysis()),
        (0.0, 0.0, QuadraticDiscriminantAnalysis()),
        (0.0, 1.0, GaussianNB()),
    ],
)
@pytest.mark.parametrize("load", [load_iris, load_wine])
def test_corners_are_the_methods_of_the_textbook(load, pooling, independence, other) -> None:
    X, y = load(return_X_y=True)
    table = table_of(X, y)
    model = build(table, "discriminant_analysis", pooling=pooling, independence=independence).fit(
        table.X, y
    )
    assert np.mean(model.predict(table.X) == other.fit(X, y).predict(X)) >= 0.98


def test_a_bent_border_needs_covariances_of_their_own() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(600, 4))
    y = (np.square(X[:, :2]).sum(axis=1) > 1.4).astype(int)
    table = table_of(X, y)
    right = {}
    for pooling in (0.0, 1.0):
        model = build(table, "discriminant_analysis", pooling=pooling).fit(table.X[:400], y[:400])
        right[pooling] = np.mean(model.predict(table.X[400:]) == y[400:])
    assert right[0.0] > right[1.0] + 0.2


def test_columns_that_repeat_do_not_make_it_sure() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 600)
    X = np.repeat((y + 1.5 * rng.normal(size=600))[:, None], 10, axis=1)
    X += 0.1 * rng.normal(size=X.shape)
    table = table_of(X, y)
    model = build(table, "discriminant_analysis", independence=1.0).fit(table.X[:400], y[:400])
    naive = GaussianNB().fit(X[:400], y[:400]).predict_proba(X[400:])
    assert model.learner_.temperature_ > 3.0
    loss = log_loss(y[400:], model.predict_proba(table.X[400:]))
    assert loss < min(log_loss(y[400:], naive), np.log(2))


def test_of_wide_tables_the_telling_columns_are_used() -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 200)
    X = rng.normal(size=(200, MOST_COLUMNS + 100))
    X[:, [5, 250]] += y[:, None]
    X[:, 7] = 1.0
    model = build(table_of(X, y), "discriminant_analysis").fit(X.astype(np.float32), y)
    assert len(model.learner_.columns_) == MOST_COLUMNS
    assert {5, 250} <= set(model.learner_.columns_.tolist())
    assert 7 not in model.learner_.columns_


def test_a_sample_of_many_rows_keeps_every_class(monkeypatch) -> None:
    monkeypatch.setattr(discriminant_analysis, "MOST_ROWS", 100)
    rng = np.random.default_rng(0)
    y = np.where(np.arange(1_000) == 500, 2, np.arange(1_000) % 2)
    X = y[:, None] + 0.3 * rng.normal(size=(1_000, 2))
    table = table_of(X, y)
    model = build(table, "discriminant_analysis").fit(table.X, y)
    assert model.predict_proba(table.X).shape == (1_000, 3)
    assert np.mean(model.predict(table.X) == y) > 0.9
