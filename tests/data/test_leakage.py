import numpy as np
import pytest

from automl.data import repeats_by_chance, rows_in_both, telling_columns


def table(n=300):
    rng = np.random.default_rng(0)
    return rng.normal(size=(n, 5)).astype(np.float32), rng


@pytest.mark.parametrize("form", ["number", "code", "missing"])
def test_a_column_that_gives_the_answer_away_is_found(form):
    X, rng = table()
    y = rng.integers(0, 3, len(X))
    if form == "number":
        X[:, 3] = np.array([5.0, -2.0, 0.3])[y] + 0.1 * rng.random(len(X))
    elif form == "code":
        X[:, 3] = np.array([2, 0, 1])[y]
    else:
        y = (y == 0).astype(np.int64)
        X[y == 1, 3] = np.nan
        X[y == 0, 3] = 1.0
    assert telling_columns(X, y, "multiclass", np.random.default_rng(0)) == (3,)


def test_any_function_of_an_amount_is_found():
    X, _ = table(1_000)
    y = np.sin(X[:, 2].astype(float)) ** 2
    assert telling_columns(X, y, "regression", np.random.default_rng(0)) == (2,)


def test_a_strong_column_is_no_suspect():
    X, rng = table(1_000)
    y = (X[:, 0] + 0.2 * rng.normal(size=len(X)) > 0).astype(np.int64)
    assert telling_columns(X, y, "binary", np.random.default_rng(0)) == ()


def test_an_order_of_rows_does_not_look_like_knowledge():
    X = np.zeros((400, 1), dtype=np.float32)
    assert telling_columns(X, np.repeat([0, 1], 200), "binary", np.random.default_rng(0)) == ()


def test_rows_are_the_same_where_cells_and_target_are():
    X, _ = table(100)
    X[4, 1] = np.nan
    X[5, 1] = 0.0
    y = np.arange(100) % 7
    other = X[[4, 5, 6]].copy()
    other[1, 1] = -0.0
    assert rows_in_both((other, y[[4, 5, 6]]), (X, y)) == 3
    assert rows_in_both((other, y[[4, 5, 7]]), (X, y)) == 2


def test_coarse_columns_repeat_by_chance():
    rng = np.random.default_rng(0)
    assert repeats_by_chance(rng.integers(0, 3, (1_000, 4)).astype(np.float32))
    assert not repeats_by_chance(rng.normal(size=(1_000, 4)).astype(np.float32))
