"""Stored models are small, and predict what they predicted before."""

from __future__ import annotations

import io
import re

import joblib
import lightgbm
import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier

from automl.data import Dataset, TableEncoder, read_target
from automl.evaluation.prediction import predict
from automl.metrics import default_metric
from automl.pipelines import build_pipeline, pipeline_space
from automl.pipelines.learners.compact_trees import compact, restored

ROWS = 300


def stored(model):
    stream = io.BytesIO()
    joblib.dump(model, stream)
    return stream.getvalue()


def again(model):
    return joblib.load(io.BytesIO(stored(model)))


@pytest.fixture(params=["anneal", "cpu_act", "credit_data"])
def data(request, shared_table):
    X, y = shared_table(request.param)
    X, y = X.iloc[:ROWS], y.iloc[:ROWS]
    encoder = TableEncoder().fit(X)
    return Dataset.of(encoder.transform(X), read_target(y, "auto"), encoder.features)


@pytest.mark.parametrize(
    ("learner", "values"),
    [
        ("lightgbm", {}),
        ("mlp", {"mlp:epochs": 16, "mlp:embedding": "periodic"}),
        ("extra_trees", {"extra_trees:n_estimators": 50}),
        ("random_forest", {"random_forest:n_estimators": 50}),
    ],
)
def test_a_stored_model_predicts_the_same(data, learner, values):
    config = pipeline_space(data.task, data.features, data.n_rows).adapt(
        {"learner": learner, **values}
    )
    model = build_pipeline(config, data.task, data.features, data.n_classes, 0, None, 5)
    model.fit(data.X, data.y)
    once = again(model)
    before, after = (predict(m, data.X, data.n_classes) for m in (model, once))
    tolerance = 2e-3 if learner == "mlp" else 1e-6
    np.testing.assert_allclose(after, before, atol=tolerance * np.abs(before).max())
    loss = default_metric(data.task).loss
    assert loss(data.y, after) <= loss(data.y, before) * 1.001 + 1e-6
    # what a user saves has been stored before, by a worker
    np.testing.assert_array_equal(predict(again(once), data.X, data.n_classes), after)


@pytest.mark.parametrize("most", [None, 20])
def test_forests_are_stored_small_and_send_all_rows_the_same_way(data, most):
    settings = {"n_estimators": 20, "max_leaf_nodes": most, "random_state": 0}
    kind = ExtraTreesRegressor if data.task == "regression" else RandomForestClassifier
    X = data.X.copy()
    X[::7, 0] = np.nan
    forest = kind(**settings).fit(X, data.y)
    small = compact(forest)
    same = restored(again(small))
    np.testing.assert_array_equal(same.apply(X), forest.apply(X))
    np.testing.assert_allclose(same.predict(X), forest.predict(X), rtol=1e-6)
    assert len(stored(small)) < len(stored(forest)) / 2
    assert forest.estimators_[0].tree_.node_count > 1  # untouched


def test_boosted_trees_are_stored_without_what_does_not_predict(data):
    config = pipeline_space(data.task, data.features, data.n_rows).adapt({"learner": "lightgbm"})
    model = build_pipeline(config, data.task, data.features, data.n_classes, 0, None, 50)
    booster: lightgbm.Booster = model.fit(data.X, data.y).learner_.booster_
    for line in (b"split_gain=", b"leaf_weight=", b"leaf_count=", b"internal_value="):
        assert line in booster.model_to_string().encode()
        assert line not in stored(model)
    leaves = re.findall(rb"leaf_value=(.*)", stored(model))
    digits = [
        len(leaf.strip(b"-0.")) for line in leaves for leaf in line.partition(b"e")[0].split()
    ]
    assert 5 < np.mean(digits) < 10  # of seventeen
