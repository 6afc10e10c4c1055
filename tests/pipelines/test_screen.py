import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import build_pipeline, pipeline_space
from automl.pipelines.preprocessing.screen import ColumnScreen

N_COLUMNS = 2_500
FEATURES = tuple(Feature(f"x{i}", "numeric") for i in range(N_COLUMNS))


@pytest.fixture(scope="module")
def wide():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, N_COLUMNS)).astype(np.float32)
    y = (X[:, 1_700] + np.abs(X[:, 2_400]) * 1.5 > 1.2).astype(int)
    X[rng.random(X.shape) < 0.02] = np.nan
    return X, y


def test_columns_that_say_something_are_kept_whether_straight_or_bent(wide):
    kept = ColumnScreen(20, classes=True).fit(*wide).kept_
    assert {1_700, 2_400} <= set(kept)
    assert len(kept) == 20


def test_rows_that_are_not_fitted_on_change_nothing(wide):
    X, y = wide
    changed = X.copy()
    changed[200:] = 7.0
    one, other = (ColumnScreen(20, classes=True).fit(rows[:200], y[:200]) for rows in (X, changed))
    assert np.array_equal(one.kept_, other.kept_)


def test_empty_and_constant_columns_are_no_trouble():
    X = np.full((30, 4), np.nan, np.float32)
    X[:, 1] = 3.0
    X[:, 2] = np.arange(30)
    assert ColumnScreen(1, classes=False).fit(X, np.arange(30.0)).kept_.tolist() == [2]


@pytest.mark.parametrize("learner", ["lightgbm", "gaussian_process", "linear"])
def test_each_learner_predicts_on_a_wide_table(wide, learner):
    X, y = wide
    config = pipeline_space("binary", FEATURES, len(X)).make({"learner": learner})
    model = build_pipeline(config, "binary", FEATURES, 2, seed=0, rounds=5).fit(X, y)
    assert model.predict_proba(X).shape == (300, 2)
