"""Texts as numbers: learned from training rows, cross-fitted, and useful to every learner."""

import numpy as np
import pytest

from automl.data import TableEncoder
from automl.pipelines.preprocessing.text import TextNumbers
from automl.pipelines.registry import available_learners
from automl.threads import limit_threads

from .conftest import Table, build

NAMES = [learner.name for learner in available_learners()]


def reviews(n=400, seed=0):
    """Texts of common words, and rare ones that say whether the guest was content."""
    rng = np.random.default_rng(seed)
    common = np.array([f"w{i}" for i in range(300)])
    good, bad = [f"good{i}" for i in range(8)], [f"bad{i}" for i in range(8)]
    y = rng.integers(0, 2, n)
    texts = []
    for label in y:
        words = list(common[(rng.pareto(1.0, rng.integers(5, 25)) * 5).astype(int).clip(0, 299)])
        told = rng.choice(good if label else bad, 2)
        texts.append(" ".join(rng.permutation([*words, *told])))
    encoder = TableEncoder().fit({"noise": rng.normal(size=n), "text": texts})
    X = encoder.transform({"noise": rng.normal(size=n), "text": texts})
    return Table(X, y, "binary", encoder.features, 2)


@pytest.fixture(scope="module")
def table():
    return reviews()


@pytest.fixture(autouse=True)
def one_thread():
    """As in a pipeline."""
    with limit_threads():
        yield


@pytest.mark.parametrize("learner", NAMES)
def test_every_learner_reads_texts(table, learner):
    train, test = slice(0, 300), slice(300, 400)
    model = build(table, learner).fit(table.X[train], table.y[train])
    assert np.mean(model.predict(table.X[test]) == table.y[test]) > 0.8


def numbers_of(table):
    return table.X[:, [f.kind == "text" for f in table.features]]


def test_scores_of_training_rows_come_from_other_rows(table):
    rng = np.random.default_rng(1)
    X, y = numbers_of(table), rng.integers(0, 2, len(table.y))  # nothing to be learned
    made = TextNumbers().fit_transform(X, y)
    assert abs(np.corrcoef(made[:, -1], y)[0, 1]) < 0.25
    seen = TextNumbers().fit(X, y).transform(X)
    assert np.corrcoef(seen[:, -1], y)[0, 1] > 0.7  # what a leak would look like


@pytest.mark.parametrize("n_classes", [0, 2, 3, 40])
def test_one_score_for_each_class_as_long_as_they_are_few(table, n_classes):
    X = numbers_of(table)
    rng = np.random.default_rng(0)
    y = rng.normal(size=len(X)) if n_classes == 0 else np.arange(len(X)) % n_classes
    numbers = TextNumbers(regression=n_classes == 0).fit(X, y)
    n_scores = {0: 1, 2: 1, 3: 3, 40: 0}[n_classes]
    assert numbers.transform(X).shape == (len(X), numbers.directions_.shape[1] + n_scores)


def test_texts_without_a_known_term(table):
    X = numbers_of(table)
    empty = np.full_like(X, np.nan)
    numbers = TextNumbers().fit(X, table.y)
    made = numbers.transform(empty[:3])
    assert (made[:, :-1] == 0).all()
    np.testing.assert_allclose(made[:, -1], table.y.mean(), rtol=1e-6)
    assert TextNumbers().fit(empty, table.y).transform(X).shape == (len(X), 0)
    assert np.isfinite(TextNumbers().fit_transform(X[:2], np.array([0, 1]))).all()


@pytest.mark.parametrize("learner", ["lightgbm", "linear"])
def test_a_training_part_without_words_is_no_obstacle(table, learner):
    X = table.X.copy()
    X[:, 1:] = np.nan
    model = build(table, learner).fit(X, table.y)
    assert np.isfinite(model.predict_proba(table.X)).all()
