import time
from types import SimpleNamespace

import numpy as np
import pytest

from automl.data import Fold
from automl.ensemble import Member
from automl.evaluation.evaluate import FoldResult
from automl.evaluation.problem import Problem
from automl.execution.local import LocalStore
from automl.run.book import Book
from automl.run.clock import BudgetClock
from automl.run.costs import CostModel
from automl.run.refitting import refit_members
from automl.run.reserve import plan_refit
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("extra_trees", "linear"), "linear"), Float("x", 0, 1, 0)])
N_ROWS = 100


@pytest.fixture
def run(tmp_path):
    """Three pipelines whose fits on all rows take 8, 4 and 2 seconds."""
    rows = np.arange(N_ROWS)
    folds = tuple(Fold(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5))
    book, costs = (
        Book(Problem(LocalStore(tmp_path), "regression", 0, (), "rmse", folds)),
        CostModel(),
    )
    keys = []
    for i, seconds in enumerate((8.0, 4.0, 2.0)):
        config = SPACE.make({"learner": "linear", "x": i / 10})
        book.add(config, (FoldResult(0, -1.0, (1.0,), seconds, 0.0, N_ROWS, None),), full=True)
        costs.observe(config, N_ROWS, seconds)
        keys.append(config.key)
    return keys, book, costs


def plan(run, within, n_workers=2):
    return plan_refit(*run, N_ROWS, n_workers, within)


def test_all_are_fitted_once_where_that_fits(run):
    found = plan(run, within=8.0)
    assert found.keys == tuple(run[0])
    assert found.seconds == pytest.approx(8.0)


def test_without_time_the_checked_models_stay(run):
    keys, book, costs = run
    members = tuple(Member(book.configs[key], 0.5, ("fold 1", "fold 2"), False) for key in keys)
    over = BudgetClock(10.0, started=time.monotonic() - 10.0)
    idle = SimpleNamespace(n_workers=2)  # anything sent to it would be an error
    found = refit_members(members, book, None, costs, idle, over, np.zeros(N_ROWS), 0, always=False)
    assert found == members


def test_more_workers_do_not_make_the_longest_fit_shorter(run):
    assert plan(run, within=20.0, n_workers=8).seconds == pytest.approx(8.0)
    assert plan(run, within=20.0, n_workers=1).seconds == pytest.approx(14.0)


def test_what_fits_is_fitted_where_not_all_fits(run):
    assert plan(run, within=6.5).keys == tuple(run[0][1:])
    nothing = plan(run, within=0.5)
    assert (nothing.keys, nothing.seconds) == ((), 0.0)
