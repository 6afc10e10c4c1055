import numpy as np
import pytest

from automl.data import Dataset, Feature
from automl.estimators import AutoMLRegressor, check_settings
from automl.evaluation.rungs import Rung
from automl.run.plan import Plan, boosting_seconds, make_plan
from automl.space import Categorical, Space

SPACE = Space([Categorical("learner", ("lightgbm", "linear"), "lightgbm")])
BOOSTING, LINEAR = SPACE.make({"learner": "lightgbm"}), SPACE.make({"learner": "linear"})
SUBSET, FULL = Rung(0.1, 1), Rung(1.0, 1)


def settings(**given):
    return check_settings({**AutoMLRegressor().get_params(deep=False), **given})


def table(n_features, n_classes=0):
    features = tuple(Feature(f"x{i}", "numeric") for i in range(n_features))
    task = "multiclass" if n_classes else "regression"
    X = np.zeros((1, n_features), np.float32)
    return Dataset(X, np.zeros(1), task, features, n_classes)


@pytest.mark.parametrize(
    ("n_train", "n_features", "n_classes", "limit", "few"),
    [
        (1_000_000, 20, 0, 60.0, True),
        (1_000_000, 20, 0, None, False),
        (1_000_000, 4, 0, 600.0, False),
        (30_000, 10, 0, 60.0, False),
        (30_000, 10, 0, 5.0, False),
        (30_000, 40, 0, 10.0, True),
        (4_000, 64, 26, 60.0, True),  # boosting pays for each class
        (4_000, 64, 2, 60.0, False),
        (1_200, 10_000, 0, 60.0, False),  # too few rows for subsets
    ],
)
def test_many_fits_or_few(n_train, n_features, n_classes, limit, few):
    asked = settings(time_limit=limit, max_trials=100)
    plan = make_plan(table(n_features, n_classes), n_train, asked, 2)
    assert plan.few is few


@pytest.mark.parametrize("asked", [{"optimizer": "hyperband"}, {"cv": 3}, {"max_trials": 5}])
def test_who_asks_for_a_strategy_for_folds_or_for_few_trials_gets_them(asked):
    assert not make_plan(table(20), 1_000_000, settings(**asked), 2).few


def test_few_fits_get_all_cores_and_the_time_that_is_left():
    plan = Plan(60.0, n_workers=4, few=True)
    assert [plan.threads(BOOSTING, rung) for rung in (SUBSET, FULL)] == [1, 4]
    assert plan.threads(LINEAR, FULL) == 1  # it has no use for them
    first, second = (plan.longest(BOOSTING, FULL, 40.0, n) for n in (0, 1))
    assert 0.5 * 40.0 < first < second == 40.0
    assert plan.longest(BOOSTING, SUBSET, 40.0, 0) == pytest.approx(0.1 * 0.3 * 60.0)


def test_many_fits_have_a_thread_and_a_share_each():
    plan = Plan(60.0, n_workers=4)
    assert plan.threads(BOOSTING, FULL) == 1
    assert plan.longest(BOOSTING, FULL, 40.0, 0) == pytest.approx(18.0)


def test_cost_grows_with_classes_from_three_on():
    assert boosting_seconds(1_000, 10, 10) == pytest.approx(10 * boosting_seconds(1_000, 10, 2))


def test_a_fit_that_would_only_find_bins_is_not_begun():
    plan = Plan(60.0, n_workers=2, few=True, binning=6.0)
    assert plan.least(BOOSTING, FULL) == pytest.approx(9.0)  # two threads
    assert plan.share(BOOSTING, FULL, 8.0, 0) == 0.0
    assert plan.share(BOOSTING, FULL, 12.0, 0) == pytest.approx(9.0)  # more than its part
    assert plan.longest(BOOSTING, SUBSET, 40.0, 0) == pytest.approx(max(1.8, 3 * 0.6))
