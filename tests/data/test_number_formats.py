"""Numbers in text: which are understood, which are left alone, and how later tables are read."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder, read_target, read_training_table
from automl.exceptions import DataWarning


def fitted(texts, **settings):
    """Encoder of these texts beside an ordinary column."""
    table = {"a": texts, "beside": np.linspace(0, 1, len(texts))}
    return TableEncoder().fit(pd.DataFrame(table), **settings)


def values(encoder, texts):
    table = {"a": texts, "beside": np.linspace(0, 1, len(texts))}
    return encoder.transform(pd.DataFrame(table))[:, 0].tolist()


@pytest.mark.parametrize(
    ("texts", "numbers", "understood"),
    [
        (["12,34", "0,5", "-7"], [12.34, 0.5, -7], "decimal comma"),
        (["77,516", "950", "120,000"], [77516, 950, 120000], "comma groups thousands"),
        (["77,516", "64,200"], [77516, 64200], "comma groups thousands"),
        (["0,125", "1,500"], [0.125, 1.5], "decimal comma"),
        (["1.234.567", "12"], [1234567, 12], "dot groups thousands"),
        (
            ["1.234,5", "12"],
            [1234.5, 12],
            "dot groups thousands, decimal comma",
        ),
        (["1 234", "-12"], [1234, -12], "space groups thousands"),
        (["1\u202f234,5", "2\u00a0000"], [1234.5, 2000], "space groups thousands, decimal comma"),
        (["1'234.5", "7\u2019000"], [1234.5, 7000], "apostrophe groups thousands"),
        (["12,34,567", "1,000"], [1234567, 1000], "comma groups thousands"),
        (["$1,200.50", "-$3"], [1200.5, -3], "comma groups thousands, in $"),
        (["12 €", "7,5 €", "8"], [12, 7.5, 8], "decimal comma, in €"),
        (["1.200 €", "950 €"], [1200, 950], "dot groups thousands, in €"),
        (["USD 12", "15 usd"], [12, 15], "in USD"),
        (["Rs. 500", "Rs 1,000"], [500, 1000], "comma groups thousands, in Rs"),
        (["45%", "12.5 %"], [45, 12.5], "percent as written"),
        (
            ["(1,200.50)", "3"],
            [-1200.5, 3],
            "comma groups thousands, parentheses for minus",
        ),
        (["1,5e3", "2,25"], [1500, 2.25], "decimal comma"),
        (["77,516", "?", None, "950"], [77516, np.nan, np.nan, 950], "comma groups thousands"),
    ],
    ids=str,
)
def test_numbers_are_read_where_all_cells_agree(texts, numbers, understood):
    encoder = fitted(texts)
    column = encoder.columns[0]
    assert column.type == "numeric"
    assert column.note == f"numbers stored as text: {understood}"
    np.testing.assert_allclose(values(encoder, texts), numbers, rtol=1e-6)


@pytest.mark.parametrize("dtype", [object, "str", "string[pyarrow]"])
def test_every_kind_of_text_is_read(dtype):
    texts = pd.Series(["12,5", "7"], dtype=dtype)
    assert values(fitted(texts), texts) == [12.5, 7.0]


def test_a_minus_sign_of_typesetters_needs_no_note():
    column = fitted(["\u22125", "3"]).columns[0]
    assert (column.type, column.note) == ("numeric", "numbers stored as text")


@pytest.mark.parametrize(
    ("texts", "doubt"),
    [
        (["1.234 €", "2.500 €"], "'1.234 €' can be 1234 or 1.234"),
        (["1,234", "12345"], "'1,234' can be 1234 or 1.234"),
        (["1,234%", "12%"], "'1,234%' can be 1234 or 1.234"),
        (["1,234", "1.234"], "'1,234' can be 1234 or 1.234"),
        (["12,5", "13", "12.5"], "beside"),
        (["$5", "€6"], "'$5' beside '€6'"),
        (["45%", "0.4"], "'45%' beside '0.4'"),
    ],
    ids=str,
)
def test_what_is_ambiguous_is_left_alone_with_a_warning(texts, doubt):
    with pytest.warns(DataWarning, match="may be read as different numbers .* in 'a'") as told:
        column = fitted(texts).columns[0]
    assert doubt in str(told[0].message)
    assert (column.type, len(column.levels)) == ("categorical", len(texts))
    assert column.note.startswith("not read as numbers: ")


@pytest.mark.parametrize(
    "texts",
    [
        ["1.2.3", "4.5.6"],
        ["1,2,3", "4,5"],
        ["192.168.1.1", "10.0.0.1"],
        ["12:30", "7:15"],
        ["555 123 4567", "030 123 456"],
        ["12 apples", "7 apples"],
        ["(1)", "(2)"],
        ["$", "%"],
        ["1,200", "on request"],
        pd.Series(["\ud800", "1,200"], dtype=object),
    ],
    ids=ascii,
)
def test_other_texts_stay_categories_without_a_word(texts):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        column = fitted(texts).columns[0]
    assert (column.type, column.note) == ("categorical", "")


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234", "12345"], [1234, 12345]),
        (["1.234 €", "2.500 €"], [1.234, 2.5]),
        (["12,5", "13,5", "14.5"], [12.5, 13.5, np.nan]),
        (["1,200", "2,300", "on request"], [1200, 2300, np.nan]),
        (pd.Categorical(["12,5", "13,5"]), [12.5, 13.5]),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:Values that could not be read")
def test_numbers_that_are_asked_for_are_read_as_far_as_possible(texts, numbers):
    encoder = fitted(texts, column_types={"a": "numeric"})
    np.testing.assert_allclose(values(encoder, texts), numbers, rtol=1e-6)


def test_later_tables_are_read_the_same_way():
    encoder = pickle.loads(pickle.dumps(fitted(["1.234,5 €", "12 €"])))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert values(encoder, ["1.500 €", "2,25", "?"])[:2] == [1500.0, 2.25]
        assert values(encoder, [3.5, 4.0]) == [3.5, 4.0]
    with pytest.warns(DataWarning, match="'a' .2 of 3 values, such as '1,500.25 €'"):
        found = values(encoder, ["1,500.25 €", "7 €", "$7"])
    np.testing.assert_array_equal(found, [np.nan, 7.0, np.nan])


def test_a_file_of_quoted_numbers_with_its_index(tmp_path):
    rng = np.random.default_rng(0)
    table = pd.DataFrame(
        {
            "size": [f"{one:.2f}".replace(".", ",") for one in rng.uniform(1, 99, 40)],
            "share": [f"{one:.1f}%" for one in rng.uniform(0, 100, 40)],
            "salary": [f"{one:,.0f}" for one in rng.uniform(20_000, 2_000_000, 40)],
        }
    )
    table.to_csv(tmp_path / "train.csv")
    X, y = read_training_table(tmp_path / "train.csv", "salary")
    types = {column.name: column.type for column in TableEncoder().fit(X).columns}
    assert types == {"Unnamed: 0": "identifier", "size": "numeric", "share": "numeric"}
    target = read_target(y)
    assert target.task == "regression"
    assert target.values[0] == float(table["salary"][0].replace(",", ""))
