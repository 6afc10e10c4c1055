"""The same table in every library, and prediction tables that differ from it."""

import datetime
import pickle
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest

from automl.data import Feature, TableEncoder
from automl.exceptions import DataWarning, InvalidInputError

MIXED = {
    "size": [1.5, None, 3.0, 4.0],
    "count": [4, 7, 7, 1],
    "open": [True, False, None, True],
    "colour": ["red", "blue", None, "red"],
    "sold": [datetime.datetime(2020, 1, day, 12) for day in (1, 2, 3, 4)],
}
_WEEK = 2 * np.pi * np.array([2.5, 3.5, 4.5, 5.5]) / 7
CODED = [
    [1.5, 4, 1, 1, -2, 1, 2, np.sin(_WEEK[0]), np.cos(_WEEK[0])],
    [np.nan, 7, 0, 0, -1, 2, 3, np.sin(_WEEK[1]), np.cos(_WEEK[1])],
    [3.0, 7, np.nan, np.nan, 0, 3, 4, np.sin(_WEEK[2]), np.cos(_WEEK[2])],
    [4.0, 1, 1, 1, 1, 4, 5, np.sin(_WEEK[3]), np.cos(_WEEK[3])],
]


@pytest.mark.parametrize(
    "make", [pd.DataFrame, pl.DataFrame, pl.LazyFrame], ids=lambda m: m.__module__
)
def test_every_library_gives_the_same_matrix(make):
    encoder = TableEncoder().fit(make(MIXED))
    assert [f.name for f in encoder.features] == [
        *("size", "count", "open", "colour"),
        *("sold", "sold.day", "sold.weekday", "sold.week_sin", "sold.week_cos"),
    ]
    assert [f.kind for f in encoder.features] == [
        *("numeric", "numeric", "boolean", "categorical", *["numeric"] * 5)
    ]
    encoded = encoder.transform(make(MIXED))
    np.testing.assert_array_equal(encoded, np.array(CODED, dtype=np.float32))
    assert encoded.dtype == np.float32
    assert encoded.flags.c_contiguous
    np.testing.assert_array_equal(encoded, encoder.transform(pd.DataFrame(MIXED)))


@pytest.mark.parametrize(
    "dtypes",
    [
        {"size": "Float64", "count": "Int64", "open": "boolean", "colour": "string"},
        {"size": "float32", "count": "uint8", "open": object, "colour": "category"},
        {
            "size": "double[pyarrow]",
            "count": "int64[pyarrow]",
            "open": "bool[pyarrow]",
            "colour": "string[pyarrow]",
            "sold": "timestamp[us][pyarrow]",
        },
        {"size": object, "count": object, "open": object, "colour": object, "sold": object},
    ],
    ids=["nullable", "small", "arrow", "object"],
)
def test_every_dtype_gives_the_same_matrix(dtypes):
    table = pd.DataFrame(MIXED).astype(dtypes)
    encoder = TableEncoder().fit(table)
    np.testing.assert_array_equal(encoder.transform(table), np.array(CODED, dtype=np.float32))


def test_array_of_objects_is_typed_column_by_column():
    array = pd.DataFrame(MIXED).astype(object).to_numpy()
    encoder = TableEncoder().fit(array)
    assert encoder.names == ("0", "1", "2", "3", "4")
    np.testing.assert_array_equal(encoder.transform(array), np.array(CODED, dtype=np.float32))


def test_encoder_survives_pickling():
    encoder = TableEncoder().fit(pd.DataFrame(MIXED))
    again = pickle.loads(pickle.dumps(encoder))
    assert again.columns == encoder.columns
    np.testing.assert_array_equal(again.transform(MIXED), encoder.transform(MIXED))


def test_feature_names_stay_unique():
    dates = pd.date_range("2020-01-01", periods=4, freq="40D")
    table = pd.DataFrame({"d": dates, "d.month": [3.5, 1, 2, 3]})
    names = [feature.name for feature in TableEncoder().fit(table).features]
    assert len(set(names)) == len(names) == 9


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_columns_are_found_by_name(make):
    encoder = TableEncoder().fit({"a": [1.5, 2, 3], "b": ["x", "y", "x"], "same": [1, 1, 1]})
    encoded = encoder.transform(make({"b": ["y"], "extra": [1], "a": [9.0]}))
    assert encoded.tolist() == [[9.0, 1.0]]


def test_missing_columns_are_all_named():
    encoder = TableEncoder().fit({"a": [1.5, 2], "b": ["x", "y"], "c": [1, 3]})
    with pytest.raises(InvalidInputError, match=r"lacks 2 of the columns.*'a', 'c'"):
        encoder.transform({"b": ["x"]})


def test_array_columns_are_found_by_position():
    encoder = TableEncoder().fit({"a": [1.5, 2], "b": [3.0, 4]})
    assert encoder.transform(np.array([[7.0, 8.0]])).tolist() == [[7.0, 8.0]]
    with pytest.raises(
        InvalidInputError, match=r"X has 3 features, but automl is expecting 2 features as input"
    ):
        encoder.transform(np.zeros((1, 3)))


def test_frame_of_an_array_fits_a_model_of_the_array():
    array = np.array([[1.0, 2.0], [3.0, 5.0]])
    encoder = TableEncoder().fit(array)
    np.testing.assert_array_equal(encoder.transform(pd.DataFrame(array)), array)


@pytest.mark.parametrize("empty", [pd.DataFrame(MIXED).iloc[:0], pl.DataFrame(MIXED).clear()])
def test_prediction_table_without_rows_keeps_its_width(empty):
    assert TableEncoder().fit(MIXED).transform(empty).shape == (0, 9)


def test_numbers_may_arrive_as_text():
    encoder = TableEncoder().fit({"a": [1.5, 2.0, 3.0]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoded = encoder.transform({"a": ["2.5", "?", " 3 ", None]})
    np.testing.assert_array_equal(encoded[:, 0], np.float32([2.5, np.nan, 3, np.nan]))


def test_unreadable_numbers_become_missing_with_one_warning():
    encoder = TableEncoder().fit({"a": [1.5, 2.0], "b": [3.0, 4.0]})
    with pytest.warns(DataWarning) as told:
        encoded = encoder.transform({"a": ["two", "1", "two"], "b": ["3", "-", "four"]})
    assert np.isnan(encoded).tolist() == [[True, False], [False, True], [True, True]]
    assert [str(warning.message) for warning in told] == [
        "Values that could not be read became missing in 'a' (2 of 3 values, such as 'two'), "
        "'b' (1 of 3 values, such as 'four')."
    ]


@pytest.mark.parametrize(
    "fitted",
    [
        ["1", "2", "x"],
        pd.Categorical([1, 2, 3]),
        pd.Categorical([1.0, 2.0, 3.0]),
        ["1.0", "2.0", "x"],
    ],
    ids=["text", "integer categories", "float categories", "text of floats"],
)
@pytest.mark.parametrize("arriving", [["2", "1"], [2, 1], [2.0, 1.0], ["2.0", "1.0"]], ids=str)
def test_categories_are_found_whatever_their_dtype(fitted, arriving):
    encoder = TableEncoder().fit(pd.DataFrame({"a": fitted}))
    assert encoder.transform({"a": arriving})[:, 0].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    "arriving",
    [[1, 0], [1.0, 0.0], ["True", "False"], ["yes", "no"], ["1", "0"], [True, False]],
    ids=str,
)
def test_booleans_are_found_whatever_their_dtype(arriving):
    encoder = TableEncoder().fit({"a": [True, False, True]})
    assert encoder.transform({"a": arriving})[:, 0].tolist() == [1.0, 0.0]


def test_booleans_count_where_numbers_were_fitted():
    encoder = TableEncoder().fit({"a": [0, 1, 1]})
    assert encoder.transform({"a": [True, False]})[:, 0].tolist() == [1.0, 0.0]


def test_unknown_and_missing_levels_are_nan_without_a_warning():
    encoder = TableEncoder().fit({"a": ["x", "y", "x"]})
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoded = encoder.transform({"a": ["y", "new", None, "1.5"]})
    np.testing.assert_array_equal(encoded[:, 0], np.float32([1, np.nan, np.nan, np.nan]))


def test_numbers_are_no_dates():
    encoder = TableEncoder().fit({"a": ["1/31/2020", "2/1/2020"]})
    with pytest.warns(DataWarning, match="'a' .2 of 2 values"):
        assert np.isnan(encoder.transform({"a": [1.5, 2.5]})).all()


def test_dates_may_arrive_as_text_and_in_other_zones():
    zoned = pd.date_range("2020-06-01", periods=3, freq="5h", tz="Europe/Berlin")
    encoder = TableEncoder().fit(pd.DataFrame({"a": zoned}))
    expected = encoder.transform(pd.DataFrame({"a": zoned}))
    assert encoder.features[1].name == "a.hour"
    assert expected[:, 1].tolist() == [0.0, 5.0, 10.0]
    for arriving in (zoned.tz_convert("Asia/Tokyo"), zoned.tz_localize(None).astype(str)):
        np.testing.assert_array_equal(encoder.transform(pd.DataFrame({"a": arriving})), expected)


def test_infinite_values_become_missing_with_a_warning():
    table = {"a": [1.0, np.inf, 3.0, -np.inf], "b": [1, 2, 3, 5]}
    encoder = TableEncoder().fit(table)
    with pytest.warns(DataWarning, match="Infinite values became missing in 'a' .2 of 4"):
        encoded = encoder.transform(table)
    assert np.isnan(encoded[:, 0]).tolist() == [False, True, False, True]
    assert encoder.columns[0].n_missing == 2


@pytest.mark.parametrize(
    "values",
    [
        1_700_000_000 + 7 * np.arange(50),
        1_700_000_000.0 + 0.5 * np.arange(50),
        2**60 + 3 * np.arange(50),
        [str(1_700_000_000 + 7 * i) for i in range(50)],
        1e300 * np.arange(1, 51),
        1e-300 * np.arange(1, 51),
    ],
    ids=["epoch", "float epoch", "long ids", "epoch text", "huge", "tiny"],
)
def test_float32_keeps_distinct_values_apart(values):
    table = pd.DataFrame({"a": values})
    encoded = TableEncoder().fit(table).transform(table)[:, 0]
    assert (np.diff(encoded) > 0).all()
    assert np.isfinite(encoded).all()


def test_ordinary_numbers_are_encoded_as_they_are():
    values = np.random.default_rng(0).normal(5, 1, size=(30_000, 1))
    encoded = TableEncoder().fit(values).transform(values)
    np.testing.assert_array_equal(encoded, values.astype(np.float32))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (np.zeros((0, 3)), r"0 sample\(s\) \(shape=\(0, 3\)\)"),
        (np.zeros((3, 0)), r"0 feature\(s\) \(shape=\(3, 0\)\)"),
        ({"a": [1, 1], "b": [None, None]}, "'a': one value.*'b': no value"),
        ({"key": [f"id {i}" for i in range(30)]}, "'key': another text in every row"),
        ({"a": [1 + 2j, 3]}, "Complex data not supported: column 'a'"),
        ({"a": [[1], [2]]}, "'a' holds nested values .list"),
        ({"a": [{"b": 1}, None]}, "'a' holds nested values .dict"),
        (pl.DataFrame({"a": [[1], [2]]}), "'a' holds nested values .ndarray"),
    ],
)
def test_hopeless_tables_are_refused(table, message):
    with pytest.raises(InvalidInputError, match=message):
        TableEncoder().fit(table)


@pytest.mark.parametrize(
    ("wanted", "feature", "encoded"),
    [
        ("numeric", Feature("zip", "numeric"), [10, 9, 10]),
        ("categorical", Feature("zip", "categorical", 2), [0, 1, 0]),
        ("datetime", Feature("zip", "numeric"), None),
    ],
)
def test_column_types_win_over_the_guess(wanted, feature, encoded):
    table = (
        {"zip": ["2010", "2009", "2010"]} if wanted == "datetime" else {"zip": ["10", "9", "10"]}
    )
    encoder = TableEncoder().fit(table, column_types={"zip": wanted})
    assert encoder.features[0] == feature
    if encoded is not None:
        assert encoder.transform(table)[:, 0].tolist() == encoded


@pytest.mark.parametrize("wanted", ["ignore", "identifier"])
def test_columns_are_left_out_as_asked(wanted):
    encoder = TableEncoder().fit({"a": [1.5, 2], "b": [3.0, 4]}, column_types={"b": wanted})
    assert [feature.name for feature in encoder.features] == ["a"]
    assert encoder.columns[1].type == "identifier"
    assert encoder.transform({"a": [2.0]}).tolist() == [[2.0]]


def test_numbers_of_an_array_name_its_columns():
    encoder = TableEncoder().fit(np.array([[1, 2], [2, 3]]), column_types={1: "categorical"})
    assert [feature.kind for feature in encoder.features] == ["numeric", "categorical"]


@pytest.mark.parametrize(
    ("column_types", "message"),
    [
        ({"c": "numeric"}, "does not have: 'c'"),
        ({"a": "number"}, "'numeric', 'categorical'.*got 'number' for column 'a'"),
        (["a"], "must map names of columns to types.*got list"),
        ({"b": "numeric"}, "'numeric' for column 'b', but none"),
        ({"b": "boolean"}, "'boolean' for column 'b', but none"),
        ({"mixed": "boolean"}, "'boolean' for column 'mixed', but not all"),
    ],
)
def test_impossible_column_types_are_refused(column_types, message):
    table = {"a": [1, 2], "b": ["p", "q"], "mixed": ["no", "never"]}
    with pytest.raises(InvalidInputError, match=message):
        TableEncoder().fit(table, column_types=column_types)
