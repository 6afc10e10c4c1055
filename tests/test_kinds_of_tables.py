"""Tables of every kind, from the front door to a checked model."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

import automl
from automl.exceptions import InvalidInputError

QUICK = {
    "time_limit": None,
    "max_trials": 2,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
    "knowledge_base": None,
}

pytestmark = pytest.mark.usefixtures("kept_worker")


def reviews(n=200, seed=0):
    """Texts and two dates, each of which says something about the target."""
    rng = np.random.default_rng(seed)
    happy = rng.integers(0, 2, n)
    common = np.array(["the", "room", "was", "we", "stayed", "there", "and", "breakfast"])
    told = np.where(happy, "lovely", "filthy")
    texts = [" ".join(rng.permutation([*rng.choice(common, 7), word])) for word in told]
    booked = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D")
    days = rng.integers(1, 60, n)
    arrived = booked + pd.to_timedelta(days, "D")
    return pd.DataFrame({"review": texts, "booked": booked, "arrived": arrived}), happy, days


def test_free_text_and_its_kind_reach_the_model(tmp_path):
    X, happy, _ = reviews()
    model = automl.fit(X, happy, **QUICK)
    assert {c.name: c.type for c in model.columns_}["review"] == "text"
    assert model.holdout_.score > 0.9
    again = automl.load(model.save(tmp_path / "model.automl"))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    new = X.head(3).assign(review=["never heard words", None, "LOVELY room"])
    assert np.isfinite(model.predict_proba(new)).all()


def test_distances_between_dates_reach_the_model():
    X, _, days = reviews()
    model = automl.fit(X.drop(columns="review"), days, task="regression", **QUICK)
    assert model.holdout_.score < 0.3 * np.std(days)


@pytest.mark.parametrize("make", [sparse.csr_matrix, sparse.coo_array])
def test_a_sparse_matrix_gives_the_model_of_its_array(make):
    rng = np.random.default_rng(0)
    cells = rng.poisson(0.3, (120, 12)).astype(float)
    y = (cells[:, 0] + cells[:, 1] > 0).astype(int)
    settings = {**QUICK, "max_trials": 1}
    expected = automl.fit(cells, y, **settings).predict_proba(cells)
    model = automl.fit(make(cells), y, **settings)
    np.testing.assert_array_equal(model.predict_proba(make(cells)), expected)


def test_an_arff_file_is_a_table(tmp_path):
    rng = np.random.default_rng(0)
    size, colour = rng.normal(size=100), rng.choice(["red", "blue"], 100)
    head = "@relation r\n@attribute size real\n@attribute colour {red,blue,green}\n"
    head += "@attribute answer {no,yes}\n@data\n"
    rows = [f"{s:.4f},{c},{'yes' if s > 0 else 'no'}" for s, c in zip(size, colour, strict=True)]
    path = tmp_path / "table.arff"
    path.write_text(head + "\n".join(rows))
    model = automl.fit(path, "answer", **{**QUICK, "max_trials": 1})
    assert list(model.classes_) == ["no", "yes"]
    assert model.holdout_.score > 0.9


def test_weights_of_rows_decide_what_is_learned():
    rng = np.random.default_rng(0)
    X = np.tile(rng.normal(size=(100, 2)), (2, 1))
    truth = X[:100, 0] > 0
    y = np.concatenate([truth, ~truth]).astype(int)
    weights = np.repeat([1.0, 0.02], 100)
    model = automl.fit(X, y, sample_weight=weights, **QUICK)
    assert np.mean(model.predict(X[:100]) == truth) > 0.9
    again = automl.AutoMLClassifier(**QUICK).fit(X, y, sample_weight=pd.Series(weights * 7))
    np.testing.assert_allclose(again.predict_proba(X), model.predict_proba(X))
    learners = {result.info.config["learner"] for result in model.history_}
    assert learners <= {"lightgbm", "linear", "extra_trees", "mlp", "xgboost", "catboost"}


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ([1.0] * 19, "each of the 20 rows; got 19"),
        ([-1.0] + [1.0] * 19, "not negative; got -1 in row 0"),
        ([np.nan] + [1.0] * 19, "finite.*got nan in row 0"),
        (["much"] * 20, "must hold numbers"),
        ([1.0] + [0.0] * 19, "at least two rows; got 1"),
    ],
)
def test_impossible_weights_are_refused(weights, message):
    with pytest.raises(InvalidInputError, match=f"^`sample_weight` .*{message}"):
        automl.fit(np.arange(40.0).reshape(20, 2), np.arange(20) % 2, sample_weight=weights)


def test_the_whole_ensemble_keeps_a_monotonic_constraint():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-2, 2, (200, 2)), columns=["price", "other"])
    y = X["price"] ** 2 + X["other"]
    settings = {**QUICK, "task": "regression", "max_trials": 3}
    model = automl.fit(X, y, monotonic_constraints={"price": 1, "other": 0}, **settings)
    grid = pd.DataFrame({"price": np.linspace(-3, 3, 200), "other": 0.3})
    assert (np.diff(model.predict(grid)) >= -1e-9).all()
    free = automl.fit(X, y, **settings)
    assert (np.diff(free.predict(grid)) < 0).any()


@pytest.mark.parametrize(
    ("constraints", "classes", "message"),
    [
        ({"c": 1}, 2, "has 'a', 'b'; got 'c'"),
        ({"a": 2}, 2, "1, -1 or 0; got 2"),
        ({"b": 1}, 2, "'b', which was taken for 'categorical'"),
        ({"a": 1}, 3, "more than two classes"),
    ],
)
def test_impossible_constraints_are_refused(constraints, classes, message):
    X = pd.DataFrame({"a": np.arange(60) / 7, "b": list("uvwxyz") * 10})
    with pytest.raises(InvalidInputError, match=f"^`monotonic_constraints` .*{message}"):
        automl.fit(X, np.arange(60) % classes, monotonic_constraints=constraints, **QUICK)


def test_two_thousand_columns():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 2_000)).astype(np.float32)
    y = (X[:, :5].sum(axis=1) > 0).astype(int)
    X[:, 0] += 3 * y
    model = automl.fit(X, y, **{**QUICK, "max_trials": 1, "refit": False})
    assert model.n_features_in_ == 2_000
    assert model.holdout_.score > 0.7


def test_a_hundred_classes():
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(100), 6)
    X = np.column_stack([y // 10, y % 10]) + 0.1 * rng.normal(size=(600, 2))
    model = automl.fit(X, y, task="multiclass", **{**QUICK, "max_trials": 1})
    probability = model.predict_proba(X)
    assert probability.shape == (600, 100)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)


def test_fifty_thousand_levels():
    rng = np.random.default_rng(0)
    levels = np.concatenate([np.arange(50_000), rng.integers(0, 50_000, 2_000)])
    X = pd.DataFrame({"key": [f"k{level}" for level in levels], "size": rng.normal(size=52_000)})
    y = (X["size"] > 0).astype(int)
    model = automl.fit(X, y, **{**QUICK, "max_trials": 1, "refit": False})
    n_unique = {c.name: c.n_unique for c in model.columns_}["key"]
    assert 47_000 < n_unique < 50_000  # those that occur in held-out rows alone are not looked at
    assert model.holdout_.score > 0.95


def test_one_percent_positives():
    rng = np.random.default_rng(0)
    y = (np.arange(1_500) < 15).astype(int)
    X = rng.normal(size=(1_500, 3))
    X[:, 0] += 4 * y
    model = automl.fit(X, y, **QUICK)
    assert model.holdout_.score > 0.9
    assert model.holdout_.ci_low <= model.holdout_.score <= model.holdout_.ci_high
