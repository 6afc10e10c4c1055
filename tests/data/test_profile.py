"""What columns are taken for."""

import decimal

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder


def found(values, name="a"):
    """Column found for these values beside an ordinary one."""
    beside = np.linspace(0, 1, len(values))
    return TableEncoder().fit(pd.DataFrame({name: values, "beside": beside})).columns[0]


@pytest.mark.parametrize(
    ("values", "kind", "n_missing", "n_unique"),
    [
        ([1, 2, 2], "numeric", 0, 2),
        ([1.5, None, 2], "numeric", 1, 2),
        ([True, False, None], "boolean", 1, 2),
        (["True", "false", "?"], "boolean", 1, 2),
        (["yes", "no", "no"], "categorical", 0, 2),
        (["a", "b", None], "categorical", 1, 2),
        (["1", "2.5", "?"], "numeric", 1, 2),
        (["1", "2", "-", "N/A", "null", "", "None", "nan", "NA"], "numeric", 7, 2),
        (["1", "2", "two"], "categorical", 0, 3),
        ([1, "a", None, 2.0], "categorical", 1, 3),
        (["2020-01-01", "2020-02-01", "NA"], "datetime", 1, 2),
        (["31.12.2020", "1.2.2020", None], "datetime", 1, 2),
        (pd.to_timedelta([1, 2, None], unit="D"), "numeric", 1, 2),
        ([decimal.Decimal("1.5"), 2, None], "numeric", 1, 2),
        (pd.Categorical([3, 10, 3]), "categorical", 0, 2),
        (pd.Categorical(["u", "v", "u"], categories=["w", "v", "u"]), "categorical", 0, 2),
        (pd.period_range("2020-01", periods=3, freq="M"), "datetime", 0, 3),
        (pd.arrays.SparseArray([1.0, 0.0, 0.0]), "numeric", 0, 2),
        ([b"a", b"b", b"a"], "categorical", 0, 2),
        ([7, 7, 7], "constant", 0, 1),
        (["x", "x", "x"], "constant", 0, 1),
        ([None, None, None], "empty", 3, 0),
        (["?", "NA", "?"], "empty", 3, 0),
        ([np.nan, np.inf, np.nan], "empty", 3, 0),
    ],
    ids=str,
)
def test_kinds(values, kind, n_missing, n_unique):
    column = found(values)
    assert (column.type, column.n_missing, column.n_unique) == (kind, n_missing, n_unique)
    assert column.used == (kind not in ("constant", "empty"))


def test_levels_are_sorted_text():
    assert found(pd.Categorical([3.0, 10.0, 2.5])).levels == ("10", "2.5", "3")
    assert found(["b", "a", "B"]).levels == ("B", "a", "b")
    assert found([1.5, 2.5]).levels == ()


@pytest.mark.parametrize(
    "values",
    [
        range(1, 31),
        np.random.default_rng(0).permutation(30) + 5000,
        np.arange(-100, 100, dtype=np.int8),
        [str(i) for i in range(30)],
        pd.array(range(30), dtype="Int64"),
        pd.array(range(30), dtype="int32[pyarrow]"),
        np.arange(30).astype(object),
    ],
    ids=["range", "shuffled", "int8", "text", "nullable", "arrow", "object"],
)
def test_row_numbers_are_left_out(values):
    column = found(values)
    assert column.type == "identifier"
    assert column.note == "row number, left out"


@pytest.mark.parametrize(
    "values",
    [
        np.arange(30.0),
        np.arange(0, 60, 2),
        [*range(29), 28],
        range(20),
        range(1950, 1990),
        pd.date_range("2020-01-01", periods=30),
        [f"{i}.5" for i in range(30)],
    ],
    ids=["float", "even", "repeated", "few rows", "years", "days", "text of floats"],
)
def test_informative_columns_are_no_row_numbers(values):
    assert found(values).used


def test_row_number_as_the_only_column_is_kept():
    column = TableEncoder().fit(np.arange(100).reshape(-1, 1)).columns[0]
    assert column.used
    assert "only column" in column.note


@pytest.mark.parametrize("name", ["Unnamed: 0", "Unnamed: 0.1", "", "index", "__index_level_0__"])
@pytest.mark.parametrize(
    "values",
    [range(5), range(1, 6), list("012"), np.random.default_rng(0).permutation(60)[:30]],
    ids=["from 0", "from 1", "text", "rows that were drawn"],
)
def test_an_index_that_was_written_is_left_out(name, values):
    column = found(values, name)
    assert (column.type, column.note) == ("identifier", "index of the table, left out")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Unnamed: 0", [0, 2, 1]),
        ("Unnamed: 0", [2, 3, 4]),
        ("Unnamed: 0", [0.5, 1.5, 2.5]),
        ("Unnamed: 0", [0, 1, 1]),
        ("index", np.random.default_rng(0).integers(0, 10_000, 50)),
        ("index", range(1990, 2020)),
        ("house index", range(5)),
        ("a", range(5)),
    ],
    ids=str,
)
def test_columns_that_are_no_index_are_kept(name, values):
    assert found(values, name).used


def test_an_index_can_be_asked_for():
    table = {"Unnamed: 0": range(5), "b": np.linspace(0, 1, 5)}
    encoder = TableEncoder().fit(table, column_types={"Unnamed: 0": "numeric"})
    assert [feature.name for feature in encoder.features] == ["Unnamed: 0", "b"]
    assert TableEncoder().fit({"index": range(5)}).columns[0].used


def test_texts_that_differ_in_every_row_are_left_out():
    assert found([f"id {i}" for i in range(21)]).type == "identifier"
    assert found([f"id {i}" for i in range(20)]).type == "categorical"
    assert found([f"id {i % 20}" for i in range(21)]).type == "categorical"


def test_notes_tell_what_was_done():
    assert found(["1", "2", "?"]).note == "numbers stored as text"
    assert found(["2020-01-01", "2020-02-01"]).note == "dates stored as text"
    assert found([1, 1]).note == "one value in all rows, left out"
