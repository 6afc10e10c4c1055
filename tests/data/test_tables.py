import numpy as np
import pandas as pd
import polars as pl
import pytest

from automl.data import check_same_length, read_column, read_table, read_training_table
from automl.exceptions import DataWarning, InvalidInputError

COLUMNS = {"size": [1.5, 2.5, None], "kind": ["a", None, "b"]}


@pytest.mark.parametrize(
    "source",
    [
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        COLUMNS,
        [{"size": 1.5, "kind": "a"}, {"size": 2.5, "kind": None}, {"kind": "b"}],
    ],
    ids=["pandas", "polars", "polars lazy", "dict", "list of dicts"],
)
def test_named_sources_give_the_same_frame(source):
    frame = read_table(source)
    assert list(frame.columns) == ["size", "kind"]
    assert frame["size"].tolist()[:2] == [1.5, 2.5]
    assert frame["size"].isna().tolist() == [False, False, True]
    assert frame["kind"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        (np.zeros((3, 2)), (3, 2)),
        ([[1, 2], [3, 4]], (2, 2)),
        ([np.array([1, 2]), np.array([3, 4])], (2, 2)),
        (pl.Series("a", [1, 2]), (2, 1)),
    ],
)
def test_sources_without_names_are_numbered(source, shape):
    frame = read_table(source)
    assert frame.shape == shape
    if not isinstance(source, pl.Series):
        assert list(frame.columns) == [str(i) for i in range(shape[1])]


def test_names_become_unique_strings_and_repeats_are_told():
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", "a.1", 7])
    with pytest.warns(DataWarning, match="names repeat and were numbered: 'a'"):
        names = list(read_table(frame).columns)
    assert names == ["a", "a.2", "a.1", "7"]
    assert list(frame.columns) == ["a", "a", "a.1", 7]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (5, "got int"),
        (None, "got NoneType"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        ([[1], [2, 3]], "rows of 1 to 2 values"),
        (np.arange(4), r"4 values in one dimension.* `X.reshape\(1, -1\)` .* one row"),
        ([1, 2, 3], "3 values in one dimension"),
        ({"a": [1, 2], "b": [1]}, "same length"),
    ],
)
def test_what_is_no_table_is_refused(source, message):
    with pytest.raises(InvalidInputError, match=message):
        read_table(source)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_target_is_taken_out_of_the_table(make):
    X, y = read_training_table(make({"a": [1, 2], "t": ["u", "v"], "b": [3, 4]}), "t")
    assert list(X.columns) == ["a", "b"]
    assert y.tolist() == ["u", "v"]
    assert y.name == "t"


def test_target_may_be_an_array():
    X, y = read_training_table(np.zeros((3, 2)), [1, 2, 3])
    assert X.shape == (3, 2)
    assert y.tolist() == [1, 2, 3]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("prise", r"'prise' is not a column.* did you mean 'Price'"),
        ("PRICE ", "did you mean 'Price'"),
        ("zzzz", r"'c0', 'c1', 'c2', 'c3', 'c4', \.\.\., .*'c29', 'Price' \(31 in all\); name one"),
    ],
)
def test_unknown_target_is_refused_with_the_nearest_name_and_the_last_columns(name, message):
    table = {**{f"c{i}": [1] for i in range(30)}, "Price": [2]}
    with pytest.raises(InvalidInputError, match=message):
        read_training_table(table, name)


def test_a_target_in_another_order_than_the_table_is_told_of():
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=[4, 7, 9])
    shuffled = pd.Series([3.0, 1.0, 2.0], index=[9, 4, 7])
    with pytest.warns(DataWarning, match=r"y\.loc\[X\.index\]"):
        _, target = read_training_table(table, shuffled)
    assert target.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("target", [np.arange(3.0), pd.Series(np.arange(3.0)), [2.0, 1.0, 0.0]])
@pytest.mark.filterwarnings("error")
def test_labels_that_say_nothing_are_not_mentioned(target):
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=[4, 7, 9])
    assert len(read_training_table(table, target)[1]) == 3
    read_training_table(table.set_axis([2, 0, 1], axis=0), np.arange(3.0))


def test_lengths_must_agree():
    with pytest.raises(InvalidInputError, match="3 rows in X and 2 values in y"):
        read_training_table(np.zeros((3, 2)), [1, 2])
    check_same_length([1, 2], [3, 4])


class ArrayOfAnotherLibrary:
    """Neither a length nor a shape: only what numpy asks for."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, dtype=None, copy=None):
        return self.values


def test_arrays_of_other_libraries_are_read():
    X, y = read_training_table(
        ArrayOfAnotherLibrary([[1, 2], [3, 4]]), ArrayOfAnotherLibrary([5, 6])
    )
    assert X.to_numpy().tolist() == [[1, 2], [3, 4]]
    assert y.tolist() == [5, 6]


@pytest.mark.parametrize("row", [list, tuple, np.array])
def test_several_targets_may_be_a_list_of_rows(row):
    _, y = read_training_table(np.zeros((3, 2)), [row([1, 0]), row([0, 1]), row([1, 1])])
    assert y.to_numpy().tolist() == [[1, 0], [0, 1], [1, 1]]


@pytest.mark.parametrize("y", ["text", 5, {"a": 1}, None, np.float64(5)])
def test_what_is_no_column_is_refused(y):
    with pytest.raises(InvalidInputError, match=r"one value per row|is None"):
        read_column(y)
