"""The space of pipelines, and the pipelines that a cold search begins with."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.metrics import roc_auc_score

from automl.data import Feature
from automl.pipelines import (
    best_rounds,
    build_pipeline,
    cold_portfolio,
    pipeline_space,
    predicted_scaling,
)
from automl.pipelines import registry as registry_module

from .conftest import make_table

TASKS = ("binary", "multiclass", "regression")
NUMBERS = (Feature("a", "numeric"),)
MIXED = (*NUMBERS, Feature("b", "categorical", 5))


@pytest.mark.parametrize("task", TASKS)
def test_parameters_are_named_after_their_learner(task: str) -> None:
    space = pipeline_space(task, MIXED, 1_000)
    learners = space.by_name["learner"].choices
    assert learners[0] == "lightgbm"
    for parameter in space.parameters[1:]:
        assert parameter.name.split(":")[0] in learners
    for name in space.default():
        assert name == "learner" or name.startswith("lightgbm:")


def test_parameters_that_cannot_matter_are_left_out() -> None:
    with_codes = set(pipeline_space("binary", MIXED, 100).by_name)
    without = set(pipeline_space("binary", NUMBERS, 100).by_name)
    assert without < with_codes
    assert {"lightgbm:encoding", "lightgbm:cat_smooth"} <= with_codes - without
    only_codes = set(pipeline_space("binary", MIXED[1:], 100).by_name)
    assert "linear:scaling" not in only_codes


def test_ranges_do_not_depend_on_rows() -> None:
    assert pipeline_space("binary", MIXED, 50).id == pipeline_space("binary", MIXED, 50_000).id


def test_learners_that_are_not_installed_stay_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_module, "find_spec", lambda name: None)
    space = pipeline_space("binary", MIXED, 100)
    assert not {"xgboost", "catboost"} & set(space.by_name["learner"].choices)
    learners = {config["learner"] for config in cold_portfolio("binary", space)}
    assert not {"xgboost", "catboost"} & learners


@pytest.mark.parametrize("features", [NUMBERS, MIXED, MIXED[1:]])
@pytest.mark.parametrize("task", TASKS)
def test_portfolio_is_about_ten_different_pipelines(task: str, features) -> None:
    space = pipeline_space(task, features, 1_000)
    portfolio = cold_portfolio(task, space)
    assert 8 <= len(portfolio) <= 14
    assert len({config.key for config in portfolio}) == len(portfolio)
    assert len({config["learner"] for config in portfolio[:5]}) >= 4
    assert portfolio[0] == space.default()


@pytest.mark.parametrize("task", TASKS)
def test_the_whole_portfolio_runs(task: str) -> None:
    table = make_table(task, n_rows=90, n_classes=3 if task == "multiclass" else 2)
    space = pipeline_space(task, table.features, 90)
    for config in cold_portfolio(task, space):
        model = build_pipeline(
            config, task, table.features, table.n_classes, seed=0, max_seconds=0.5
        )
        assert len(model.fit(table.X, table.y).predict(table.X)) == 90
        assert 0.5 <= predicted_scaling(config) <= 2.0


def test_default_separates_tumours() -> None:
    data = load_breast_cancer()
    X = data.data.astype(np.float32)
    features = tuple(Feature(str(name), "numeric") for name in data.feature_names)
    config = pipeline_space("binary", features, len(X)).default()
    model = build_pipeline(config, "binary", features, 2, seed=0).fit(X[::2], data.target[::2])
    assert roc_auc_score(data.target[1::2], model.predict_proba(X[1::2])[:, 1]) > 0.98
    assert best_rounds(model) > 10


def test_default_explains_diabetes_progression() -> None:
    data = load_diabetes()
    X = data.data.astype(np.float32)
    features = tuple(Feature(str(name), "numeric") for name in data.feature_names)
    config = pipeline_space("regression", features, len(X)).default()
    model = build_pipeline(config, "regression", features, 0, seed=0).fit(X[::2], data.target[::2])
    residual = data.target[1::2] - model.predict(X[1::2])
    assert 1 - residual.var() / data.target[1::2].var() > 0.3


def test_estimators_can_be_cloned_and_fitted_again() -> None:
    from sklearn.base import clone

    table = make_table("binary")
    config = pipeline_space("binary", table.features, 240).make({"learner": "linear"})
    model = build_pipeline(config, "binary", table.features, 2, seed=0)
    first = model.fit(table.X, table.y).predict_proba(table.X)
    np.testing.assert_array_equal(clone(model).fit(table.X, table.y).predict_proba(table.X), first)
    np.testing.assert_array_equal(model.fit(table.X, table.y).predict_proba(table.X), first)
