"""Objectives: boosting minimises what the metric asks for."""

from __future__ import annotations

import numpy as np
import pytest

from automl.pipelines.objectives import objective_loss

from .conftest import fit_target, skewed


@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_absolute_errors_lead_to_the_median(learner: str) -> None:
    table, y = skewed(1_200)
    new = slice(900, None)
    mean = np.abs(y[new] - fit_target(table, y, learner).predict(table.X[new])).mean()
    median = np.abs(y[new] - fit_target(table, y, learner, "absolute").predict(table.X[new])).mean()
    assert median < 0.97 * mean


@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_a_quantile_covers_its_share(learner: str) -> None:
    table, y = skewed(1_200)
    upper = fit_target(table, y, learner, "quantile_0.9").predict(table.X[900:])
    assert np.mean(y[900:] <= upper) == pytest.approx(0.9, abs=0.07)


@pytest.mark.parametrize("objective", ["poisson", "gamma", "tweedie"])
@pytest.mark.parametrize("learner", ["lightgbm", "hist_gradient_boosting"])
def test_objectives_of_positive_targets_predict_positive_means(learner, objective) -> None:
    table, y = skewed(800)
    y = y + 0.01 if objective == "gamma" else np.floor(y)
    model = fit_target(table, y, learner, objective)
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
