import cloudpickle
import numpy as np
import pytest
import sklearn.metrics as reference
from sklearn.metrics import make_scorer

from automl.exceptions import InvalidInputError
from automl.metrics import METRICS, quick_metric, resolve_metric

NAMES = np.array(["no", "yes"])


@pytest.fixture
def rows():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 200)
    p = np.clip(0.4 * y + 0.6 * rng.random(200), 0.01, 0.99)
    return y, np.column_stack([1 - p, p])


def test_a_scorer_name_that_is_not_written_out(rows):
    y, p = rows
    metric = resolve_metric("f1_micro", "binary", NAMES)
    assert metric.score(y, p) == pytest.approx(np.mean(p.argmax(axis=1) == y))
    assert (metric.needs, metric.greater_is_better, metric.best) == ("label", True, 1.0)
    of_probability = resolve_metric("d2_log_loss_score", "binary", NAMES)
    assert of_probability.needs == "probability"
    assert of_probability.score(y, p) == pytest.approx(reference.d2_log_loss_score(y, p))


def test_a_scorer_gets_the_labels_of_the_user(rows):
    y, p = rows
    metric = resolve_metric(make_scorer(reference.f1_score, pos_label="no"), "binary", NAMES)
    assert metric.name == "f1_score"
    assert metric.score(y, p) == pytest.approx(reference.f1_score(1 - y, p.argmin(axis=1)))


def test_a_scorer_of_probabilities_in_a_multiclass_task():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 3, 90)
    p = rng.dirichlet(np.ones(3), 90)
    metric = resolve_metric("roc_auc_ovo", "multiclass", np.array(["a", "b", "c"]))
    assert metric.score(y, p) == pytest.approx(reference.roc_auc_score(y, p, multi_class="ovo"))
    assert np.isfinite(metric.loss(y[y < 2], p[y < 2]))  # a part that lacks a class


def test_a_scorer_of_an_estimator_and_rows(rows):
    def hits(estimator, X, y):
        return float(np.mean(estimator.predict(X) == y))

    y, p = rows
    metric = resolve_metric(hits, "binary", NAMES)
    assert metric.score(y, p) == METRICS["accuracy"].score(y, p)


def test_a_function_may_be_a_score_or_a_loss():
    y, p = np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.5, 3.0])
    loss = resolve_metric(lambda y, p: np.abs(y - p).max(), "regression")
    assert (loss.greater_is_better, loss.loss(y, p)) == (False, 1.0)
    score = resolve_metric(lambda y, p: 1 - np.abs(y - p).max(), "regression")
    assert (score.greater_is_better, score.loss(y, p)) == (True, 1.0)


def test_functions_travel_to_workers():
    metric = resolve_metric(lambda y, p: np.mean((y - p) ** 4), "regression")
    copy = cloudpickle.loads(cloudpickle.dumps(metric))
    assert copy.loss(np.zeros(2), np.ones(2)) == 1.0


def test_functions_of_scikit_learn_are_known_by_what_they_are():
    assert resolve_metric(reference.roc_auc_score, "binary") is METRICS["roc_auc"]
    assert resolve_metric(reference.mean_absolute_error, "regression") is METRICS["mae"]
    assert resolve_metric(reference.brier_score_loss, "binary") is METRICS["brier"]
    scorer = make_scorer(reference.mean_pinball_loss, alpha=0.9, greater_is_better=False)
    assert resolve_metric(scorer, "regression").name == "pinball_0.9"


def test_a_name_of_ones_own_does_not_hide_a_known_one():
    def rmse(y, p):
        return np.mean(np.abs(y - p))

    assert resolve_metric(rmse, "regression").name == "own_rmse"


@pytest.mark.parametrize(
    ("metric", "task", "message"),
    [
        (max, "binary", "must be computable for a binary task; got max"),
        (make_scorer(reference.mean_absolute_error), "regression", "greater_is_better=False"),
        (lambda y, p: 1.0, "regression", "must tell right predictions from wrong ones"),
        (lambda y, p: np.nan, "regression", "finite score"),
        (3, "binary", "got a int"),
        ("recall_macro", "regression", "must be computable for a regression task"),
    ],
)
def test_what_cannot_work_is_refused_in_one_sentence(metric, task, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        resolve_metric(metric, task)
    assert "\n" not in str(caught.value)


def test_rough_guesses_are_made_by_a_quick_metric():
    own = resolve_metric(lambda y, p: np.mean(y == p), "binary", NAMES)
    assert quick_metric(own) is METRICS["log_loss"]
    assert quick_metric(METRICS["f1"]) is METRICS["f1"]
