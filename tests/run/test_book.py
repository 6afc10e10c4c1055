import numpy as np
import pytest

from automl.data import Fold
from automl.evaluation.evaluate import FoldResult
from automl.evaluation.problem import Problem
from automl.execution.local import LocalStore
from automl.metrics import METRICS
from automl.run.book import Book
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("a", "b"), "a"), Float("x", 0.0, 1.0, 0.5)])


def result(fold, loss, rounds=None, n_train=80):
    return FoldResult(fold, -loss, (loss,), 1.0, 0.1, n_train, rounds)


@pytest.fixture
def problem(tmp_path):
    rows = np.arange(100)
    folds = tuple(Fold(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5))
    return Problem(LocalStore(tmp_path), "regression", 0, (), METRICS["rmse"], folds)


@pytest.fixture
def book(problem):
    return Book(problem)


def config(x, learner="a"):
    return SPACE.make({"learner": learner, "x": x})


def test_the_library_uses_the_first_fold_until_five_have_all(book):
    for i in range(4):
        book.add(config(i / 10), tuple(result(k, 1.0 + i) for k in range(5)), full=True)
    book.add(config(0.9), (result(0, 0.5),), full=True)
    keys, folds = book.library()
    assert folds == (0,)
    assert keys[0] == config(0.9).key
    book.add(config(0.8), tuple(result(k, 0.1) for k in range(5)), full=True)
    keys, folds = book.library()
    assert folds == (0, 1, 2, 3, 4)
    assert keys[0] == config(0.8).key
    assert config(0.9).key not in keys


def test_each_family_keeps_its_best_three(book):
    for i in range(60):
        book.add(config(i / 100), (result(0, 0.1 + i / 1000),), full=True)
    for i in range(5):
        book.add(config(i / 100, "b"), (result(0, 9.0 + i),), full=True)
    keys, _ = book.library()
    assert len(keys) == 53
    assert {config(i / 100, "b").key for i in range(3)} < set(keys)


def test_subsample_results_count_only_until_there_is_something_better(book):
    book.add(config(0.1), (result(0, 0.1),), full=False)
    assert book.library() == ([config(0.1).key], (0,))
    book.add(config(0.2), (result(0, 0.7),), full=True)
    book.add(config(0.3), (result(0, 0.1),), full=False)
    assert book.library()[0] == [config(0.2).key]


def test_missing_folds_are_those_not_yet_run(book):
    book.add(config(0.1), (result(0, 0.1), result(2, 0.2)), full=True)
    assert book.missing(config(0.1), 5) == (1, 3, 4)
    assert book.missing(config(0.2), 2) == (0, 1)


def test_rounds_grow_with_the_rows_within_reason(book):
    book.add(config(0.1), tuple(result(k, 0.1, rounds=100 + k) for k in range(5)), full=True)
    assert book.rounds(config(0.1).key, 100) == round(102 * 100 / 80)
    assert book.rounds(config(0.1).key, 8_000) == 153
    book.add(config(0.2), (result(0, 0.1),), full=True)
    assert book.rounds(config(0.2).key, 100) is None


def test_hopeless_models_are_removed_from_the_store(book, problem):
    for i in range(130):
        problem.keep_model(config(i / 1000).key, "0", "a model")
        problem.keep_prediction(config(i / 1000).key, 0, np.zeros(3))
        book.add(config(i / 1000), (result(0, i / 10),), full=True)
    left = [i for i in range(130) if problem.has_model(config(i / 1000).key, "0")]
    assert 0 in left
    assert len(left) < 115
    assert left == [i for i in range(130) if problem.has_prediction(config(i / 1000).key, 0)]
