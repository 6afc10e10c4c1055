"""The contract that every learner keeps, on every task."""

from __future__ import annotations

import pickle
import time
import warnings

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import best_rounds, build_pipeline, pipeline_space
from automl.pipelines.registry import LEARNERS, available_learners

from .conftest import Table, build, handed_on, make_table

NAMES = [learner.name for learner in available_learners()]
WITH_ROUNDS = ("lightgbm", "hist_gradient_boosting", "mlp", "xgboost", "catboost")
TASKS = ("binary", "multiclass", "regression")

each_learner = pytest.mark.parametrize("learner", NAMES)
each_task = pytest.mark.parametrize("task", TASKS)


def predict(model, table: Table, X: np.ndarray) -> np.ndarray:
    """Values, or probabilities after checking that they are some."""
    if table.task == "regression":
        values = model.predict(X)
        assert values.shape == (len(X),)
        assert np.isfinite(values).all()
        return values
    probability = model.predict_proba(X)
    assert probability.shape == (len(X), len(model.classes_))
    assert np.isfinite(probability).all()
    assert (probability >= 0).all()
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, atol=1e-9)
    return probability


@each_task
@each_learner
def test_fits_predicts_and_repeats(tables: dict[str, Table], learner: str, task: str) -> None:
    table = tables[task]
    X = table.X.copy()
    X.setflags(write=False)  # as a read-only memory map: writing would raise
    first = build(table, learner).fit(X[:160], table.y[:160])
    X_new = table.X[160:].copy()
    X_new[0, 4:] = np.nan
    X_new[1, 4], X_new[1, 5] = 7.0, 44.0  # codes that no training row has
    predicted = predict(first, table, X_new)
    np.testing.assert_array_equal(X, table.X)

    again = build(table, learner).fit(X[:160], table.y[:160])
    np.testing.assert_array_equal(predict(again, table, X_new), predicted)

    kept = pickle.loads(pickle.dumps(first))  # what predicts, in as many digits as it needs
    answer = predict(kept, table, X_new)
    np.testing.assert_allclose(answer, predicted, rtol=5e-3, atol=1e-3)
    np.testing.assert_array_equal(predict(pickle.loads(pickle.dumps(kept)), table, X_new), answer)
    np.testing.assert_allclose(predict(handed_on(kept), table, X_new), answer, rtol=1e-6)
    assert (best_rounds(first) is not None) == (learner in WITH_ROUNDS)


@each_task
@each_learner
def test_learns_the_signal(tables: dict[str, Table], learner: str, task: str) -> None:
    table = tables[task]
    model = build(table, learner).fit(table.X[:160], table.y[:160])
    truth = table.y[160:]
    if task == "regression":
        error = np.mean((model.predict(table.X[160:]) - truth) ** 2)
        assert error < 0.85 * truth.var()
    else:
        shares = np.bincount(truth) / len(truth)
        assert np.mean(model.predict(table.X[160:]) == truth) > shares.max() + 0.05


@each_task
@each_learner
def test_every_sampled_configuration_fits(learner: str, task: str) -> None:
    table = make_table(task, n_rows=60, n_classes=3 if task == "multiclass" else 2)
    space = pipeline_space(table.task, table.features, len(table.X))
    rng = np.random.default_rng(1)
    for number in range(10):
        config = {"learner": "nothing"}
        while config["learner"] != learner:
            config = space.sample(rng)
        if f"{learner}:n_estimators" in config:
            config = space.make({**config, f"{learner}:n_estimators": 50})
        rounds = 5 if learner in WITH_ROUNDS else None
        model = build_pipeline(config, table.task, table.features, table.n_classes, 0, None, rounds)
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)
            predicted = predict(model.fit(table.X, table.y), table, table.X)
        if number < 2:  # every kind of part can be held
            stored = predict(handed_on(model), table, table.X)
            np.testing.assert_allclose(stored, predicted, rtol=5e-3, atol=1e-3)


@each_learner
def test_labels_stay_what_they_were(tables: dict[str, Table], learner: str) -> None:
    table = tables["multiclass"]
    codes = np.array([3, 11, 40])[table.y]  # a training part that lacks most classes
    model = build(table, learner, **_few_rounds(learner)).fit(table.X, codes)
    assert model.classes_.tolist() == [3, 11, 40]
    assert set(model.predict(table.X)) <= {3, 11, 40}


@each_learner
def test_a_single_class_is_certain(tables: dict[str, Table], learner: str) -> None:
    table = tables["binary"]
    model = build(table, learner).fit(table.X[:20], np.ones(20, dtype=int))
    assert model.predict_proba(table.X[:3]).tolist() == [[1.0]] * 3
    assert model.predict(table.X[:3]).tolist() == [1, 1, 1]
    assert best_rounds(model) is None


@each_task
@each_learner
@pytest.mark.parametrize("n_rows", [2, 12, 45])
def test_tiny_training_parts(learner: str, task: str, n_rows: int) -> None:
    table = make_table(task, n_rows=100, n_classes=3 if task == "multiclass" else 2)
    rows = np.argsort(table.y, kind="stable")[np.linspace(0, 99, n_rows).astype(int)]
    model = build(table, learner).fit(table.X[rows], table.y[rows])
    predict(model, table, table.X)


@each_learner
@pytest.mark.parametrize("case", ["empty column", "constant column", "one column", "codes only"])
def test_odd_columns(tables: dict[str, Table], learner: str, case: str) -> None:
    table = tables["regression"]
    X, features = table.X.copy(), table.features
    if case == "empty column":
        X[:, 0] = X[:, 4] = np.nan
    elif case == "constant column":
        X[:, 0] = 1e7
        X[:, 4] = 0.0
    elif case == "one column":
        X, features = np.ascontiguousarray(X[:, :1]), features[:1]
    else:
        X, features = np.ascontiguousarray(X[:, 4:]), features[4:]
    odd = Table(X, table.y, "regression", features, 0)
    model = build(odd, learner, **_few_rounds(learner)).fit(X[:100], table.y[:100])
    predict(model, odd, table.X[:, : X.shape[1]] if case != "codes only" else X)


@each_learner
def test_many_classes(learner: str) -> None:
    rng = np.random.default_rng(0)
    y = np.concatenate([np.arange(60), rng.integers(0, 60, 340)])
    X = (y[:, None] + rng.normal(size=(400, 2))).astype(np.float32)
    features = (Feature("a", "numeric"), Feature("b", "numeric"))
    table = Table(X, y, "multiclass", features, 60)
    rounds = 5 if learner in WITH_ROUNDS else None
    model = build(table, learner, rounds=rounds).fit(X, y)
    assert predict(model, table, X).shape == (400, 60)


@pytest.mark.parametrize(
    "learner", [n for n in NAMES if n not in ("linear", "k_nearest_neighbors")]
)
def test_the_time_limit_holds(learner: str) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6_000, 20)).astype(np.float32)
    y = (X[:, 0] * X[:, 1] + X[:, 2] + rng.normal(size=6_000) > 0).astype(int)
    features = tuple(Feature(f"x{i}", "numeric") for i in range(20))
    table = Table(X, y, "binary", features, 2)
    began = time.monotonic()
    model = build(table, learner, max_seconds=0.3).fit(X, y)
    assert time.monotonic() - began < 1.5
    assert np.mean(model.predict(X) == y) > 0.6


@pytest.mark.parametrize("learner", [name for name in NAMES if name in WITH_ROUNDS])
def test_given_rounds_are_kept(tables: dict[str, Table], learner: str) -> None:
    table = tables["multiclass"]
    model = build(table, learner, rounds=7).fit(table.X, table.y)
    assert best_rounds(model) == 7


def test_every_learner_says_how_its_cost_grows() -> None:
    assert all(0.5 <= learner.row_exponent <= 2.0 for learner in LEARNERS.values())


def _few_rounds(learner: str) -> dict[str, object]:
    """Fewer trees where a test looks at form only."""
    return {"n_estimators": 50} if learner in ("extra_trees", "random_forest") else {}
