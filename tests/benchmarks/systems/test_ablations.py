"""Runs without a group of parts: the group is gone, all else is there."""

import numpy as np
import pytest
from sklearn.datasets import load_wine

from automl.data import Feature
from automl.pipelines import cold_portfolio, pipeline_space
from automl.pipelines.declaration import TargetFacts
from benchmarks.systems.ablations import (
    FEATURES,
    LEARNERS,
    REGRESSION,
    fit_without_ensembles,
    fit_without_learners,
    has_any,
    without,
)
from benchmarks.systems.base import Job


@pytest.fixture(scope="module")
def space():
    columns = (Feature("x", "numeric"), Feature("z", "numeric"), Feature("c", "categorical", 5))
    target = TargetFacts(skew=3.0, log_skew=0.5)
    return pipeline_space("regression", columns, 3_000, target)


@pytest.mark.parametrize("left_out", [FEATURES, LEARNERS, REGRESSION])
def test_no_configuration_of_the_smaller_space_has_the_group(space, left_out):
    smaller, rng = without(space, left_out), np.random.default_rng(0)
    assert any(has_any(space.sample(rng), left_out) for _ in range(50))
    drawn = [smaller.sample(rng) for _ in range(200)]
    assert not any(has_any(config, left_out) for config in drawn)
    assert not any(has_any(config, left_out) for config in cold_portfolio("regression", smaller))


def test_what_is_not_left_out_stays(space):
    smaller = without(space, REGRESSION)
    assert smaller.by_name["learner"] == space.by_name["learner"]
    assert list(smaller.by_name) == list(space.by_name)
    assert smaller.by_name["lightgbm:features"] == space.by_name["lightgbm:features"]


def _job():
    X, y = load_wine(return_X_y=True, as_frame=True)
    return Job(X, y, "multiclass", budget=6.0, seed=0, n_jobs=1)


def test_without_ensembles_one_pipeline_answers():
    fitted = fit_without_ensembles(_job())
    assert fitted.extras["n_members"] == 1
    assert fitted.predict(_job().X).shape == (178, 3)


def test_without_learners_no_network_is_asked():
    members = fit_without_learners(_job()).extras["members"]
    assert members
    assert not {"mlp", "gaussian_process"} & {member[0] for member in members}
