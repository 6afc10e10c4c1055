import numpy as np
import pytest

from automl.ensemble import greedy_weights, select_weights
from automl.metrics import METRICS


def _regression(n=400, n_models=6, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.normal(size=n)
    return y, [y + rng.normal(size=n) for _ in range(n_models)]


def _binary(n=400, n_models=5, seed=0):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    logits = [2 * y - 1 + 2 * rng.normal(size=n) for _ in range(n_models)]
    p = [1 / (1 + np.exp(-logit)) for logit in logits]
    return y, [np.column_stack([1 - q, q]) for q in p]


def test_independent_errors_are_averaged():
    y, predictions = _regression()
    weights = greedy_weights(predictions, y, METRICS["rmse"])
    mixed = sum(w * p for w, p in zip(weights, predictions, strict=True))
    assert weights.sum() == pytest.approx(1.0)
    best = min(METRICS["rmse"].loss(y, p) for p in predictions)
    assert METRICS["rmse"].loss(y, mixed) < 0.6 * best


@pytest.mark.parametrize("metric", ["roc_auc", "log_loss", "accuracy"])
def test_no_worse_than_the_best_on_the_rows_it_was_chosen_on(metric):
    y, predictions = _binary()
    weights = greedy_weights(predictions, y, METRICS[metric])
    mixed = sum(w * p for w, p in zip(weights, predictions, strict=True))
    best = min(METRICS[metric].loss(y, p) for p in predictions)
    assert METRICS[metric].loss(y, mixed) <= best + 1e-12


def test_first_pick_is_the_best_candidate():
    y, predictions = _regression(n_models=3)
    useless = np.full_like(y, 50.0)
    assert greedy_weights([useless, *predictions], y, METRICS["rmse"])[0] == 0.0


@pytest.mark.parametrize("bagged", [False, True])
def test_selection_is_deterministic_for_a_seed(bagged):
    y, predictions = _binary()
    chosen = [
        select_weights(predictions, y, METRICS["roc_auc"], np.random.default_rng(3), bagged)
        for _ in range(2)
    ]
    np.testing.assert_array_equal(*chosen)
    assert chosen[0].sum() == pytest.approx(1.0)


def test_the_single_best_is_returned_where_the_mix_overfits():
    rng = np.random.default_rng(0)
    y = rng.normal(size=60)
    good = y + 0.01 * rng.normal(size=60)
    noise = [rng.normal(size=60) for _ in range(20)]
    weights = select_weights([good, *noise], y, METRICS["rmse"], np.random.default_rng(0))
    assert weights[0] > 0.95


def test_one_candidate_gets_all_weight():
    y, predictions = _regression(n_models=1)
    np.testing.assert_array_equal(
        select_weights(predictions, y, METRICS["rmse"], np.random.default_rng(0)), [1.0]
    )


def test_rare_positives_survive_the_cut_to_fewer_rows():
    rng = np.random.default_rng(0)
    y = (np.arange(12_000) % 400 == 0).astype(int)
    good = np.clip(0.6 * y + 0.5 * rng.random(12_000), 0, 1)
    bad = rng.random(12_000)
    stack = [np.column_stack([1 - p, p]) for p in (bad, good)]
    assert greedy_weights(stack, y, METRICS["roc_auc"])[1] > 0.5
