"""Which rows train and which check, as a user declares it."""

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneGroupOut,
    PredefinedSplit,
    RepeatedStratifiedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

import automl
from automl.data import Dataset, Feature
from automl.estimators import check_settings
from automl.exceptions import DataWarning, InvalidInputError
from automl.execution.local import LocalStore
from automl.metrics import METRICS
from automl.run.scheme import Scheme
from automl.run.validation import held_out_rows, make_problem

pytestmark = pytest.mark.usefixtures("kept_worker")

QUICK = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "random_state": 0, "verbose": 0}
N = 120


def dataset():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 2)).astype(np.float32)
    y = (X[:, 0] > 0).astype(np.int64)
    return Dataset(X, y, "binary", (Feature("a", "numeric"), Feature("b", "numeric")), 2)


def split(scheme, tmp_path, test_size="auto"):
    data, rng = dataset(), np.random.default_rng(0)
    known = automl.AutoMLClassifier(test_size=test_size).get_params(deep=False)
    development, held_out = held_out_rows(data.y, data.task, scheme, check_settings(known), rng)
    problem = make_problem(data, scheme, development, METRICS["roc_auc"], LocalStore(tmp_path), rng)
    for fold in problem.folds:
        assert not set(fold.train) & set(fold.validation)
        assert set(fold.train) | set(fold.validation) <= set(development)
    return development, held_out, problem


def test_groups_are_whole_in_every_part(tmp_path):
    groups = np.arange(N) % 17
    development, held_out, problem = split(Scheme(groups=groups), tmp_path)
    assert not set(groups[development]) & set(groups[held_out])
    for fold in problem.folds:
        assert not set(groups[fold.train]) & set(groups[fold.validation])
    assert problem.bagged


def test_time_is_respected_and_its_folds_are_no_bag(tmp_path):
    order = np.random.default_rng(1).permutation(N)
    development, held_out, problem = split(Scheme(order=order), tmp_path)
    assert order[development].max() < order[held_out].min()
    for fold in problem.folds:
        assert order[fold.train].max() < order[fold.validation].min()
    assert not problem.bagged


@pytest.mark.parametrize(
    ("cv", "n_folds", "bagged"),
    [
        (3, 3, True),
        (KFold(4), 4, True),
        (StratifiedKFold(7, shuffle=True, random_state=0), 7, True),
        (RepeatedStratifiedKFold(n_splits=3, n_repeats=2, random_state=0), 6, False),
        (ShuffleSplit(2, random_state=0), 2, False),
        (PredefinedSplit(np.arange(N) % 3), 3, True),
        ([(np.arange(60), np.arange(60, N))], 1, False),
        ([(np.arange(N) < 50, np.arange(N) >= 50)], 1, False),
    ],
)
@pytest.mark.parametrize("test_size", ["auto", 0])
def test_splitters_of_all_kinds_make_the_folds(tmp_path, cv, n_folds, bagged, test_size):
    _, held_out, problem = split(Scheme(cv=cv), tmp_path, test_size)
    assert len(problem.folds) == n_folds
    assert problem.bagged is bagged
    assert len(held_out) == (24 if test_size == "auto" else 0)


def test_a_splitter_gets_rows_in_the_order_of_time(tmp_path):
    order = np.random.default_rng(1).permutation(N)
    _, _, problem = split(Scheme(cv=TimeSeriesSplit(4), order=order), tmp_path)
    assert len(problem.folds) == 4
    assert len(problem.folds[0].train) > len(problem.folds[-1].train)
    for fold in problem.folds:
        assert order[fold.train].max() < order[fold.validation].min()


@pytest.mark.parametrize("cv", [GroupKFold(3), LeaveOneGroupOut()])
def test_group_splitters_get_the_groups(tmp_path, cv):
    groups = np.arange(N) % 6
    _, _, problem = split(Scheme(cv=cv, groups=groups), tmp_path)
    for fold in problem.folds:
        assert not set(groups[fold.train]) & set(groups[fold.validation])


def test_a_splitter_that_tears_groups_apart_is_told(tmp_path):
    with pytest.warns(DataWarning, match="`cv` tears groups apart in 3 of 3 folds"):
        split(Scheme(cv=KFold(3), groups=np.arange(N) % 6), tmp_path)


class Broken:
    def split(self, X, y=None, groups=None):
        raise RuntimeError("no luck")


@pytest.mark.parametrize(
    ("cv", "message"),
    [
        (GroupKFold(3), r"ValueError: The 'groups' parameter should not be None"),
        (Broken(), "RuntimeError: no luck"),
        ([(np.arange(60), np.arange(50, N))], "rows in both"),
        ([(np.arange(60), np.arange(60, N + 1))], "positions from 0 to 119; got 60 to 120"),
        ([(np.arange(60.0), np.arange(60, N))], "positions of rows; got an array of float64"),
        ([], "at least one fold"),
        ([3], "(train, validation) pairs; got TypeError".replace("(", r"\(").replace(")", r"\)")),
    ],
)
def test_a_splitter_that_does_not_work_is_told(tmp_path, cv, message):
    with pytest.raises(InvalidInputError, match=rf"^`cv` must give .*{message}.*\.$"):
        split(Scheme(cv=cv), tmp_path)


def devices(n=300, n_groups=30):
    """Rows of one device are alike and share their answer, which says nothing of other devices."""
    rng = np.random.default_rng(0)
    device = rng.integers(0, n_groups, n)
    X = pd.DataFrame(rng.normal(size=(n_groups, 3))[device] + 0.01 * rng.normal(size=(n, 3)))
    X["device"] = [f"d{k}" for k in device]
    return X, pd.Series(rng.integers(0, 2, n_groups)[device], name="answer")


def test_groups_end_what_flatters():
    X, y = devices()
    flattered = automl.fit(X.drop(columns="device"), y, refit=False, **QUICK).holdout_.score
    model = automl.fit(X, y, groups="device", **QUICK)
    assert flattered > 0.95
    assert model.holdout_.score < 0.85
    assert {c.name: c.used for c in model.columns_}["device"] is False
    model.predict(X.drop(columns="device"))
    again = automl.fit(X.drop(columns="device"), y, groups=X["device"].tolist(), **QUICK)
    np.testing.assert_array_equal(model.predict(X), again.predict(X.drop(columns="device")))


def test_the_past_predicts_the_future():
    rng = np.random.default_rng(0)
    day = rng.permutation(400)
    X = pd.DataFrame({"day": pd.Timestamp("2024-01-01") + pd.to_timedelta(day, "D")})
    X["x"] = rng.normal(size=400)
    y = X["x"] + np.where(day < 300, 0.0, 5.0)
    shuffled = automl.fit(X, y, metric="mae", refit=False, **QUICK)
    model = automl.fit(X, y, metric="mae", time_column="day", **QUICK)
    assert model.holdout_.n_rows == 80
    assert model.holdout_.score > 2 * shuffled.holdout_.score  # a mean absolute error
    assert model.refitted_
    assert {len(member.models) for member in model.model_.members} == {1}


def test_rows_of_ones_own_are_what_the_model_is_checked_on():
    X, y = load_iris(return_X_y=True, as_frame=True)
    names = pd.Series(np.array(["setosa", "versicolor", "virginica"])[y])
    shuffled = np.random.default_rng(0).permutation(150)
    train, test = shuffled[:100], shuffled[100:]
    settings = {**QUICK, "refit": False}
    given = {"X_test": X.iloc[test], "y_test": names.iloc[test]}
    model = automl.fit(X.iloc[train], names.iloc[train], **given, metric="accuracy", **settings)
    assert model.holdout_.n_rows == 50
    right = np.mean(model.predict(X.iloc[test]) == names.iloc[test])
    assert model.holdout_.score == pytest.approx(right)
    table = X.assign(kind=names)
    named = automl.fit(
        table.iloc[train], "kind", X_test=table.iloc[test], metric="accuracy", **settings
    )
    assert named.holdout_ == model.holdout_


ROWS = pd.DataFrame({"a": np.arange(40.0), "b": np.arange(40.0)[::-1] ** 2})
LABELS = np.where(np.arange(40) % 3 == 0, "u", "v")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"groups": np.zeros(40)}, "`groups` must hold at least 3 groups"),
        ({"groups": np.zeros(39)}, "`groups` must give one value for each of the 40 rows; got 39"),
        ({"groups": "nobody"}, "`groups` must name a column of X"),
        ({"groups": LABELS, "time_column": "a"}, "`groups` and `time_column` must not both"),
        ({"time_column": "c"}, "`time_column` must name a column of X"),
        ({"time_column": 3}, "`time_column` must be the name of a column or None"),
        ({"cv": 1}, "`cv` must be None, a number of folds from 2 on"),
        ({"cv": "kfold"}, "`cv` must be None, a number of folds from 2 on"),
        ({"y_test": LABELS}, "`y_test` must come with `X_test`"),
        ({"X_test": ROWS}, "`y_test` must be given with `X_test`"),
        (
            {"X_test": ROWS, "y_test": LABELS[:5]},
            "`X_test` and `y_test` cannot be read",
        ),
        ({"X_test": ROWS, "y_test": ["w"] * 40}, "y_test holds 'w', which is no label of y"),
        ({"X_test": ROWS, "y_test": [None] * 40}, "y_test has missing values"),
        ({"X_test": ROWS[["a"]], "y_test": LABELS}, "lacks 1 of the columns"),
        ({"X_test": ROWS, "y_test": LABELS, "test_size": 0.3}, "`test_size` must be 'auto' where"),
        ({"X_test": ROWS.iloc[:0], "y_test": []}, "must have at least one row|inconsistent"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(arguments, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        automl.fit(ROWS, LABELS, **{**QUICK, **arguments})
    assert "\n" not in str(caught.value)


def test_leaks_are_reported_and_change_nothing():
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    settings = {**QUICK, "refit": False}
    plain = automl.fit(X, y, **settings)
    assert plain.run_info_["leakage"] == {
        "columns": [],
        "shared_rows": 0,
        "shared_by_chance": False,
    }
    leaky = X.assign(later=y * 3.0 + 1.0)
    with pytest.warns(DataWarning, match="almost perfectly told by 'later' alone"):
        model = automl.fit(leaky, y, **settings)
    assert model.run_info_["leakage"]["columns"] == ["later"]
    copied = np.concatenate([np.arange(len(X)), np.arange(0, len(X), 2)])
    with pytest.warns(DataWarning, match=r"held-out rows \(\d+%\) are among the training rows"):
        model = automl.fit(X.iloc[copied], y.iloc[copied], **settings)
    assert model.run_info_["leakage"]["shared_rows"] > 30
