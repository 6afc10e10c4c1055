from functools import partial

import numpy as np
import pytest
import sklearn.metrics as reference

from automl.exceptions import InvalidInputError
from automl.metrics import METRICS, check_domain, default_metric, resolve_metric


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


LABEL_SCORES = {
    "accuracy": reference.accuracy_score,
    "balanced_accuracy": reference.balanced_accuracy_score,
    "f1": reference.f1_score,
    "f1_macro": partial(reference.f1_score, average="macro", zero_division=0),
    "f1_weighted": partial(reference.f1_score, average="weighted", zero_division=0),
    "mcc": reference.matthews_corrcoef,
    "cohen_kappa": reference.cohen_kappa_score,
    "jaccard": reference.jaccard_score,
    "precision": reference.precision_score,
    "recall": reference.recall_score,
}
VALUE_SCORES = {
    "mse": reference.mean_squared_error,
    "mae": reference.mean_absolute_error,
    "median_absolute_error": reference.median_absolute_error,
    "max_error": reference.max_error,
    "mape": reference.mean_absolute_percentage_error,
    "rmsle": reference.root_mean_squared_log_error,
    "pinball": reference.mean_pinball_loss,
    "poisson_deviance": reference.mean_poisson_deviance,
    "gamma_deviance": reference.mean_gamma_deviance,
    "tweedie_deviance": partial(reference.mean_tweedie_deviance, power=1.5),
    "r2": reference.r2_score,
    "explained_variance": reference.explained_variance_score,
}


@pytest.mark.parametrize("name", list(LABEL_SCORES))
def test_scores_of_labels_equal_scikit_learn(name, binary, multiclass):
    for task, (y, p) in (("binary", binary), ("multiclass", multiclass)):
        if task in METRICS[name].tasks:
            expected = LABEL_SCORES[name](y, p.argmax(axis=1))
            assert METRICS[name].score(y, p) == pytest.approx(expected)


@pytest.mark.parametrize("name", list(VALUE_SCORES))
def test_scores_of_values_equal_scikit_learn(name):
    rng = np.random.default_rng(4)
    y, p = rng.gamma(2.0, size=80), rng.gamma(2.0, size=80) + 0.1
    assert METRICS[name].score(y, p) == pytest.approx(VALUE_SCORES[name](y, p))


def test_average_precision_equals_scikit_learn_with_ties(binary):
    y, p = binary
    expected = reference.average_precision_score(y, p[:, 1])
    assert METRICS["average_precision"].score(y, p) == pytest.approx(expected)


@pytest.mark.parametrize("name", [n for n, m in METRICS.items() if "binary" in m.tasks])
def test_a_part_without_positives_has_a_score(name):
    y, p = np.zeros(20, dtype=int), np.tile([0.7, 0.3], (20, 1))
    assert np.isfinite(METRICS[name].loss(y, p))
    assert np.isfinite(METRICS[name].searched.loss(y, p))


def test_predictions_that_a_deviance_cannot_take_are_bad_and_finite():
    y = np.array([0.0, 1.0, 4.0])
    for name in ("poisson_deviance", "tweedie_deviance"):
        assert 1.0 < METRICS[name].loss(y, np.array([-1.0, 0.0, 0.0])) < np.inf


def test_a_metric_outside_of_its_domain_says_what_is_allowed():
    check_domain(METRICS["poisson_deviance"], np.array([0.0, 2.0]))
    with pytest.raises(InvalidInputError, match=r"'gamma_deviance' needs .* positive; got 0"):
        check_domain(METRICS["gamma_deviance"], np.array([0.0, 2.0]))
    with pytest.raises(InvalidInputError, match=r"'rmsle' needs .* not negative; got -1"):
        check_domain(METRICS["rmsle"], np.array([-1.0, 2.0]))


def test_pinball_takes_a_level():
    y, p = np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 2.0])
    metric = resolve_metric("pinball_0.9", "regression")
    assert metric.score(y, p) == pytest.approx(reference.mean_pinball_loss(y, p, alpha=0.9))
    assert metric.objective == "quantile_0.9"


def test_the_search_tells_rankings_apart_where_nobody_is_called_positive():
    rng = np.random.default_rng(5)
    y = (np.arange(1_000) < 20).astype(int)
    good = np.where(y == 1, 0.3, 0.1) * rng.random(1_000)
    bad = 0.3 * rng.random(1_000)
    stacks = [np.column_stack([1 - p, p]) for p in (good, bad)]
    plain = [METRICS["f1"].loss(y, p) for p in stacks]
    searched = [METRICS["f1"].searched.loss(y, p) for p in stacks]
    assert plain[0] == plain[1] == 1.0
    assert searched[0] < searched[1]
