"""Targets: transforms that are undone, objectives that the metric asks for."""

from __future__ import annotations

import numpy as np
import pytest

from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.pipelines.targets import TARGETS, make_target, objective_loss

from .conftest import make_table


def skewed(n_rows: int = 400, seed: int = 0):
    """The table of the other tests, with a target whose logarithm is linear in the signal."""
    table = make_table("regression", n_rows=n_rows, seed=seed)
    rng = np.random.default_rng(seed)
    z = (table.y - table.y.mean()) / table.y.std()
    return table, np.exp(z + 0.6 * rng.normal(size=n_rows))


def fitted(table, y, learner, objective="", **values):
    rows = slice(0, 3 * len(y) // 4)
    facts = target_facts(y, "regression", objective)
    space = pipeline_space("regression", table.features, 0, facts)
    named = {f"{learner}:{name}": value for name, value in values.items()}
    config = space.make({"learner": learner, **named})
    model = build_pipeline(config, "regression", table.features, 0, seed=0)
    return model.fit(table.X[rows], y[rows])


@pytest.mark.parametrize("name", list(TARGETS))
@pytest.mark.parametrize("case", ["positive", "with zeros", "negative", "constant", "huge"])
def test_transforms_are_undone(name: str, case: str) -> None:
    y = np.random.default_rng(0).lognormal(size=200)
    y = {
        "positive": y,
        "with zeros": np.floor(y),
        "negative": y - 3.0,
        "constant": np.ones(5),
        "huge": 1e12 * y,
    }[case]
    transform = make_target(name).fit(y)
    z = transform.transform(y)
    assert np.isfinite(z).all()
    np.testing.assert_allclose(transform.inverse(z), y, rtol=1e-5, atol=1e-5)
    far = transform.inverse(np.array([-1e9, 1e9]))
    assert np.isfinite(far).all()


def test_transforms_are_offered_where_the_target_is_skewed_to_the_right() -> None:
    def choices(y, objective="", learner="linear"):
        facts = target_facts(y, "regression", objective)
        space = pipeline_space("regression", make_table("regression").features, 100, facts)
        found = space.by_name.get(f"{learner}:target")
        return None if found is None else found.choices

    y = np.random.default_rng(0).lognormal(size=500)
    assert choices(y) == ("none", "log+mean", "yeo_johnson+mean")
    assert choices(y, "absolute") == ("none", "log", "yeo_johnson")
    assert choices(y - 1.0) == ("none", "yeo_johnson+mean")
    assert choices(-y) is None
    assert choices(np.arange(50.0)) is None
    assert choices(np.ones(5)) is None
    assert choices(y, learner="extra_trees") is None  # its means gain nothing
    assert choices(y, "absolute", "extra_trees") is not None


def test_old_configurations_mean_what_they_meant() -> None:
    table, y = skewed()
    space = pipeline_space("regression", table.features, 400)
    old = space.make({"learner": "lightgbm"})
    models = [
        build_pipeline(config, "regression", table.features, 0, seed=0).fit(table.X, y)
        for config in (old, {**old, "lightgbm:target": "none", "lightgbm:objective": "squared"})
    ]
    np.testing.assert_array_equal(*(model.predict(table.X) for model in models))


def test_the_mean_is_given_back() -> None:
    table, y = skewed(2_000)
    plain, mean = (fitted(table, y, "linear", o, target=t) for o, t in CASES)
    new = slice(1_500, None)
    assert plain.predict(table.X[new]).mean() < 0.9 * y[new].mean()
    assert mean.predict(table.X[new]).mean() == pytest.approx(y[new].mean(), rel=0.12)


CASES = (("absolute", "log"), ("", "log+mean"))


@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_absolute_errors_lead_to_the_median(learner: str) -> None:
    table, y = skewed(1_200)
    new = slice(900, None)
    mean = np.abs(y[new] - fitted(table, y, learner).predict(table.X[new])).mean()
    median = np.abs(y[new] - fitted(table, y, learner, "absolute").predict(table.X[new])).mean()
    assert median < 0.97 * mean


@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_a_quantile_covers_its_share(learner: str) -> None:
    table, y = skewed(1_200)
    upper = fitted(table, y, learner, "quantile_0.9").predict(table.X[900:])
    assert np.mean(y[900:] <= upper) == pytest.approx(0.9, abs=0.07)


@pytest.mark.parametrize("objective", ["poisson", "gamma", "tweedie"])
@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_objectives_of_positive_targets_predict_positive_means(learner, objective) -> None:
    table, y = skewed(800)
    y = y + 0.01 if objective == "gamma" else np.floor(y)
    model = fitted(table, y, learner, objective)
    predicted = model.predict(table.X[600:])
    assert np.corrcoef(predicted, y[600:])[0, 1] > 0.3
    assert predicted.mean() == pytest.approx(y[600:].mean(), rel=0.35)


def test_rounds_are_chosen_by_the_objective() -> None:
    y = np.array([1.0, 2.0, 6.0])
    grid = np.linspace(0.5, 7.0, 131)

    def lowest(objective: str) -> float:
        losses = [objective_loss(objective, y, np.full(3, value)) for value in grid]
        return float(grid[int(np.argmin(losses))])

    assert lowest("absolute") == pytest.approx(2.0)
    assert lowest("quantile_0.9") == pytest.approx(6.0)
    for objective in ("squared", "poisson", "gamma"):
        assert lowest(objective) == pytest.approx(3.0)
