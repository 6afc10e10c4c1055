import numpy as np
import pandas as pd
import pytest

from automl.data import (
    expanding_folds,
    group_folds,
    group_holdout,
    latest_rows,
    read_groups,
    read_order,
)
from automl.exceptions import InvalidInputError

RNG = np.random.default_rng(3)
GROUPS = np.repeat(np.arange(40), RNG.integers(1, 30, 40))
CLASSES = (GROUPS % 4 == 0).astype(np.int64)
AMOUNTS = GROUPS % 7 + RNG.normal(size=len(GROUPS))
TARGETS = [(CLASSES, "binary"), (AMOUNTS, "regression")]


def rng():
    return np.random.default_rng(0)


def groups_of(rows):
    return set(GROUPS[rows])


@pytest.mark.parametrize(("y", "task"), TARGETS)
def test_held_out_groups_are_whole_and_stratified(y, task):
    train, test = group_holdout(y, task, GROUPS, 0.2, rng())
    assert not groups_of(train) & groups_of(test)
    assert len(train) + len(test) == len(y)
    assert len(test) == pytest.approx(0.2 * len(y), rel=0.15)
    assert y[test].mean() == pytest.approx(y.mean(), rel=0.25)


@pytest.mark.parametrize(("y", "task"), TARGETS)
def test_group_folds_validate_each_row_once_and_are_alike(y, task):
    folds = group_folds(y, task, GROUPS, 5, rng())
    assert np.array_equal(np.sort(np.concatenate([f.validation for f in folds])), np.arange(len(y)))
    for fold in folds:
        assert not groups_of(fold.train) & groups_of(fold.validation)
        assert len(fold.validation) == pytest.approx(len(y) / 5, rel=0.25)
        assert y[fold.validation].mean() == pytest.approx(y.mean(), rel=0.35)


def test_one_giant_group_leaves_no_part_empty():
    groups = np.array([0] * 95 + [1, 2, 3, 4, 4])
    y = np.arange(100) % 2
    train, test = group_holdout(y, "binary", groups, 0.2, rng())
    assert len(train)
    assert len(test)
    folds = group_folds(y, "binary", groups, 5, rng())
    assert len(folds) == 5
    assert all(len(fold.validation) and len(fold.train) for fold in folds)


def test_too_few_groups_are_named():
    with pytest.raises(InvalidInputError, match=r"`groups` must hold at least 3 groups .* got 2"):
        group_holdout(CLASSES[:4], "binary", np.array([0, 0, 1, 1]), 0.5, rng())
    with pytest.raises(InvalidInputError, match=r"`groups` must hold at least 2 groups .* got 1"):
        group_folds(CLASSES[:4], "binary", np.zeros(4, dtype=np.int64), 5, rng())


def test_the_latest_rows_are_held_out_whatever_their_position():
    order = rng().permutation(100)
    earlier, latest = latest_rows(order, 0.2)
    assert sorted(order[latest]) == list(range(80, 100))
    assert order[earlier].max() < 80


def test_rows_of_one_moment_stay_together():
    order = np.repeat([0, 1, 2, 3], [10, 50, 30, 10])
    earlier, latest = latest_rows(order, 0.2)
    assert set(order[latest]) == {3}
    for fold in expanding_folds(order[earlier], 5):
        assert order[fold.train].max() < order[fold.validation].min()


def test_folds_expand_and_the_latest_comes_first():
    order = rng().permutation(60)
    folds = expanding_folds(order, 5)
    assert [len(fold.train) for fold in folds] == [50, 40, 30, 20, 10]
    for fold in folds:
        assert order[fold.train].max() < order[fold.validation].min()
        assert len(fold.validation) == 10


@pytest.mark.parametrize("n_first", [1, 50, 98])
def test_any_shares_of_moments_give_folds_with_rows(n_first):
    order = np.array([0] * n_first + [1] * (100 - n_first))
    folds = expanding_folds(order, 5)
    assert [(len(fold.train), len(fold.validation)) for fold in folds] == [(n_first, 100 - n_first)]


def test_too_few_moments_are_named():
    with pytest.raises(InvalidInputError, match=r"`time_column` must hold at least 3 .* got 2"):
        latest_rows(np.array([0, 0, 1]), 1)


@pytest.mark.parametrize(
    "times",
    [
        pd.to_datetime(["2024-03-01", "2023-01-01", "2024-03-01"]),
        ["01.03.2024", "01.01.2023", "01.03.2024"],
        [2024.3, 2023.0, 2024.3],
        ["20", "3", "20"],
    ],
)
def test_times_of_all_kinds_are_ranked(times):
    assert read_order(pd.DataFrame({"t": times}), "t").tolist() == [1, 0, 1]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        (["soon", "later"], "2 of 2, such as 'soon'"),
        ([1.0, None], "1 of 2"),
        (["2024-01-01", ""], "1 of 2"),
    ],
)
def test_what_is_no_time_is_named(times, message):
    with pytest.raises(InvalidInputError, match=f"`time_column` .*{message}"):
        read_order(pd.DataFrame({"t": times}), "t")


def test_groups_must_fit_the_table():
    table = pd.DataFrame({"a": [1, 2]})
    for groups, message in [
        ("b", "`groups` must name a column"),
        ([1], "for each of the 2 rows; got 1"),
        ([1, None], "a value in every row"),
        (3, "groups must be one value per row"),
    ]:
        with pytest.raises(InvalidInputError, match=message):
            read_groups(table, groups)
