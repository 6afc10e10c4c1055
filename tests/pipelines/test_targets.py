"""Targets: transforms that are undone, objectives that the metric asks for."""

from __future__ import annotations

import numpy as np
import pytest

from automl.pipelines import build_pipeline, pipeline_space, target_facts
from automl.pipelines.targets import TARGETS, make_target

from .conftest import fit_target, make_table, skewed


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
    plain, mean = (fit_target(table, y, "linear", o, target=t) for o, t in CASES)
    new = slice(1_500, None)
    assert plain.predict(table.X[new]).mean() < 0.9 * y[new].mean()
    assert mean.predict(table.X[new]).mean() == pytest.approx(y[new].mean(), rel=0.12)


CASES = (("absolute", "log"), ("", "log+mean"))
