"""Columns of a table to predict that say nothing, though they did in training."""

import warnings

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder
from automl.exceptions import DataWarning

TRAINING = pd.DataFrame(
    {
        "size": np.linspace(0, 1, 40),
        "city": ["Rome", "Oslo"] * 20,
        "sold": pd.date_range("2020-01-01", periods=40).astype(str),
        "review": [f"it is {i} times as good as the last one" for i in range(40)],
        "rare": [1.5, *[None] * 37, 2.5, 3.5],
    }
)


@pytest.fixture(scope="module")
def encoder():
    return TableEncoder().fit(TRAINING)


def test_columns_without_a_value_are_named_in_one_sentence(encoder):
    empty = TRAINING.head(5).assign(size=np.nan, city=None, sold="", review=None, rare=np.nan)
    with pytest.warns(DataWarning) as told:
        encoder.transform(empty)
    assert [str(warning.message) for warning in told] == [
        "No row has a value in 'size', 'city', 'sold', 'review', unlike in training; check the "
        "table."
    ]


def test_columns_of_new_levels_only_are_named_in_one_sentence(encoder):
    with pytest.warns(DataWarning) as told:
        encoder.transform(TRAINING.head(5).assign(city="ROME"))
    assert [str(warning.message) for warning in told] == [
        "No row has a level known from training in 'city' (such as 'ROME'), so that all count as "
        "missing; check the table."
    ]


@pytest.mark.parametrize(
    "table",
    [
        TRAINING.head(1).assign(city="new", size=np.nan),
        TRAINING.head(5).assign(city=["new"] * 4 + ["Rome"], size=[np.nan] * 4 + [1.0]),
        TRAINING,
        TRAINING.head(0),
    ],
    ids=["one row", "one value left", "training", "no row"],
)
def test_what_may_well_happen_is_not_reported(encoder, table):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder.transform(table)


def test_many_columns_are_counted():
    table = pd.DataFrame(np.random.default_rng(0).normal(size=(50, 14))).add_prefix("c")
    with pytest.warns(DataWarning, match=r"'c9' and 4 more columns, unlike in training"):
        TableEncoder().fit(table).transform(table.head(3) * np.nan)
