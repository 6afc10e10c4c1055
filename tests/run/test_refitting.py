"""What becomes of a refit that is worse than what it is to replace."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import Fold
from automl.ensemble import Member
from automl.evaluation.evaluate import ALL_ROWS, MOST_WITNESSES, Refitted, witnesses
from automl.evaluation.problem import Problem
from automl.exceptions import DataWarning
from automl.execution import JobFuture, JobReport
from automl.execution.local import LocalStore
from automl.metrics import METRICS
from automl.run.refitting import _replaced, is_refitted
from automl.space import Categorical, Space

CONFIG = Space([Categorical("learner", ("linear",), default="linear")]).default()
N_ROWS = 50


@pytest.fixture
def run(tmp_path):
    """A member whose fold model was off by 0.5 on rows that it had not seen, and the target."""
    y = np.random.default_rng(0).normal(size=N_ROWS)
    fold = Fold(train=np.arange(10, N_ROWS), validation=np.arange(10))
    problem = Problem(LocalStore(tmp_path), "regression", 0, (), METRICS["rmse"], (fold,))
    problem.keep_model(CONFIG.key, ALL_ROWS, "the refitted model")
    member = Member(CONFIG, 1.0, ("of a fold",), refitted=False)

    def replaced(error, before=0.5):
        problem.keep_prediction(CONFIG.key, 0, (y[:10] + before).astype(np.float32))
        future = JobFuture()
        future.set_result(JobReport(Refitted(y[:10] + error), 1.0, 1.0, 1.0))
        return _replaced(member, future, problem, y)

    return replaced


def test_a_sound_refit_takes_the_place_of_the_fold_models(run):
    assert run(0.3).models == ("the refitted model",)
    assert run(0.3).refitted


def test_one_that_is_worse_on_its_own_rows_does_not(run):
    with pytest.warns(DataWarning, match=r"linear.* as it was checked: fitted on all rows"):
        kept = run(0.6)
    assert kept.models == ("of a fold",)
    assert not kept.refitted


def test_one_that_predicts_nothing_does_not(run):
    with pytest.warns(DataWarning, match="stays as it was checked"):
        assert not run(np.nan).refitted


def test_where_both_are_all_but_perfect_the_refit_is_taken(run):
    assert run(0.001, before=0.0).refitted


@pytest.mark.parametrize("n_rows", [1, 999, 1_000, 1_001, 50_000])
def test_there_are_many_witnesses_and_not_too_many(n_rows):
    n_chosen = len(np.arange(n_rows)[witnesses(n_rows)])
    assert min(n_rows, MOST_WITNESSES // 2) <= n_chosen <= MOST_WITNESSES


@pytest.mark.parametrize(
    ("asked", "n_train", "expected"),
    [("auto", 40, True), ("auto", 48, False), (True, 48, True), (False, 40, False)],
)
def test_a_few_rows_more_are_worth_a_refit_only_where_it_is_asked_for(
    tmp_path, asked, n_train, expected
):
    fold = Fold(train=np.arange(n_train), validation=np.arange(n_train, N_ROWS))
    problem = Problem(LocalStore(tmp_path), "regression", 0, (), METRICS["rmse"], (fold,))
    assert is_refitted(asked, problem, N_ROWS) is expected
