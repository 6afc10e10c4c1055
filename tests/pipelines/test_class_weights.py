"""Weights of rare classes, and probabilities that stay probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.pipelines.class_weights import row_weights, to_prior

FEATURES = (Feature("a", "numeric"), Feature("b", "numeric"))


def rare(n_rows: int = 3_000, share: float = 0.03, seed: int = 0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n_rows) < share).astype(int)
    X = (rng.normal(size=(n_rows, 2)) + 1.2 * y[:, None]).astype(np.float32)
    return X, y


def space_of(y, objective="ranking"):
    return pipeline_space("binary", FEATURES, len(y), target_facts(y, "binary", objective))


def test_weights_are_offered_where_labels_are_counted_or_a_rare_class_ranked() -> None:
    even = np.arange(100) % 2
    assert "linear:class_weight" in space_of(rare()[1]).by_name
    assert "linear:class_weight" in space_of(even, "label").by_name
    assert "linear:class_weight" not in space_of(even).by_name
    assert "linear:class_weight" not in space_of(rare()[1], "").by_name


@pytest.mark.parametrize("kind", ["sqrt", "balanced"])
def test_probabilities_keep_the_prior(kind: str) -> None:
    X, y = rare()
    config = space_of(y).make({"learner": "linear", "linear:class_weight": kind})
    model = build_pipeline(config, "binary", FEATURES, 2, seed=0).fit(X, y)
    positive = model.predict_proba(rare(seed=1)[0])[:, 1]
    assert positive.mean() == pytest.approx(y.mean(), rel=0.35)


def test_weights_have_mean_one_and_are_undone() -> None:
    y = np.array([0] * 90 + [1] * 10)
    rows, classes = row_weights(y, "balanced")
    assert rows.mean() == pytest.approx(1.0)
    assert rows[y == 0].sum() == pytest.approx(rows[y == 1].sum())
    p = np.array([[0.95, 0.05], [0.5, 0.5]])
    weighted = p * classes / (p * classes).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(to_prior(weighted, classes), p)
    assert row_weights(y, "none") == (None, None)
