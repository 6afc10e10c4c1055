"""Imputation, scaling, encoding, and bases."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines.declaration import Preparation, TableFacts
from automl.pipelines.preprocessing import prepare
from automl.pipelines.preprocessing.basis import CubicSplines, PiecewiseLinear, make_basis
from automl.pipelines.preprocessing.encoding import TargetStatistics, make_one_hot
from automl.pipelines.preprocessing.imputation import Imputer
from automl.pipelines.preprocessing.scaling import make_scaler

NAN = np.nan


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)[:, None]


def test_missing_cells_are_filled_and_flagged() -> None:
    X = np.array([[1, 5, NAN], [2, NAN, NAN], [9, 7, NAN]], dtype=np.float32)
    imputer = Imputer("median").fit(X)
    filled = imputer.transform(X)
    assert filled.dtype == np.float32
    assert filled.tolist() == [[1, 5, 0, 0], [2, 6, 0, 1], [9, 7, 0, 0]]
    assert imputer.transform(X * NAN).tolist()[0] == [2, 6, 0, 1]


def test_below_sets_missing_cells_apart_without_flags() -> None:
    filled = Imputer("below").fit_transform(column(0, 100, NAN))
    assert filled.ravel().tolist() == [0, 100, -10]


@pytest.mark.parametrize("name", ["standard", "robust", "quantile"])
def test_scaled_columns_are_bounded(name: str) -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.lognormal(sigma=3, size=500), np.full(500, 16_777_217.0)])
    scaler = make_scaler(name, seed=0).fit(X.astype(np.float32))
    new = scaler.transform(np.array([[1e30, 0.0], [0.0, 1e30]], dtype=np.float32))
    assert new.dtype == np.float32
    assert np.abs(new).max() <= 10.0
    inside = scaler.transform(X.astype(np.float32))
    assert np.isfinite(inside).all()
    assert np.ptp(inside[:, 0]) > 1.0


def test_rare_levels_share_a_column() -> None:
    codes = np.concatenate([np.repeat([0.0, 1.0], 50), np.arange(2.0, 40.0)])[:, None]
    encoder = make_one_hot(max_categories=5, sparse=False).fit(codes)
    rows = encoder.transform(np.array([[0.0], [30.0], [31.0], [99.0], [NAN]]))
    assert rows.shape[1] == 5
    assert rows.sum(axis=1).tolist() == [1.0] * 5
    assert not (rows[0] == rows[1]).all()


def test_training_rows_do_not_see_their_own_target() -> None:
    # each level occurs once: out of fold it is unknown, so that only the prior is left
    y = np.random.default_rng(0).normal(size=40)
    X = np.arange(40, dtype=np.float32)[:, None]
    encoder = TargetStatistics(smoothing=1.0, regression=True)
    training = encoder.fit_transform(X, y)
    np.testing.assert_allclose(training[:, 0], y.mean(), atol=1e-6)
    np.testing.assert_allclose(encoder.transform(X)[:, 0], (y + y.mean()) / 2, rtol=1e-5)


def test_statistics_of_levels_that_are_missing_or_unknown() -> None:
    X = column(*[0.0] * 10, *[1.0] * 10, *[2.0] * 10, *[NAN] * 10)
    y = np.repeat([1, 0, 0, 1], 10)
    encoder = TargetStatistics(smoothing=1e-6).fit(X, y)
    rows = encoder.transform(column(0, 1, NAN, 9))
    np.testing.assert_allclose(rows[:, 0], [1, 0, 1, 1], atol=1e-5)


def test_many_classes_keep_the_statistics_bounded() -> None:
    rng = np.random.default_rng(0)
    X = rng.integers(0, 20, (500, 12)).astype(np.float32)
    y = np.concatenate([np.arange(60), rng.integers(0, 60, 440)])
    assert TargetStatistics().fit_transform(X, y).shape[1] <= 300 + 12 + 12


def test_splines_are_smooth_partitions_that_end_with_the_data() -> None:
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.normal(size=200), np.arange(200) % 3 == 0]).astype(np.float32)
    basis = CubicSplines().fit(X)
    expanded = basis.transform(X)
    assert expanded.shape == (200, 2 + 7)  # five knots; of two values a line is all
    np.testing.assert_array_equal(expanded[:, :2], X)
    np.testing.assert_allclose(expanded[:, 2:].sum(axis=1), 1.0, atol=1e-5)
    beyond = basis.transform(np.array([[X[:, 0].max(), 0], [99.0, 0]], dtype=np.float32))
    np.testing.assert_array_equal(beyond[0, 2:], beyond[1, 2:])

    wave = np.sin(2 * X[:, 0])
    weights, *_ = np.linalg.lstsq(expanded, wave, rcond=None)
    assert np.mean((expanded @ weights - wave) ** 2) < 0.1 * wave.var()


def test_splines_of_many_columns_stay_few() -> None:
    X = np.random.default_rng(0).normal(size=(30, 300)).astype(np.float32)
    assert CubicSplines().fit_transform(X).shape == (30, 300)
    assert CubicSplines().fit_transform(X[:, :150]).shape[1] <= 1_000


def test_piecewise_linear_bins() -> None:
    X = column(*np.arange(11.0))
    basis = PiecewiseLinear(n_bins=2).fit(X)
    assert basis.transform(column(0, 2.5, 5, 7.5, 99)).tolist() == [
        [0, 0, 0],
        [2.5, 0.5, 0],
        [5, 1, 0],
        [7.5, 1, 0.5],
        [99, 1, 1],
    ]


def test_products_of_wide_tables_are_bounded() -> None:
    X = np.random.default_rng(0).normal(size=(30, 300)).astype(np.float32)
    assert make_basis("quadratic").fit_transform(X).shape == (30, 300 + 820)


def facts(n_numeric: int, levels: tuple[int, ...]) -> TableFacts:
    numeric = tuple(Feature(f"n{i}", "numeric") for i in range(n_numeric))
    codes = tuple(Feature(f"c{i}", "categorical", n) for i, n in enumerate(levels))
    return TableFacts("binary", numeric + codes, 100)


def test_native_rows_are_not_touched() -> None:
    prepared = prepare({}, Preparation(encodings=("native",)), facts(2, (3, 4)), seed=0)
    assert prepared.transformer is None
    assert prepared.categorical == (2, 3)


def test_both_keeps_codes_in_place_and_adds_statistics() -> None:
    preparation = Preparation(encodings=("native", "both"))
    prepared = prepare({"encoding": "both"}, preparation, facts(1, (3,)), seed=0)
    X = np.column_stack([np.arange(30.0), np.arange(30) % 3]).astype(np.float32)
    rows = prepared.transformer.fit_transform(X, np.arange(30) % 2)
    assert prepared.categorical == (1,)
    np.testing.assert_array_equal(rows[:, :2], X)
    assert rows.shape == (30, 4)


@pytest.mark.parametrize("sparse", [False, True])
def test_wide_one_hot_is_sparse_or_capped(sparse: bool) -> None:
    rng = np.random.default_rng(0)
    levels = (200,) * 40
    preparation = Preparation(encodings=("onehot",), imputations=("median",), sparse=sparse)
    X = np.column_stack([rng.normal(size=400), rng.integers(0, 200, (400, 40))])
    prepared = prepare({}, preparation, facts(1, levels), seed=0)
    rows = prepared.transformer.fit_transform(X.astype(np.float32), None)
    assert hasattr(rows, "tocsr") == sparse
    assert rows.dtype == np.float32
    assert rows.shape[1] <= (1 + 40 * 40 if sparse else 401)
