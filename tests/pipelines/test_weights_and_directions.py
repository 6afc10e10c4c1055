"""Weights of rows and monotonic constraints, through every learner that takes them."""

import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.pipelines.registry import available_learners

from .conftest import make_table

WEIGHTED = [learner.name for learner in available_learners() if learner.weights]
MONOTONE = [learner.name for learner in available_learners() if learner.monotone]
TASKS = ("binary", "multiclass", "regression")


def pipeline(table, learner, features=None, objective="", **values):
    """Pipeline of a learner on a table whose features may have directions."""
    features = table.features if features is None else features
    facts = target_facts(table.y, table.task, objective)
    space = pipeline_space(table.task, features, len(table.X), facts)
    named = {f"{learner}:{name}": value for name, value in values.items()}
    config = space.make({"learner": learner, **named})
    return build_pipeline(config, table.task, features, table.n_classes, seed=0)


def predict(model, X):
    return model.predict_proba(X) if hasattr(model, "classes_") else model.predict(X)


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("learner", WEIGHTED)
def test_rows_with_more_weight_are_followed(learner, task):
    """Each row is there twice, once with a lie; whom the model believes is a matter of weights."""
    table = make_table(task, n_rows=120, n_classes=3 if task == "multiclass" else 2)
    regression = task == "regression"
    lie = 2 * table.y.mean() - table.y if regression else (table.y + 1) % table.n_classes
    X, y = np.tile(table.X, (2, 1)), np.concatenate([table.y, lie])
    first = np.arange(240) < 120
    quick = {"mlp": {"n_networks": 2}}.get(learner, {})
    of_truth, of_lies = (
        predict(
            pipeline(table, learner, **quick).fit(X, y, sample_weight=np.where(told, 1.0, 0.03)),
            table.X,
        )
        for told in (first, ~first)
    )
    if regression:
        assert (
            np.corrcoef(of_truth, table.y)[0, 1] > 0.4 > -0.4 > np.corrcoef(of_lies, table.y)[0, 1]
        )
    else:
        rows = np.arange(120)
        assert of_truth[rows, table.y].mean() > of_lies[rows, table.y].mean() + 0.2


@pytest.mark.parametrize("learner", WEIGHTED)
def test_weights_count_by_their_ratios_and_zero_is_absence(learner):
    table = make_table("binary", n_rows=160)
    weights = np.where(np.arange(160) % 4 == 0, 0.0, 3.0)
    quick = {"mlp": {"n_networks": 1, "epochs": 16}}.get(learner, {})
    told = pipeline(table, learner, **quick).fit(table.X, table.y, sample_weight=weights)
    kept = weights > 0
    ones = np.ones(kept.sum())
    without = pipeline(table, learner, **quick)
    without.fit(table.X[kept], table.y[kept], sample_weight=ones)
    np.testing.assert_allclose(predict(told, table.X), predict(without, table.X), rtol=1e-6)


def test_learners_that_take_no_weights_stay_out():
    table = make_table("binary")
    space = pipeline_space("binary", table.features, 240, weighted=True)
    assert set(space.by_name["learner"].choices) == set(WEIGHTED)
    assert {"lightgbm", "linear", "mlp", "extra_trees"} < set(WEIGHTED)
    assert "k_nearest_neighbors" not in WEIGHTED


def directed(features, **directions):
    return tuple(Feature(f.name, f.kind, f.n_levels, directions.get(f.name, 0)) for f in features)


def steps_along(model, table, column):
    """Changes of the prediction while one column grows and the others stay."""
    rows = np.repeat(table.X[:40], 25, axis=0)
    rows[:, column] = np.tile(np.linspace(-3, 3, 25), 40)
    found = predict(model, rows)
    found = found[:, 1] if found.ndim == 2 else found
    return np.diff(found.reshape(40, 25), axis=1)


@pytest.mark.parametrize("task", ["binary", "regression"])
@pytest.mark.parametrize("learner", MONOTONE)
def test_predictions_keep_the_directions(learner, task):
    table = make_table(task)
    features = directed(table.features, number0=1, number1=-1)
    free = pipeline(table, learner).fit(table.X, table.y)
    assert (steps_along(free, table, 1) > 1e-9).any()  # the truth is a parabola
    for encoding in pipeline_choices(table, learner, features):
        model = pipeline(table, learner, features, encoding=encoding).fit(table.X, table.y)
        assert (steps_along(model, table, 0) >= -1e-9).all()
        assert (steps_along(model, table, 0) > 1e-3 * np.ptp(table.y)).any()
        assert (steps_along(model, table, 1) <= 1e-9).all()


def pipeline_choices(table, learner, features):
    space = pipeline_space(table.task, features, len(table.X))
    encoding = space.by_name.get(f"{learner}:encoding")
    return ("native",) if encoding is None else encoding.choices


@pytest.mark.parametrize("objective", ["absolute", "quantile_0.9", "poisson"])
@pytest.mark.parametrize("learner", MONOTONE)
def test_directions_hold_for_every_objective(learner, objective):
    table = make_table("regression")
    features = directed(table.features, number0=1)
    model = pipeline(table, learner, features, objective).fit(table.X, table.y)
    assert (steps_along(model, table, 0) >= -1e-9).all()


def test_no_columns_are_made_of_those_with_a_direction():
    table = make_table("binary")
    space = pipeline_space("binary", directed(table.features, number0=1), 240)
    assert set(space.by_name["learner"].choices) == set(MONOTONE)
    assert not any(name.endswith(":features") for name in space.by_name)
    free = pipeline_space("binary", table.features, 240)
    assert "lightgbm:features" in free.by_name


@pytest.mark.parametrize("learner", MONOTONE)
def test_an_empty_column_does_not_shift_the_directions(learner):
    table = make_table("regression")
    X = table.X.copy()
    X[:, 0] = np.nan
    features = directed(table.features, number1=-1)
    model = pipeline(table, learner, features).fit(X, table.y)
    assert (steps_along(model, table, 1) <= 1e-9).all()
