"""Every setting is declared once; what else says something about it says the same."""

import argparse
import dataclasses
import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from automl.cli.settings import add_settings, settings_of
from automl.estimators import PARAMETERS, AutoMLClassifier, AutoMLRegressor, check_settings
from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.run.settings import Settings

PAGE = Path(__file__).parents[2] / "docs" / "settings.md"
LATER = [name for name, declared in PARAMETERS.items() if declared.later]


@pytest.mark.parametrize("estimator", [AutoMLClassifier, AutoMLRegressor])
def test_the_constructor_has_the_declared_settings_and_defaults(estimator):
    signature = inspect.signature(estimator).parameters
    assert {name: one.default for name, one in signature.items()} == {
        name: declared.default for name, declared in PARAMETERS.items()
    }
    assert list(estimator().get_params(deep=False)) == sorted(PARAMETERS)


def test_a_run_gets_what_is_carried_out():
    fields = {field.name for field in dataclasses.fields(Settings)}
    assert fields == set(PARAMETERS) - set(LATER)


@pytest.mark.parametrize("estimator", [AutoMLClassifier, AutoMLRegressor])
def test_the_docstring_tells_each_setting(estimator):
    text = inspect.getdoc(estimator)
    section = text[text.index("Parameters\n---") : text.index("Attributes\n---")]
    assert re.findall(r"^(\w+) : ", section, re.MULTILINE) == list(PARAMETERS)
    assert "\ntime_limit : float or None, default=60.0\n    Seconds from entering" in section
    assert '\nmetric : str or callable, default="auto"\n' in section


def test_the_tables_of_the_page_tell_each_setting_and_its_default():
    page = PAGE.read_text()
    told = dict(re.findall(r"^\| `(\w+)` \| `(.*?)` \|", page, re.MULTILINE))
    assert told == {
        name: repr(declared.default).replace("'", '"')
        for name, declared in PARAMETERS.items()
        if not declared.later
    }
    later = page[page.index("## Accepted, carried out by a later version") :]
    assert re.findall(r"`([a-z]+)`", later) == LATER


def _options():
    parser = argparse.ArgumentParser()
    names = [name for name, declared in PARAMETERS.items() if declared.option]
    common = ("metric", "n_jobs", "memory_limit", "random_state")
    add_settings(parser, *[name for name in names if name not in common])
    return parser, names


def test_options_have_the_declared_defaults():
    parser, names = _options()
    settings = settings_of(parser.parse_args([]))
    assert settings == {name: PARAMETERS[name].default for name in names}
    help_text = " ".join(parser.format_help().split())
    for name in names:
        assert PARAMETERS[name].option in help_text


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [
        ("--time-limit", "7.5", 7.5),
        ("--n-jobs", "-1", -1),
        ("--memory-limit", "500", 500),
        ("--test-size", "0.25", 0.25),
        ("--test-size", "200", 200),
        ("--test-size", "auto", "auto"),
        ("--random-state", "7", 7),
        ("--metric", "f1", "f1"),
    ],
)
def test_options_are_read_as_what_the_setting_allows(option, text, value):
    parser, _ = _options()
    name = option[2:].replace("-", "_")
    assert settings_of(parser.parse_args([option, text]))[name] == value


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--time-limit", "inf", "must be a positive number of seconds, got 'inf'"),
        ("--memory-limit", "1 GB", "must be a positive number of megabytes, got '1 GB'"),
        ("--test-size", "1.5", "must be 'auto', a share in [0, 1) or a number of rows, got '1.5'"),
        ("--n-jobs", "two", "must be an integer from 1 to 1000 or -1 for all cores, got 'two'"),
    ],
)
def test_options_refuse_what_the_setting_does_not_allow(option, text, message, capsys):
    with pytest.raises(SystemExit):
        _options()[0].parse_args([option, text])
    assert message in capsys.readouterr().err


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
        ("metric", 7),
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


@pytest.mark.parametrize("name", LATER)
def test_settings_of_later_versions_say_so(name):
    with pytest.raises(UnsupportedSettingError, match=f"`{name}` .*not carried out"):
        check_settings(_parameters(**{name: ["x"]}))


def test_random_states_of_all_kinds_become_one_seed():
    assert check_settings(_parameters(random_state=7)).random_state == 7
    one = check_settings(_parameters(random_state=np.random.default_rng(1))).random_state
    two = check_settings(_parameters(random_state=np.random.default_rng(1))).random_state
    assert one == two
