import numpy as np
import pytest
import sklearn.metrics as reference

from automl.evaluation.metrics import METRICS, default_metric, resolve_metric
from automl.exceptions import InvalidInputError, UnsupportedSettingError


@pytest.fixture
def binary():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    p = np.round(np.clip(0.3 * y + rng.random(300) * 0.7, 0, 1), 2)  # with ties
    return y, np.column_stack([1 - p, p])


@pytest.fixture
def multiclass():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 4, 400)
    p = rng.dirichlet(np.ones(4), 400) + np.eye(4)[y]
    return y, p / p.sum(axis=1, keepdims=True)


def test_roc_auc_equals_scikit_learn_with_ties(binary):
    y, p = binary
    assert METRICS["roc_auc"].score(y, p) == pytest.approx(reference.roc_auc_score(y, p[:, 1]))


def test_log_loss_equals_scikit_learn(multiclass):
    y, p = multiclass
    assert METRICS["log_loss"].score(y, p) == pytest.approx(reference.log_loss(y, p))


def test_ovr_auc_equals_scikit_learn(multiclass):
    y, p = multiclass
    expected = reference.roc_auc_score(y, p, multi_class="ovr")
    assert METRICS["roc_auc_ovr"].score(y, p) == pytest.approx(expected)


def test_rmse_equals_scikit_learn():
    rng = np.random.default_rng(2)
    y, p = rng.normal(size=50), rng.normal(size=50)
    expected = reference.root_mean_squared_error(y, p)
    assert METRICS["rmse"].score(y, p) == pytest.approx(expected)


@pytest.mark.parametrize("name", sorted(METRICS))
def test_a_perfect_prediction_has_loss_zero_and_a_bad_one_more(name):
    metric = METRICS[name]
    rng = np.random.default_rng(3)
    if metric.tasks == ("regression",):
        y = rng.gamma(2.0, size=60)
        perfect, bad = y, y[::-1] + 1
    else:
        y = np.arange(60) % (2 if "binary" in metric.tasks else 3)
        perfect, bad = np.eye(y.max() + 1)[y], np.eye(y.max() + 1)[(y + 1) % (y.max() + 1)]
    assert metric.loss(y, perfect) == pytest.approx(0.0, abs=1e-9)
    assert metric.loss(y, bad) > 0.1


def test_auto_is_the_default_of_the_task():
    assert resolve_metric("auto", "binary") is default_metric("binary") is METRICS["roc_auc"]
    assert resolve_metric("auto", "multiclass").name == "log_loss"
    assert resolve_metric("auto", "regression").name == "rmse"


def test_scikit_learn_scorer_names_are_understood():
    assert resolve_metric("neg_root_mean_squared_error", "regression").name == "rmse"


@pytest.mark.parametrize(("metric", "task"), [("nope", "binary"), ("rmse", "binary")])
def test_wrong_metric_names_the_allowed_ones(metric, task):
    with pytest.raises(InvalidInputError, match=r"`metric` for a binary task .*roc_auc.*got"):
        resolve_metric(metric, task)


def test_callables_come_later():
    with pytest.raises(UnsupportedSettingError, match="`metric` takes a name"):
        resolve_metric(max, "binary")
