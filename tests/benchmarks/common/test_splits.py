from __future__ import annotations

import numpy as np
import pytest

from benchmarks.common.splits import default_splits, make_split

COLOURS = np.array(["red"] * 60 + ["green"] * 37 + ["blue"] * 2 + ["grey"])


def test_every_row_is_in_one_part():
    split = make_split("table", 0, COLOURS, "multiclass")
    assert sorted([*split.train, *split.test]) == list(range(100))
    assert len(split.test) == 20


def test_splits_never_change():
    assert make_split("table", 0, COLOURS, "multiclass").key == "5962c2c7"
    assert make_split("amounts", 1, np.arange(50.0), "regression").key == "7b902a5e"


def test_table_and_number_make_the_split():
    first = make_split("table", 0, COLOURS, "multiclass")
    assert first.key == make_split("table", 0, COLOURS, "multiclass").key
    assert first.key != make_split("table", 1, COLOURS, "multiclass").key
    assert first.key != make_split("other", 0, COLOURS, "multiclass").key


@pytest.mark.parametrize("number", range(5))
def test_classes_keep_their_shares_and_stay_in_training(number):
    split = make_split("table", number, COLOURS, "multiclass")
    assert set(COLOURS[split.train]) == set(COLOURS)
    assert (COLOURS[split.test] == "red").sum() == 12
    assert (COLOURS[split.test] == "grey").sum() == 0


def test_regression_targets_keep_their_shape():
    y = np.random.default_rng(0).lognormal(size=1_000)
    split = make_split("amounts", 0, y, "regression")
    low, high = np.quantile(y, [0.1, 0.9])
    assert (y[split.test] <= low).sum() == 20
    assert (y[split.test] >= high).sum() == 20


def test_large_tables_keep_5000_rows_for_the_test():
    split = make_split("large", 0, np.tile([0, 1, 1], 20_000), "binary")
    assert (len(split.test), len(split.train)) == (5_000, 55_000)


@pytest.mark.parametrize(("n_rows", "expected"), [(1_999, 3), (2_000, 1)])
def test_small_tables_get_three_splits(n_rows, expected):
    assert default_splits(n_rows) == expected
