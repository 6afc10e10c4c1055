"""Each fault that a learner can have, in one fit; the others go on and make the model."""

import numpy as np
import psutil
import pytest
from sklearn.datasets import load_breast_cancer

import automl
from automl.exceptions import DataWarning

from .conftest import assert_nothing_left

FAULTS = {
    "linear": "segfault",
    "lightgbm:extra_trees": "complain",
    "extra_trees": "hang",
    "mlp": "allocate",
    "gaussian_process": "nothing",
}


def test_each_fault_is_recorded_and_the_run_goes_on(set_faults, temporary, fresh_home):
    set_faults(FAULTS)
    before = set(psutil.Process().children(recursive=True))
    X, y = load_breast_cancer(return_X_y=True)
    model = automl.fit(
        X,
        y,
        time_limit=20,
        max_trials=6,
        n_jobs=2,
        memory_limit=600,
        random_state=0,
        knowledge_base=None,
        verbose=0,
    )
    seen = {_name(r.info.config): (r.status, r.message) for r in model.history_}
    assert {name: status for name, (status, _) in seen.items()} == {
        "lightgbm": "ok",
        "linear": "crashed",
        "lightgbm:extra_trees": "failed",
        "extra_trees": "timeout",
        "mlp": "memory_out",
        "gaussian_process": "failed",
    }
    assert "Segmentation fault" in seen["linear"][1]
    assert "ArithmeticError: nothing fits here" in seen["lightgbm:extra_trees"][1]
    assert "the limit was" in seen["extra_trees"][1]
    assert "the limit was 600 MB" in seen["mlp"][1]
    assert "not finite" in seen["gaussian_process"][1]
    assert model.holdout_.score > 0.95
    assert model.run_info_["seconds"] < 20 * 1.02 + 1
    left = set(psutil.Process().children(recursive=True)) - before
    assert_nothing_left(left, temporary, fresh_home, 1.0)


def _name(config):
    cuts = config["learner"] == "lightgbm" and config["lightgbm:extra_trees"]
    return config["learner"] + (":extra_trees" if cuts else "")


def test_where_everything_fails_the_reason_is_told(set_faults, temporary, fresh_home):
    set_faults({"lightgbm": "complain", "linear": "complain"})
    X, y = load_breast_cancer(return_X_y=True)
    told = "None of 2 evaluations gave a pipeline, .* 2 ended with: ArithmeticError: nothing fits"
    with pytest.warns(DataWarning, match=told):
        model = automl.fit(
            X, y, time_limit=None, max_trials=2, n_jobs=1, knowledge_base=None, verbose=0
        )
    np.testing.assert_allclose(model.predict_proba(X)[:, 1], y.mean(), atol=0.05)
    assert_nothing_left([], temporary, fresh_home)
