"""What the loop allows, for fits of which it knows the cost; only the clock is made up."""

from types import SimpleNamespace

import numpy as np
import pytest

from automl.data import Fold
from automl.evaluation.problem import Problem
from automl.evaluation.rungs import make_rungs
from automl.execution.local import LocalStore
from automl.history import TrialInfo
from automl.run.clock import BudgetClock
from automl.run.interruption import Interruption
from automl.run.plan import Plan
from automl.run.search import Search
from automl.search import make_optimizer
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("lightgbm", "linear"), "lightgbm"), Float("x", 0, 1, 0)])
BOOSTING, LINEAR = SPACE.make({"learner": "lightgbm"}), SPACE.make({"learner": "linear"})
N_ROWS, N_TRAIN = 50_000, 40_000
_SUBSET, THIRD, FULL = range(3)


class Clock(BudgetClock):
    """Stands still."""

    now = 0.0

    def elapsed(self) -> float:
        return self.now


@pytest.fixture
def search(tmp_path):
    """A minute for a table of three rungs, with one fold at full size."""
    rows = np.arange(N_ROWS)
    folds = tuple(Fold(rows[rows % 5 != k], rows[rows % 5 == k]) for k in range(5))
    rungs, clock = make_rungs(N_ROWS), Clock(60.0)
    return Search(
        problem=Problem(LocalStore(tmp_path), "regression", 0, (), "rmse", folds, ()),
        rungs=rungs,
        plan=Plan(60.0, n_workers=1),
        optimizer=make_optimizer("bohb", SPACE, len(rungs), root="learner"),
        executor=SimpleNamespace(n_workers=1),
        clock=clock,
        reserve=lambda *_: 0.0,
        max_trials=None,
        seed=0,
        on_start=[],
        on_result=[],
        interruption=Interruption(clock, print),
    )


def takes(search, config, seconds):
    search.costs.observe(config, N_TRAIN, seconds)


def test_what_would_take_too_long_is_not_started(search):
    takes(search, LINEAR, 19.0)
    assert not search._acceptable(LINEAR, FULL)
    assert search._acceptable(LINEAR, THIRD)


def test_boosting_reaches_full_size_though_the_clock_will_end_it(search):
    takes(search, BOOSTING, 60.0)  # 18 s are its share
    assert search._acceptable(BOOSTING, FULL)
    assert not search._acceptable(BOOSTING, THIRD)  # a part of the rounds on a part of the rows
    search.clock.now = 50.0  # what is left is less than its share
    assert not search._acceptable(BOOSTING, FULL)


def test_boosting_that_would_hardly_begin_is_not_started(search):
    takes(search, BOOSTING, 600.0)
    assert not search._acceptable(BOOSTING, FULL)


def test_on_a_subset_what_can_end_early_gets_a_part_of_the_time(search):
    asked = []
    search.executor.submit = lambda _, job, timeout: asked.append(job.max_seconds) or object()
    for config in (BOOSTING, LINEAR):
        for rung in (_SUBSET, THIRD, FULL):
            search._submit(TrialInfo(0, config, rung, "random"), 60.0)
    assert asked == pytest.approx([2.0, 6.0, 18.0, 18.0, 18.0, 18.0])
