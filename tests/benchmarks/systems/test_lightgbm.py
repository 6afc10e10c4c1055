from __future__ import annotations

import numpy as np
import pytest

from benchmarks.common.tables import load_table
from benchmarks.systems.base import Job
from benchmarks.systems.lightgbm import PATIENCE, fit_lightgbm_early


def _job(name: str, budget: float) -> Job:
    table = load_table(name)
    return Job(table.X, table.y, table.task, budget, seed=0, n_jobs=1)


def test_boosting_ends_where_the_validation_part_is_not_better_any_more():
    fitted = fit_lightgbm_early(_job("sklearn:diabetes", 30.0))
    assert fitted.extras["ended"] == "patience"
    assert fitted.extras["rounds"] == fitted.extras["best_round"] + PATIENCE


def test_boosting_ends_at_the_limit_with_the_best_round_so_far():
    job = _job("fried@40000", 0.4)
    fitted = fit_lightgbm_early(job)
    assert fitted.extras["ended"] == "limit"
    assert fitted.extras["rounds"] >= fitted.extras["best_round"] >= 1
    assert np.std(fitted.predict(job.X) - job.y) < np.std(job.y)


@pytest.mark.parametrize("name", ["sklearn:wine", "sklearn:breast_cancer"])
def test_probabilities_come_in_the_order_of_the_classes(name):
    job = _job(name, 5.0)
    fitted = fit_lightgbm_early(job)
    right = np.asarray(fitted.classes)[fitted.predict(job.X).argmax(axis=1)] == job.y
    assert right.mean() > 0.95
