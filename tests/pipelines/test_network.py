"""The hand-written gradient of the networks, and what the embedding is for."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines.learners.network import Network, Tape

from .conftest import Table, build


@pytest.mark.parametrize("activation", ["selu", "mish"])
def test_gradients_are_those_of_the_loss(activation: str) -> None:
    rng = np.random.default_rng(0)
    network = Network(2, [3, 4, 4, 2], activation, 0.0, np.array([0, 2]), 0.3, rng)
    network.parameters = rng.normal(size=network.parameters.shape)
    X, targets = rng.normal(size=(2, 6, 3)), rng.normal(size=(2, 6, 2))

    def loss() -> float:
        return 0.5 * float(((network.forward(X) - targets) ** 2).sum())

    tape, gradient = Tape(), np.zeros_like(network.parameters)
    network.backward(tape, network.forward(X, tape) - targets, gradient)
    for place in np.ndindex(gradient.shape):
        kept = network.parameters[place]
        losses = []
        for step in (1e-6, -1e-6):
            network.parameters[place] = kept + step
            losses.append(loss())
        network.parameters[place] = kept
        assert gradient[place] == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-3, abs=1e-4)


def test_members_do_not_depend_on_each_other() -> None:
    rng = np.random.default_rng(0)
    network = Network(3, [4, 5, 2], "relu", 0.0, np.array([1]), 0.1, rng)
    network.parameters = rng.normal(size=network.parameters.shape).astype(np.float32)
    X = rng.normal(size=(1, 6, 4)).astype(np.float32)
    before = network.forward(X)
    network.parameters[0] += 1.0
    after = network.forward(X)
    assert not np.allclose(before[0], after[0])
    np.testing.assert_array_equal(before[1:], after[1:])


def test_the_embedding_helps_with_a_wave() -> None:
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, size=(700, 2)).astype(np.float32)
    y = np.sin(6 * X[:, 0])
    features = (Feature("a", "numeric"), Feature("b", "numeric"))
    table = Table(X, y, "regression", features, 0)
    errors = []
    for embedding in ("none", "periodic"):
        more = {"frequency": 0.5} if embedding == "periodic" else {}
        model = build(table, "mlp", embedding=embedding, n_networks=1, n_layers=1, **more)
        residual = model.fit(X[:500], y[:500]).predict(X[500:]) - y[500:]
        errors.append(float(np.mean(residual**2)))
    assert errors[1] < errors[0]
