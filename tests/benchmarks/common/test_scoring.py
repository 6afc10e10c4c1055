from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import log_loss, roc_auc_score

from benchmarks.common.scoring import score

RNG = np.random.default_rng(0)


def test_auc():
    y = np.array(["no", "yes"])[RNG.integers(0, 2, 50)]
    p = RNG.random(50)
    value, loss = score("binary", y, np.column_stack([1 - p, p]), ["no", "yes"])
    assert value == pytest.approx(roc_auc_score(y == "yes", p))
    assert loss == 1 - value


def test_log_loss_counts_all_classes_of_the_training_part():
    classes = ["a", "b", "c"]
    y = np.array(["a", "b"] * 20)  # "c" is not among the test rows
    p = RNG.dirichlet([1, 1, 1], 40)
    value, loss = score("multiclass", y, p, classes)
    assert value == loss == pytest.approx(log_loss(y, p, labels=classes))


def test_log_loss_of_certain_mistakes_is_finite_and_sums_are_renormalised():
    y = np.array(["a", "b"])
    value, _ = score("multiclass", y, np.array([[0.0, 1.0], [2.0, 2.0]]), ["a", "b"])
    assert value == pytest.approx((-np.log(1e-15) - np.log(0.5)) / 2)


def test_rmse():
    assert score("regression", np.array([1.0, 2.0]), np.array([1.0, 4.0]), []) == pytest.approx(
        (np.sqrt(2), np.sqrt(2))
    )


@pytest.mark.parametrize(
    ("prediction", "message"),
    [(np.array([1.0, np.nan]), "1 predictions are not finite"), (np.ones(3), "must have shape")],
)
def test_unusable_predictions_are_refused(prediction, message):
    with pytest.raises(ValueError, match=message):
        score("regression", np.array([1.0, 2.0]), prediction, [])
