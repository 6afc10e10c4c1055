"""Quantile shapes, dependence, relevance and landmarks on tables whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from automl.metafeatures import extract

from .test_extract import dataset


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_robust_shapes_ignore_a_wild_value_that_outlier_shares_see(rng) -> None:
    X = rng.normal(size=(1_500, 4))
    y = np.arange(1_500) % 2
    plain = extract(dataset(X, y))
    X[7, 0] = 1e30
    wild = extract(dataset(X, y))
    assert wild["robust_skew_q90"] == pytest.approx(plain["robust_skew_q90"], abs=0.01)
    assert abs(plain["robust_tails_q50"]) < 0.1
    assert wild["share_outliers"] > plain["share_outliers"]
    skewed = extract(dataset(rng.lognormal(size=X.shape), y))
    assert skewed["robust_skew_q50"] > 0.2 > plain["robust_skew_q90"]


def test_copies_of_a_column_fill_one_direction(rng) -> None:
    y = np.arange(500) % 2
    independent = rng.normal(size=(500, 6))
    copies = np.repeat(independent[:, :1], 6, axis=1)
    found, apart = extract(dataset(copies, y)), extract(dataset(independent, y))
    assert found["mean_abs_correlation"] == pytest.approx(1.0)
    assert found["log_effective_rank"] == pytest.approx(0.0, abs=1e-6)
    assert found["share_correlated"] == 1.0
    assert apart["mean_abs_correlation"] < 0.1
    assert apart["share_effective_rank"] > 0.9


@pytest.mark.parametrize("kind", ["numeric", "categorical"])
def test_information_is_all_of_it_or_nothing(rng, kind) -> None:
    y = rng.integers(0, 3, 900)
    noise = rng.integers(0, 3, 900)
    told = extract(dataset(np.c_[y, y], y, "multiclass", [kind] * 2))
    not_told = extract(dataset(np.c_[noise, noise], y, "multiclass", [kind] * 2))
    assert told["information_q50"] == pytest.approx(1.0, abs=0.01)
    assert not_told["information_q90"] < 0.01


def test_missing_cells_can_tell(rng) -> None:
    y = rng.integers(0, 2, 900)
    X = rng.normal(size=(900, 1))
    X[y == 1] = np.nan
    found = extract(dataset(X, y))
    assert found["information_q50"] > 0.95
    assert found["share_rows_missing"] == pytest.approx(y.mean())


def test_each_landmark_knows_its_own_kind_of_table(rng) -> None:
    X = rng.uniform(-1, 1, size=(1_000, 2))
    step = extract(dataset(X, (X[:, 0] > 0.3).astype(int)))
    slope = extract(dataset(X, X[:, 0] + X[:, 1], "regression"))
    angle = np.floor(6 * np.arctan2(X[:, 1], X[:, 0]) / np.pi).astype(int) % 2
    wedges = extract(dataset(X, angle))
    noise = extract(dataset(X, rng.integers(0, 2, 1_000)))
    names = ("landmark_stump", "landmark_linear", "landmark_nearest")
    assert max(names, key=step.__getitem__) == "landmark_stump"
    assert max(names, key=slope.__getitem__) == "landmark_linear"
    assert max(names, key=wedges.__getitem__) == "landmark_nearest"
    assert slope["landmark_linear"] > 0.99
    assert noise["landmark_linear"] < 0.02
    assert noise["landmark_nearest"] < -0.5


def test_a_category_reaches_the_landmarks(rng) -> None:
    codes = rng.integers(0, 4, 600)
    y = np.array([5.0, -5.0, 5.0, -5.0])[codes]
    found = extract(dataset(codes[:, None].astype(float), y, "regression", ["categorical"]))
    assert found["landmark_linear"] > 0.95


def test_rows_in_a_pattern_are_not_sampled_in_that_pattern() -> None:
    n = 9_999 * 2  # every second row, and every fifth, would show one class alone
    y = np.arange(n) % 2
    X = np.random.default_rng(0).normal(size=(n, 2)) + y[:, None]
    assert extract(dataset(X, y))["landmark_linear"] > 0.2
