import datetime

import numpy as np
import pandas as pd
import polars as pl
import pytest

from automl.data import code_like, rare_classes, read_target
from automl.exceptions import DataWarning, InvalidInputError

MANY = [f"{i / 10}" for i in range(40)]


@pytest.mark.parametrize(
    ("y", "task", "reason"),
    [
        (["a", "b", "a"], "binary", "text with 2"),
        (["a", "b", "c"], "multiclass", "text with 3"),
        ([True, False], "binary", "true or false"),
        (pd.array([True, False], dtype="boolean"), "binary", "true or false"),
        (pd.Categorical([1, 2, 3]), "multiclass", "categories with 3 levels"),
        (pd.Categorical(MANY * 2), "multiclass", "categories with 40 levels"),
        (pl.Series(["x", "y"], dtype=pl.Categorical), "binary", "categories"),
        ([0, 1, 0], "binary", "2 distinct whole numbers"),
        ([0.0, 1.0, 0.0], "binary", "2 distinct whole numbers"),
        ([0.5, 1.0, 0.5], "regression", "fractions"),
        ([0.0, 1.0, 2.0] * 50, "regression", "floating-point"),
        ([0, 1, 2] * 50, "multiclass", "3 distinct whole numbers in 150 rows"),
        (pd.array([0, 1, 2] * 50, dtype="Int64"), "multiclass", "3 distinct"),
        (np.array([0, 1, 2] * 50, dtype=object), "multiclass", "3 distinct"),
        ([0, 1, 2] * 6, "regression", "3 distinct values in 18 rows"),
        (list(range(21)) * 20, "regression", "21 distinct values"),
        (MANY, "regression", "text that reads as 40 distinct numbers"),
        (["1", "2", "3"] * 9, "multiclass", "text with 3"),
        (pd.Series([1.5, 2.0, 3.0], dtype="double[pyarrow]"), "regression", "fractions"),
    ],
)
def test_task_is_recognised(y, task, reason):
    target = read_target(y)
    assert target.task == task
    assert reason in target.reason


@pytest.mark.parametrize(
    ("write", "understood"),
    [
        (lambda v: f"{v:,.0f}", "comma groups thousands"),
        (lambda v: f"{v:.2f}".replace(".", ","), "decimal comma"),
        (lambda v: f"${v:,.2f}", "comma groups thousands, in $"),
        (lambda v: f"{v:.0f}%", "percent as written"),
    ],
)
def test_numbers_in_text_are_amounts(write, understood):
    amounts = np.arange(30) * 1500.0 + 500.0
    target = read_target([write(one) for one in amounts])
    assert target.reason == f"text that reads as 30 distinct numbers ({understood})"
    assert target.task == "regression"
    assert target.classes is None
    np.testing.assert_array_equal(target.values, amounts)
    np.testing.assert_array_equal(code_like(target, [write(7.0), write(8.0)]), [7.0, 8.0])


def test_a_target_that_may_be_several_numbers_is_told():
    texts = ["1.234 €", "2.500 €", "1.234 €"]
    with pytest.warns(DataWarning, match="'1.234 €' can be 1234 or 1.234") as told:
        assert read_target(texts).task == "binary"
    assert told[0].filename == __file__
    assert read_target(texts, "classification").task == "binary"
    assert read_target(texts, "regression").values.tolist() == [1.234, 2.5, 1.234]


def test_few_numbers_in_text_are_classes():
    assert read_target(["10%", "20%", "10%"]).classes.tolist() == ["10%", "20%"]


@pytest.mark.parametrize(
    "make",
    [
        list,
        np.array,
        lambda y: np.array(y).reshape(-1, 1),
        pd.Series,
        lambda y: pd.Series(y, dtype="category"),
        lambda y: pd.Series(y, dtype="string[pyarrow]"),
        lambda y: pd.DataFrame({"t": y}),
        lambda y: pl.Series("t", y),
        lambda y: pl.DataFrame({"t": y}),
        lambda y: [[label] for label in y],
    ],
)
def test_classes_are_sorted_labels_whatever_the_container(make):
    target = read_target(make(["no", "yes", "maybe", "no"]))
    assert target.classes.tolist() == ["maybe", "no", "yes"]
    assert target.values.tolist() == [1, 2, 0, 1]
    assert target.values.dtype == np.int64
    assert target.n_classes == 3


@pytest.mark.parametrize(
    ("y", "classes"),
    [
        (np.array([5, 3, 5]), np.array([3, 5])),
        (np.array([True, False]), np.array([False, True])),
        (np.array([2.0, 1.0]), np.array([1.0, 2.0])),
        (np.array(["b", "a"]), np.array(["a", "b"])),
        (pd.Categorical([10, 9, 10], categories=[11, 10, 9]), np.array([9, 10])),
        (pd.array([5, 3], dtype="Int64"), np.array([3, 5])),
    ],
)
def test_classes_keep_their_dtype(y, classes):
    found = read_target(y).classes
    assert found.dtype == classes.dtype
    assert found.tolist() == classes.tolist()


def test_labels_of_several_types_are_told_apart():
    target = read_target([1, "a", 1, "b"])
    assert target.classes[target.values].tolist() == [1, "a", 1, "b"]


def test_regression_keeps_values_and_name():
    target = read_target(pd.Series([1, 2, 4], name="price"), "regression")
    assert target.values.dtype == np.float64
    assert target.values.tolist() == [1.0, 2.0, 4.0]
    assert target.classes is None
    assert (target.name, target.n_classes) == ("price", 0)
    assert read_target([1.5, 2.5]).name == "target"


@pytest.mark.parametrize(
    ("y", "asked", "task"),
    [
        ([0, 1, 2], "classification", "multiclass"),
        ([0.0, 1.0], "classification", "binary"),
        ([0, 1, 2], "multiclass", "multiclass"),
        ([0, 1, 1], "binary", "binary"),
        ([0, 1, 1], "regression", "regression"),
        (["1", "2", "2.5"], "regression", "regression"),
        (pd.Categorical([1, 2, 3]), "regression", "regression"),
    ],
)
def test_task_that_was_asked_for_is_obeyed(y, asked, task):
    target = read_target(y, asked)
    assert (target.task, target.reason) == (task, "as asked")


@pytest.mark.parametrize(
    ("y", "task", "message"),
    [
        (["a", "b", "c"], "binary", "task='binary' does not fit the 3 classes"),
        (["a", "b"], "multiclass", "task='multiclass' does not fit the 2 classes"),
        (["a", "b"], "regression", "holds text such as 'a'"),
        ([0.5, 1.5, 2.5], "classification", "Unknown label type"),
        (["a", "b"], "ranking", "task must be one of 'auto'.*got 'ranking'"),
        ([1.0, None, np.nan], "auto", "missing values .* in 2 of 3 rows; drop"),
        ([None, None], "auto", "no value in any row"),
        ([1.0, np.inf, 2.0], "auto", "infinite values .* in 1 of 3 rows"),
        (["12,5", "on request"], "regression", "holds text such as 'on request'"),
        ([*MANY, "?"], "auto", "markers of missing values .* in 1 of 41 rows"),
        (["a", "a"], "auto", "only one class or value, 'a'"),
        ([2.5, 2.5], "regression", "only one class or value, '2.5'"),
        (["a"], "auto", "at least 2 rows to learn from, got n_samples=1"),
        ([], "auto", "at least 2 rows to learn from, got n_samples=0"),
        (None, "auto", "requires y to be passed"),
        (np.zeros((3, 2)), "auto", "should be a 1d array"),
        ([f"u{i}" for i in range(30)], "auto", "a class of its own in each of its 30 rows"),
        (
            [datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)],
            "auto",
            "holds dates or durations",
        ),
        (pd.to_timedelta([1, 2]), "auto", "holds dates or durations"),
        ([1j, 2], "auto", "Complex data not supported"),
    ],
)
def test_what_cannot_be_predicted_is_refused(y, task, message):
    with pytest.raises(InvalidInputError, match=message):
        read_target(y, task)


def test_rare_classes_are_named():
    assert rare_classes(read_target([3, 1, 1, 2, 2, 4], "classification")) == (3, 4)
    assert rare_classes(read_target([1.5, 2.5])) == ()
