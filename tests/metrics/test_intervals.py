import numpy as np
import pytest

from automl.metrics import METRICS, mean_interval, row_errors, score_interval


def _binary(n, rng, shift=1.0):
    y = rng.integers(0, 2, n)
    p = 1 / (1 + np.exp(-(shift * y + rng.normal(size=n))))
    return y, np.column_stack([1 - p, p])


@pytest.mark.parametrize("name", ["roc_auc", "log_loss", "accuracy", "brier", "f1", "mcc"])
def test_interval_holds_the_score_and_narrows_with_rows(name):
    widths = []
    for n in (100, 1600):
        y, p = _binary(n, np.random.default_rng(0))
        low, high = score_interval(METRICS[name], y, p, np.random.default_rng(1))
        assert low < METRICS[name].score(y, p) < high
        widths.append(high - low)
    assert widths[1] < 0.5 * widths[0]


def test_auc_interval_covers_the_truth_in_about_95_of_100_samples():
    rng = np.random.default_rng(0)
    y, p = _binary(200_000, rng)
    truth = METRICS["roc_auc"].score(y, p)
    hits = 0
    for _ in range(200):
        rows = rng.choice(len(y), 200, replace=False)
        low, high = score_interval(METRICS["roc_auc"], y[rows], p[rows], rng)
        hits += low <= truth <= high
    assert 180 <= hits <= 199


def test_auc_interval_covers_the_truth_with_ten_rows_of_a_class():
    rng = np.random.default_rng(0)
    y, p = _binary(200_000, rng)
    truth, hits = METRICS["roc_auc"].score(y, p), 0
    positive, negative = np.flatnonzero(y == 1), np.flatnonzero(y == 0)
    for _ in range(400):
        rows = np.concatenate([rng.choice(positive, 10), rng.choice(negative, 190)])
        low, high = score_interval(METRICS["roc_auc"], y[rows], p[rows], rng)
        hits += low <= truth <= high
    assert 371 <= hits <= 395  # 362 with the normal distribution


def test_rmse_interval_covers_the_truth():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        y = rng.normal(size=150)
        low, high = score_interval(METRICS["rmse"], y, np.zeros(150), rng)
        hits += low <= 1.0 <= high
    assert 180 <= hits <= 199


def test_a_perfect_auc_on_few_rows_is_not_certain():
    y = np.array([0] * 10 + [1] * 5)
    low, high = score_interval(
        METRICS["roc_auc"], y, np.column_stack([1 - y, y]).astype(float), np.random.default_rng(0)
    )
    assert high == 1.0
    assert low < 0.6


def test_one_row_says_nothing():
    interval = score_interval(
        METRICS["rmse"], np.array([1.0]), np.array([1.0]), np.random.default_rng(0)
    )
    assert interval == (-np.inf, np.inf)


def test_the_interval_of_a_mean_covers_it_and_knows_correlation():
    rng = np.random.default_rng(0)
    rmse, covered, widths = METRICS["rmse"], 0, []
    for _ in range(80):
        shared, own = rng.normal(size=(200, 1)), rng.normal(size=(200, 2))
        errors = 0.9 * shared + np.sqrt(1 - 0.9**2) * own  # each of the scores is truly 1
        y = np.zeros(200)
        one = np.array([score_interval(rmse, y, e, rng) for e in errors.T])
        scores = np.array([rmse.score(y, e) for e in errors.T])
        rows = np.column_stack([row_errors(rmse, y, e) for e in errors.T])
        low, high = mean_interval(scores, one[:, 0], one[:, 1], rows)
        covered += low <= 1.0 <= high
        widths.append((high - low) / np.mean(one[:, 1] - one[:, 0]))
    assert covered / 80 >= 0.88
    assert 0.9 < np.mean(widths) < 0.99  # 0.95 at this correlation, 0.71 at none


@pytest.mark.parametrize("n_groups", [6, 25])
@pytest.mark.parametrize("name", ["rmse", "roc_auc"])
def test_interval_of_groups_covers_the_truth_where_that_of_rows_does_not(name, n_groups):
    rng = np.random.default_rng(0)

    def sample(n_groups):
        groups = np.repeat(np.arange(n_groups), 20)
        shared = rng.normal(size=n_groups)[groups]
        if name == "rmse":
            return shared + 0.5 * rng.normal(size=len(groups)), np.zeros(len(groups)), groups
        y = (shared + rng.normal(size=len(groups)) > 0).astype(int)
        p = 1 / (1 + np.exp(-rng.normal(size=n_groups)[groups] - 0.5 * shared))
        return y, np.column_stack([1 - p, p]), groups

    metric = METRICS[name]
    truth = metric.score(*sample(4_000)[:2])
    by_groups, by_rows = 0, 0
    for _ in range(60):
        y, prediction, groups = sample(n_groups)
        low, high = score_interval(metric, y, prediction, rng, groups)
        by_groups += low <= truth <= high
        low, high = score_interval(metric, y, prediction, rng)
        by_rows += low <= truth <= high
    assert by_groups >= 51
    assert by_rows <= by_groups - 9


def test_one_group_says_nothing():
    y = np.arange(8.0)
    interval = score_interval(METRICS["rmse"], y, y + 1, np.random.default_rng(0), np.zeros(8))
    assert interval == (-np.inf, np.inf)
