import warnings

import numpy as np
import pytest

from automl.data import holdout_split, make_folds, nested_order
from automl.exceptions import InvalidInputError

CLASSES = np.repeat([0, 1, 2, 3], [60, 30, 9, 1])
AMOUNTS = np.random.default_rng(1).lognormal(size=100)


def rng():
    return np.random.default_rng(0)


@pytest.mark.parametrize(("test_size", "n_test"), [(0.2, 20), (20, 20), (0.5, 50), (0, 0)])
@pytest.mark.parametrize(("y", "task"), [(CLASSES, "multiclass"), (AMOUNTS, "regression")])
def test_holdout_is_a_stratified_partition(y, task, test_size, n_test):
    train, test = holdout_split(y, task, test_size, rng())
    assert len(test) == n_test
    assert np.array_equal(np.sort(np.concatenate([train, test])), np.arange(100))
    assert np.array_equal(train, np.sort(train))
    assert np.array_equal(test, np.sort(test))
    assert train.dtype == test.dtype == np.int64


def test_holdout_keeps_shares():
    _, test = holdout_split(CLASSES, "multiclass", 0.2, rng())
    assert np.bincount(CLASSES[test], minlength=4)[:2].tolist() == [12, 6]
    assert 3 not in CLASSES[test]
    train, test = holdout_split(AMOUNTS, "regression", 0.3, rng())
    assert abs(np.median(AMOUNTS[train]) - np.median(AMOUNTS[test])) < 0.15


@pytest.mark.parametrize("test_size", [-1, 100, 1.0, 0.0, 1.5, "half", None])
def test_impossible_test_sizes_are_refused(test_size):
    with pytest.raises(InvalidInputError, match=r"test_size must be a share .* below 100, got"):
        holdout_split(AMOUNTS, "regression", test_size, rng())


@pytest.mark.parametrize(("y", "task"), [(CLASSES, "multiclass"), (AMOUNTS, "regression")])
@pytest.mark.parametrize("n_folds", [2, 5, 10])
def test_folds_validate_each_row_once(y, task, n_folds):
    folds = make_folds(y, task, n_folds, rng())
    assert len(folds) == n_folds
    validated = np.sort(np.concatenate([fold.validation for fold in folds]))
    n_able = 99 if task == "multiclass" else 100
    assert np.array_equal(validated, np.arange(n_able))
    sizes = [len(fold.validation) for fold in folds]
    assert max(sizes) - min(sizes) <= 1
    for fold in folds:
        both = np.concatenate([fold.train, fold.validation])
        assert np.array_equal(np.sort(both), np.arange(100))
        assert set(y[fold.train]) == set(y) or task == "regression"


def test_folds_keep_shares():
    for fold in make_folds(CLASSES, "multiclass", 3, rng()):
        assert np.bincount(CLASSES[fold.validation], minlength=4).tolist() == [20, 10, 3, 0]


@pytest.mark.parametrize("n_folds", [1, 0, 2.5, None])
def test_impossible_numbers_of_folds_are_refused(n_folds):
    with pytest.raises(InvalidInputError, match="n_folds must be a whole number of at least 2"):
        make_folds(AMOUNTS, "regression", n_folds, rng())


@pytest.mark.parametrize("n_rows", range(2, 11))
@pytest.mark.parametrize("n_classes", [0, 1, 2, 3, 5])
def test_tiny_tables_never_fail(n_rows, n_classes):
    task = {0: "regression", 2: "binary"}.get(n_classes, "multiclass")
    y = np.arange(n_rows) % n_classes if n_classes else np.arange(n_rows) / 3
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        train, test = holdout_split(y, task, 0.2, rng())
        folds = make_folds(y, task, 5, rng())
        order = nested_order(y, task, np.arange(n_rows), rng())
    assert len(train) >= 1
    assert set(y[test]) <= set(y[train]) or task == "regression"
    assert len(folds) <= min(5, n_rows)
    assert all(len(fold.train) and len(fold.validation) for fold in folds)
    assert sorted(order) == list(range(n_rows))


def test_single_members_alone_leave_nothing_to_validate():
    assert make_folds(np.arange(4), "multiclass", 5, rng()) == ()
    train, test = holdout_split(np.arange(4), "multiclass", 0.5, rng())
    assert (len(train), len(test)) == (4, 0)


def test_prefixes_of_the_order_are_stratified_and_hold_every_class():
    y = np.repeat([0, 1, 2], [800, 190, 10])
    rows = np.arange(1000)[::-1].copy()
    order = nested_order(y, "multiclass", rows, rng())
    assert np.array_equal(np.sort(order), np.arange(1000))
    assert set(y[order[:3]]) == {0, 1, 2}
    assert np.bincount(y[order[:6]]).tolist() == [2, 2, 2]
    assert np.abs(np.bincount(y[order[:300]]) - [240, 57, 3]).max() <= 4


def test_order_is_of_the_given_rows_only():
    rows = np.array([3, 5, 8, 70, 95, 99])
    order = nested_order(CLASSES, "multiclass", rows, rng())
    assert np.array_equal(np.sort(order), rows)
    assert set(CLASSES[order[:4]]) == set(CLASSES[rows])


def test_prefixes_of_a_regression_order_spread_over_the_target():
    order = nested_order(AMOUNTS, "regression", np.arange(100), rng())
    ranks = np.argsort(np.argsort(AMOUNTS))[order[:20]]
    assert np.bincount(ranks // 25, minlength=4).tolist() == pytest.approx([5, 5, 5, 5], abs=3)


def test_chance_comes_from_the_generator_alone():
    for split in (
        lambda r: holdout_split(CLASSES, "multiclass", 0.2, r)[1],
        lambda r: make_folds(CLASSES, "multiclass", 5, r)[0].validation,
        lambda r: nested_order(CLASSES, "multiclass", np.arange(100), r),
    ):
        assert np.array_equal(split(np.random.default_rng(3)), split(np.random.default_rng(3)))
        assert not np.array_equal(split(np.random.default_rng(3)), split(np.random.default_rng(4)))
