import numpy as np
import pytest

from automl.data import Feature
from automl.pipelines import build_pipeline, large_portfolio, pipeline_space, variations_in

FEATURES = (Feature("a", "numeric"), Feature("b", "numeric"), Feature("c", "categorical", 3))


@pytest.fixture(scope="module")
def space():
    return pipeline_space("binary", FEATURES, 100_000)


def test_the_race_begins_with_boosting_of_several_kinds(space):
    configs = large_portfolio(space, 6)
    assert len(set(configs)) == 6
    assert sum(config["learner"] == "lightgbm" for config in configs) >= 4
    assert len({config.get("lightgbm:num_leaves") for config in configs}) > 2


def test_a_variation_differs_in_one_thing(space):
    leader = large_portfolio(space, 1)[0]
    found = variations_in(space)(leader)
    assert len(found) >= 4
    for varied in found:
        changed = [name for name in leader if varied.get(name) != leader[name]]
        assert len(changed) == 1, changed


def test_variations_can_be_varied_again_and_fitted(space):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 3)).astype(np.float32)
    X[:, 2] = rng.integers(3, size=300)
    y = (X[:, 0] > 0).astype(int)
    variations = variations_in(space)
    for first in variations(large_portfolio(space, 1)[0]):
        assert variations(first)
        model = build_pipeline(first, "binary", FEATURES, 2, seed=0, rounds=3).fit(X, y)
        assert model.predict_proba(X).shape == (300, 2)


def test_other_learners_have_no_variations(space):
    assert variations_in(space)(space.make({"learner": "linear"})) == []
