import time

import numpy as np
import pytest

from automl.data import Dataset, Feature, TableEncoder, read_target
from automl.metafeatures import extract


def dataset(X, y, task="binary", kinds=None):
    kinds = ["numeric"] * X.shape[1] if kinds is None else kinds
    features = tuple(
        Feature(str(i), kind, 3 * (kind == "categorical")) for i, kind in enumerate(kinds)
    )
    n_classes = 0 if task == "regression" else int(y.max()) + 1
    return Dataset(np.asarray(X, dtype=np.float32), y, task, features, n_classes)


def test_sizes_types_and_missing_cells():
    X = np.array([[1, 0, 1, np.nan], [2, 1, 0, 4], [3, 2, np.nan, 6], [4, 2, 1, 8]])
    found = extract(
        dataset(X, np.array([0, 1, 1, 1]), kinds=["numeric", "categorical", "boolean", "numeric"])
    )
    assert found["log_n_rows"] == found["log_n_features"] == pytest.approx(np.log(4))
    assert found["log_rows_per_feature"] == 0
    assert found["share_categorical"] == found["share_boolean"] == 0.25
    assert found["share_missing"] == 2 / 16
    assert found["share_columns_missing"] == 0.5
    assert found["log_max_levels"] == pytest.approx(np.log(4))
    assert found["minority_share"] == 0.25
    assert found["majority_share"] == 0.75
    assert found["class_entropy"] == pytest.approx(0.8113, abs=1e-4)
    assert found["share_whole_numbers"] == 1.0


def test_balanced_classes_have_full_entropy():
    found = extract(
        dataset(np.random.default_rng(0).normal(size=(90, 2)), np.arange(90) % 3, "multiclass")
    )
    assert found["class_entropy"] == pytest.approx(1.0)
    assert found["log_n_classes"] == pytest.approx(np.log(3))
    assert found["target_skew"] == 0.0


def test_shape_of_target_and_columns():
    rng = np.random.default_rng(0)
    normal, skewed = rng.normal(size=20_000), rng.lognormal(size=20_000)
    plain = extract(dataset(normal[:, None], normal, "regression"))
    heavy = extract(dataset(skewed[:, None], skewed, "regression"))
    mirrored = extract(dataset(-skewed[:, None], -skewed, "regression"))
    assert abs(plain["target_skew"]) < 0.1
    assert abs(plain["target_kurtosis"]) < 0.2
    assert heavy["target_skew"] > 1
    assert mirrored["target_skew"] == pytest.approx(-heavy["target_skew"])
    assert heavy["mean_abs_skew"] == pytest.approx(mirrored["mean_abs_skew"])
    assert heavy["target_distinct_share"] == 1.0


def test_shape_does_not_depend_on_scale():
    rng = np.random.default_rng(0)
    y = rng.lognormal(size=500)
    X = y[:, None]
    base, scaled = (
        extract(dataset(X, y, "regression")),
        extract(dataset(X, y * 1e200, "regression")),
    )
    assert scaled["target_kurtosis"] == pytest.approx(base["target_kurtosis"])


@pytest.mark.parametrize(
    ("X", "y", "task"),
    [
        (np.zeros((2, 1)), np.array([0, 1]), "binary"),
        (np.full((3, 2), np.nan), np.array([0, 1, 2]), "multiclass"),
        (np.full((3, 2), 3e38), np.array([1.0, 1.0, 1.0]), "regression"),
        (np.array([[1e-38], [np.nan], [2e-38]]), np.array([1e300, -1e300, 0]), "regression"),
    ],
)
def test_every_value_is_finite(X, y, task):
    found = extract(dataset(X, y, task))
    assert all(np.isfinite(value) for value in found.values())
    assert all(type(value) is float for value in found.values())


def test_names_are_the_same_for_every_task():
    X = np.random.default_rng(0).normal(size=(60, 3))
    names = [
        tuple(extract(dataset(X, y, task)))
        for y, task in ((np.arange(60) % 2, "binary"), (X[:, 0].astype(float), "regression"))
    ]
    assert names[0] == names[1]
    assert 38 <= len(names[0]) <= 45
    assert names[0][:2] == ("log_n_rows", "log_n_features")


def test_deterministic_and_fast_on_a_large_table():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(50_000, 100)).astype(np.float32)
    X[rng.random(X.shape) < 0.1] = np.nan
    large = dataset(X, rng.normal(size=50_000), "regression")
    first = extract(large)
    started = time.process_time()
    assert extract(large) == first
    assert time.process_time() - started < 0.5


def test_columns_without_numbers():
    table = {"colour": ["r", "g", "r", "b"], "open": [True, False, True, True]}
    encoder = TableEncoder().fit(table)
    target = read_target([1.5, 2.5, 0.0, 0.0])
    found = extract(Dataset.of(encoder.transform(table), target, encoder.features))
    assert found["mean_abs_skew"] == 0.0
    assert found["target_zero_share"] == 0.5
    assert found["log_median_levels"] == pytest.approx(np.log(4))
