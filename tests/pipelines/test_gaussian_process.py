"""What a Gaussian process finds that trees and lines do not."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import Feature

from .conftest import Table, build


def waves(n_rows: int, task: str) -> Table:
    """A smooth function of two columns, beside six columns of noise."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(n_rows, 8)).astype(np.float32)
    signal = np.sin(2 * X[:, 0]) * np.cos(X[:, 1])
    features = tuple(Feature(f"x{i}", "numeric") for i in range(8))
    if task == "regression":
        return Table(X, signal, "regression", features, 0)
    return Table(X, (signal > 0).astype(int), "binary", features, 2)


@pytest.mark.parametrize("kernel", ["matern32", "matern52", "rbf"])
def test_smooth_functions_are_found_among_noise(kernel: str) -> None:
    table = waves(500, "regression")
    model = build(table, "gaussian_process", kernel=kernel).fit(table.X[:300], table.y[:300])
    error = np.mean((model.predict(table.X[300:]) - table.y[300:]) ** 2)
    assert error < 0.05 * table.y.var()
    lengths = model.learner_.lengths_
    assert lengths[:2].max() < lengths[2:].min()


def test_more_rows_than_centers_help() -> None:
    table = waves(1_500, "binary")
    right = []
    for n_rows in (200, 1_200):
        model = build(table, "gaussian_process", n_centers=200)
        model.fit(table.X[:n_rows], table.y[:n_rows])
        right.append(np.mean(model.predict(table.X[1_200:]) == table.y[1_200:]))
    assert right[1] > right[0]
    assert right[1] > 0.9
