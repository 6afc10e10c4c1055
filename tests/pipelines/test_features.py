"""New columns beside the original ones."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import build_pipeline, pipeline_space
from automl.pipelines.declaration import Preparation, TableFacts
from automl.pipelines.preprocessing import feature_choices, prepare
from automl.pipelines.preprocessing.arithmetic import ArithmeticPairs
from automl.pipelines.preprocessing.crosses import CategoryCrosses
from automl.pipelines.preprocessing.encoding import TargetStatistics
from automl.pipelines.preprocessing.groups import GroupComparisons

from .conftest import build, make_table

NAN = np.nan
CHOICES = ("none", "all", "arithmetic", "crosses")


def rows(*values: tuple[float, ...]) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def facts(n_numeric: int, n_categorical: int) -> TableFacts:
    numeric = tuple(Feature(f"n{i}", "numeric") for i in range(n_numeric))
    codes = tuple(Feature(f"c{i}", "categorical", 5) for i in range(n_categorical))
    return TableFacts("binary", numeric + codes, 100)


def test_arithmetic_of_two_columns() -> None:
    X = rows((6, 2, 1), (5, 0, 1), (NAN, 4, 0), (1, 1, 0))
    made = ArithmeticPairs(regression=True).fit(X, np.arange(4.0)).transform(X)
    # the third column takes two values only
    expected = rows((3, 12, 4, 8), (NAN, 0, 5, 5), (NAN, NAN, NAN, NAN), (1, 1, 0, 2))
    assert made.dtype == np.float32
    np.testing.assert_array_equal(made, expected)


def test_arithmetic_finds_the_ratio_that_matters() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 2, size=(800, 30)).astype(np.float32)
    y = X[:, 7] / X[:, 21]
    step = ArithmeticPairs(most=10, regression=True).fit(X, y)
    assert (7, 21, "/") in step.pairs_
    assert step.transform(X).shape[1] <= 10


def test_crosses_are_codes_and_new_combinations_are_missing() -> None:
    X = rows((0, 0), (0, 1), (1, 0), (NAN, 1), (0, 0))
    crosses = CategoryCrosses(categorical=(0, 1)).fit(X, np.array([0, 1, 0, 1, 0]))
    codes = crosses.transform(X).ravel()
    assert codes[0] == codes[4]
    assert len(set(codes)) == 4
    new = crosses.transform(rows((1, 1), (9, 0), (NAN, 1)))
    assert np.isnan(new[:2]).all()
    assert new[2, 0] == codes[3]


def test_crosses_choose_the_pair_that_decides() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 4, size=(2_000, 9)).astype(np.float32)
    y = ((X[:, 2] + X[:, 6]) % 2).astype(int)
    crosses = CategoryCrosses(categorical=tuple(range(9)), most=3).fit(X, y)
    assert (2, 6) in crosses.pairs_
    assert len(crosses.pairs_) <= 3


def test_groups_rank_and_compare_inside_a_level() -> None:
    numbers = np.arange(20.0)
    X = np.column_stack([np.repeat([0.0, 1.0], 10), numbers]).astype(np.float32)
    groups = GroupComparisons(categorical=(0,), regression=True).fit(X, numbers)
    made = groups.transform(rows((0, 0), (0, 9), (1, 19), (5, 3), (1, NAN)))
    np.testing.assert_allclose(made[:3, 0], [0.05, 0.95, 0.95], atol=1e-6)
    # the mean of ten rows is drawn half of the way to that of all
    np.testing.assert_allclose(made[:3, 1], [-7.0, 2.0, 7.0], atol=1e-6)
    assert np.isnan(made[3, 0])
    assert made[3, 1] == pytest.approx(3 - 9.5)
    assert np.isnan(made[4]).all()


@pytest.mark.parametrize("step", ["arithmetic", "crosses", "groups"])
def test_steps_survive_columns_without_content(step: str) -> None:
    X = np.full((30, 4), NAN, dtype=np.float32)
    X[:, 1] = X[:, 3] = 1.0
    y = np.arange(30) % 3
    made = {
        "arithmetic": ArithmeticPairs(),
        "crosses": CategoryCrosses(categorical=(2, 3)),
        "groups": GroupComparisons(categorical=(2, 3)),
    }[step].fit_transform(X, y)
    assert made.shape == (30, 0)
    assert TargetStatistics().fit_transform(made, y).shape == (30, 0)


@pytest.mark.parametrize("step", ["arithmetic", "crosses", "groups"])
def test_many_columns_and_classes_stay_bounded(step: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 30, size=(400, 200)).astype(np.float32)
    y = np.concatenate([np.arange(40), rng.integers(0, 40, 360)])
    codes = tuple(range(100))
    made = {
        "arithmetic": ArithmeticPairs(),
        "crosses": CategoryCrosses(categorical=codes),
        "groups": GroupComparisons(categorical=codes),
    }[step].fit_transform(X, y)
    assert 1 <= made.shape[1] <= 40


def test_choices_are_those_that_a_table_has_columns_for() -> None:
    assert feature_choices(CHOICES, facts(3, 0)) == ("none", "all")
    assert feature_choices(CHOICES, facts(0, 2)) == ("none", "all")
    assert feature_choices(CHOICES, facts(0, 1)) == ()
    assert feature_choices(CHOICES, facts(2, 2)) == CHOICES
    assert feature_choices((), facts(2, 2)) == ()


@pytest.mark.parametrize("encoding", ["native", "both"])
def test_codes_stay_in_place_beside_new_columns(encoding: str) -> None:
    X = np.random.default_rng(0).integers(0, 5, (60, 5)).astype(np.float32)
    preparation = Preparation(encodings=("native", "both"), features=CHOICES)
    values = {"encoding": encoding, "features": "all"}
    prepared = prepare(values, preparation, facts(3, 2), seed=0)
    made = prepared.transformer.fit_transform(X, np.arange(60) % 2)
    assert prepared.categorical == (3, 4)
    np.testing.assert_array_equal(made[:, :5], X)
    assert made.shape[1] > 5
    assert made.dtype == np.float32


@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_boosted_trees_learn_from_new_columns(learner: str, task: str) -> None:
    table = make_table(task, n_classes=3 if task == "multiclass" else 2)
    first = build(table, learner, features="all").fit(table.X[:160], table.y[:160])
    again = build(table, learner, features="all").fit(table.X[:160], table.y[:160])
    X_new = table.X[160:].copy()
    X_new[0, 4:] = np.nan
    X_new[1, 4], X_new[1, 5] = 7.0, 44.0  # codes that no training row has
    predicted = first.predict(X_new)
    assert len(np.unique(predicted)) > 1
    np.testing.assert_array_equal(again.predict(X_new), predicted)
    kept = pickle.loads(pickle.dumps(first)).predict(X_new)
    np.testing.assert_allclose(kept, predicted, rtol=1e-6)


def test_a_product_is_learned_from_fewer_rows() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(700, 4)).astype(np.float32)
    y = X[:, 0] * X[:, 1] - X[:, 2] * X[:, 3]
    features = tuple(Feature(f"x{i}", "numeric") for i in range(4))
    space = pipeline_space("regression", features, 300)
    errors = []
    for choice in ("none", "all"):
        config = space.make({"learner": "lightgbm", "lightgbm:features": choice})
        model = build_pipeline(config, "regression", features, 0, seed=0).fit(X[:300], y[:300])
        errors.append(np.mean((model.predict(X[300:]) - y[300:]) ** 2))
    assert errors[1] < 0.7 * errors[0]
