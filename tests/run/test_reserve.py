import numpy as np
import pytest

from automl.data import Fold
from automl.evaluation.evaluate import FoldResult
from automl.evaluation.problem import Problem
from automl.run.book import Book
from automl.run.costs import CostModel
from automl.run.reserve import plan_refit
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("extra_trees", "linear"), "linear"), Float("x", 0, 1, 0)])
N_ROWS = 100


@pytest.fixture
def run(tmp_path):
    """Three pipelines whose fits on all rows take 8, 4 and 2 seconds."""
    for name in ("models", "predictions"):
        (tmp_path / name).mkdir()
    rows = np.arange(N_ROWS)
    folds = tuple(Fold(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5))
    book, costs = Book(Problem(tmp_path, "regression", 0, (), "rmse", folds, ())), CostModel()
    keys = []
    for i, seconds in enumerate((8.0, 4.0, 2.0)):
        config = SPACE.make({"learner": "linear", "x": i / 10})
        book.add(config, (FoldResult(0, -1.0, 1.0, seconds, 0.0, N_ROWS, None),), full=True)
        costs.observe(config, N_ROWS, seconds)
        keys.append(config.key)
    return keys, book, costs


def plan(run, bags, within, n_workers=2):
    return plan_refit(*run, N_ROWS, n_workers, bags, within)


def test_all_are_bagged_where_that_fits(run):
    found = plan(run, 5, within=36.0)
    assert (found.keys, found.bags) == (tuple(run[0]), 5)
    assert found.seconds == pytest.approx(35.0)


def test_one_model_each_where_bags_do_not_fit(run):
    found = plan(run, 5, within=20.0)
    assert (found.keys, found.bags) == (tuple(run[0]), 1)


def test_more_workers_do_not_make_the_longest_fit_shorter(run):
    assert plan(run, 1, within=20.0, n_workers=8).seconds == pytest.approx(8.0)


def test_what_fits_is_fitted_where_not_all_fits(run):
    assert plan(run, 1, within=6.5).keys == tuple(run[0][1:])
    nothing = plan(run, 1, within=0.5)
    assert (nothing.keys, nothing.seconds) == ((), 0.0)
