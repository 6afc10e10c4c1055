import numpy as np
import pytest
from sklearn.datasets import make_classification
from threadpoolctl import threadpool_info

from automl.data import Feature
from automl.evaluation.prediction import predict, predict_each
from automl.pipelines import build_pipeline, pipeline_space


@pytest.fixture(scope="module")
def fitted():
    X, y = make_classification(n_samples=900, random_state=0)
    X = X.astype(np.float32)
    features = tuple(Feature(f"x{i}", "numeric", 0) for i in range(X.shape[1]))
    space = pipeline_space("binary", features, len(y))
    configs = [space.make({"learner": name}) for name in ("lightgbm", "extra_trees", "linear")]
    return X, [build_pipeline(config, "binary", features, 2, 0).fit(X, y) for config in configs]


@pytest.mark.parametrize("n_rows", [10, 900])
def test_models_side_by_side_predict_what_each_predicts_alone(fitted, n_rows):
    X, models = fitted
    found = list(predict_each(models, X[:n_rows], 2))
    assert len(found) == 3
    for model, prediction in zip(models, found, strict=True):
        np.testing.assert_array_equal(prediction, predict(model, X[:n_rows], 2))


def test_threads_are_as_before(fitted):
    X, models = fitted
    before = [pool["num_threads"] for pool in threadpool_info()]
    for _ in range(5):
        list(predict_each(models, X, 2))
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_classes_that_a_model_has_not_seen_have_probability_zero(fitted):
    X, models = fitted
    wider = predict(models[0], X[:5], 3)
    assert wider.shape == (5, 3)
    assert not wider[:, 2].any()
