import numpy as np
import pytest

from automl.estimators import AutoMLClassifier
from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.run.settings import check_settings


def _parameters(**changed):
    return {**AutoMLClassifier().get_params(deep=False), **changed}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_limit", -1),
        ("time_limit", float("nan")),
        ("time_limit", "60"),
        ("max_trials", 0),
        ("max_trials", 2.5),
        ("metrics", "accuracy"),
        ("n_jobs", 0),
        ("memory_limit", -5),
        ("test_size", 1.5),
        ("test_size", "half"),
        ("column_types", ["numeric"]),
        ("monotonic_constraints", [1, -1]),
        ("refit", "sometimes"),
        ("optimizer", 3),
        ("knowledge_base", 7),
        ("write_back", "yes"),
        ("random_state", -1),
        ("verbose", -2),
        ("callbacks", [3]),
    ],
)
def test_a_wrong_setting_is_named_with_what_is_allowed_and_what_came(name, value):
    with pytest.raises(InvalidInputError, match=rf"^`{name}` must be .*got .*: change it\.$"):
        check_settings(_parameters(**{name: value}))


def test_a_run_must_have_an_end():
    with pytest.raises(InvalidInputError, match="must not both be None"):
        check_settings(_parameters(time_limit=None))


@pytest.mark.parametrize(
    "name",
    ["objectives", "constraints", "executor"],
)
def test_settings_of_later_versions_say_so(name):
    with pytest.raises(UnsupportedSettingError, match=f"`{name}` .*not carried out"):
        check_settings(_parameters(**{name: ["x"]}))


def test_random_states_of_all_kinds_become_one_seed():
    assert check_settings(_parameters(random_state=7)).random_state == 7
    one = check_settings(_parameters(random_state=np.random.default_rng(1))).random_state
    two = check_settings(_parameters(random_state=np.random.default_rng(1))).random_state
    assert one == two
