import numpy as np
import pytest

from automl.ensemble import Postprocess, postprocess
from automl.metrics import METRICS, resolve_metric


def _rng():
    return np.random.default_rng(0)


def _rare(n=4_000, share=0.05, seed=0):
    """Calibrated probabilities of a rare class."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(np.log(share), 1.5, n)
    p = 1 / (1 + np.exp(-logits))
    return (rng.random(n) < p).astype(int), np.column_stack([1 - p, p])


def _classes(n=3_000, seed=0):
    """Calibrated probabilities of three classes, two of them rare."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, 3)) * 1.5 + np.array([2.0, 0.0, -0.5])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return (rng.random((n, 1)) > p.cumsum(axis=1)[:, :2]).sum(axis=1), p


@pytest.mark.parametrize("name", ["f1", "balanced_accuracy", "mcc", "jaccard", "f1_macro"])
def test_a_threshold_improves_new_rows_of_a_rare_class(name):
    metric, rule = METRICS[name], postprocess(_rare()[1], _rare()[0], METRICS[name], _rng())
    y, p = _rare(seed=1)
    assert rule.weights
    assert rule.score(metric, y, p) > metric.score(y, p) + 0.02
    np.testing.assert_array_equal(rule.apply(p), p)
    assert metric.function(y, rule.labels(p)) == rule.score(metric, y, p)


def test_weights_of_several_classes_improve_new_rows():
    y, p = _classes()
    metric = METRICS["balanced_accuracy"]
    rule = postprocess(p, y, metric, _rng())
    y, p = _classes(seed=1)
    assert rule.score(metric, y, p) > metric.score(y, p) + 0.05


@pytest.mark.parametrize("name", ["accuracy", "recall", "roc_auc"])
def test_what_cannot_gain_stays(name):
    y, p = _rare()
    assert postprocess(p, y, METRICS[name], _rng()) == Postprocess()


@pytest.mark.parametrize("n_positive", [0, 1, 2])
def test_hardly_any_positive_row(n_positive):
    y, p = _rare(200)
    y = (np.argsort(np.argsort(-p[:, 1])) < n_positive).astype(int)
    rule = postprocess(p, y, METRICS["f1"], _rng())
    assert rule.labels(p).shape == (200,)


def test_a_metric_of_the_user_gets_a_threshold():
    def gain(y, label):
        return float(10 * np.sum(label[y == 1]) - np.sum(label[y == 0])) / len(y)

    y, p = _rare()
    metric = resolve_metric(gain, "binary")
    rule = postprocess(p, y, metric, _rng())
    y, p = _rare(seed=1)
    assert rule.score(metric, y, p) > metric.score(y, p)


def test_overconfident_probabilities_are_made_flatter():
    y, p = _classes()
    sharp = p**3 / (p**3).sum(axis=1, keepdims=True)
    rule = postprocess(sharp, y, METRICS["log_loss"], _rng())
    assert rule.temperature == pytest.approx(3.0, rel=0.1)
    np.testing.assert_allclose(rule.apply(sharp).sum(axis=1), 1.0)
    np.testing.assert_allclose(rule.apply(sharp), p, atol=0.05)


def test_few_rows_are_not_calibrated():
    y, p = _rare(2_900)
    assert postprocess(p**0.3, y, METRICS["log_loss"], _rng()) == Postprocess()
    y, p = _classes(450)
    assert postprocess(p**3, y, METRICS["log_loss"], _rng()) == Postprocess()


def test_certain_and_wrong_probabilities_stay_finite():
    y = np.arange(600) % 3
    p = np.eye(3)[(y + (np.arange(600) % 7 == 0)) % 3]
    rule = postprocess(p, y, METRICS["log_loss"], _rng())
    assert rule.temperature > 1.0
    assert np.isfinite(rule.apply(p)).all()


def test_values_for_a_deviance_are_positive():
    y = np.array([0.0, 1.0, 5.0, 2.0])
    rule = postprocess(y, y, METRICS["poisson_deviance"], _rng())
    assert rule.apply(np.array([-3.0, 4.0])).tolist() == [pytest.approx(0.002), 4.0]
    assert postprocess(y, y, METRICS["rmse"], _rng()) == Postprocess()


def test_the_choice_repeats():
    y, p = _classes()
    one, two = (postprocess(p, y, METRICS["f1_macro"], _rng()) for _ in range(2))
    assert one == two
