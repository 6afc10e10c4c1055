"""Strange inputs that once ended in an error of Python, numpy or pandas."""

import datetime
import decimal

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from automl.data import TableEncoder, read_target, read_training_table
from automl.data.cells import read_cells
from automl.estimators import check_parameters
from automl.exceptions import InvalidInputError, shown
from automl.metrics import METRICS, score_interval

N = 12


def objects(*values):
    return pd.Series([values[i % len(values)] for i in range(N)], dtype=object, name="c")


def test_whole_numbers_beyond_floats_are_infinite():
    values = read_cells(objects(10**400, -(10**400), 1)).values
    assert values[:3].tolist() == [np.inf, -np.inf, 1.0]
    with pytest.raises(InvalidInputError, match="y has infinite values"):
        read_target(objects(10**400, 1, 2))


def test_signalling_nan_is_missing():
    cells = read_cells(objects(decimal.Decimal("sNaN"), decimal.Decimal(1)))
    assert np.isnan(cells.values[0])
    assert cells.values[1] == 1.0
    with pytest.raises(InvalidInputError, match=r"y has missing values .* in 6 of 12 rows"):
        read_target(objects(decimal.Decimal("sNaN"), decimal.Decimal(1)))


def test_durations_of_more_than_292_years():
    cells = read_cells(objects(datetime.timedelta.max, np.timedelta64(2, "m"), None))
    assert cells.values[0] > 8e13
    assert cells.values[1] == 120.0
    assert np.isnan(cells.values[2])


def test_a_sparse_column_is_a_target():
    y = sparse.csr_matrix(np.arange(N)[:, None] % 2)
    _, labels = read_training_table(np.zeros((N, 1)), y)
    assert read_target(labels).task == "binary"


def test_targets_whose_squares_are_infinite():
    with pytest.raises(InvalidInputError, match=r"up to 1e\+100 in size.*got 1e\+300"):
        read_target(np.array([1e300, -1e300, 1.5]))


def test_interval_of_large_errors_is_finite():
    y = np.array([1e100, -1e100, 3e99, 0.0] * 5)
    low, high = score_interval(METRICS["rmse"], y, np.zeros(20), np.random.default_rng(0))
    assert 0 < low < METRICS["rmse"].score(y, np.zeros(20)) < high < 1e101


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        (
            {"column_types": {"c": ["numeric"]}},
            r"column_types must give one of .*got \['numeric'\]",
        ),
        (
            {"monotonic_constraints": {"c": np.array([1, 0])}},
            r"`monotonic_constraints` must be 1, -1 or 0; got array\(\[1, 0\]\)",
        ),
    ],
)
def test_declarations_of_columns_that_are_no_single_value(declared, message):
    with pytest.raises(InvalidInputError, match=message):
        TableEncoder().fit(pd.DataFrame({"c": np.arange(N) % 5.0}), **declared)


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"knowledge_base": "a\0b"}, "`knowledge_base` must be 'auto', a path or None; got"),
        ({"n_jobs": 10**9}, "`n_jobs` must be an integer from 1 to 1000, -1 for all cores or None"),
        ({"metrics": "x" * 10_000}, r"`metrics` must be .*; got 'x{60,80}\.\.\.: change it"),
    ],
)
def test_settings_that_were_found_out_too_late(setting, message):
    with pytest.raises(InvalidInputError, match=message):
        check_parameters(setting)


def test_long_contents_are_shown_in_part():
    with pytest.raises(InvalidInputError, match=r"text such as 'a{60,80}\.\.\.; pass numbers"):
        read_target(objects("a" * 10_000, "b" * 10_000), "regression")
    assert shown("two\nlines") == r"'two\nlines'"
