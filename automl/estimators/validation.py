"""From settings as given to `Settings`: each is checked, and each default resolved once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.estimators.constraints import is_whole
from automl.estimators.parameters import PARAMETERS, Parameter
from automl.exceptions import InvalidInputError, UnsupportedSettingError, shown
from automl.run.settings import Settings

__all__ = ["check_parameters", "check_settings"]


def check_parameters(given: Mapping[str, Any], others: tuple[str, ...] = ()) -> Settings:
    """Check names and values of some settings; the others have their defaults.

    Parameters
    ----------
    given : mapping
    others : tuple of str
        Further names that are allowed where these were given, for the message.

    Raises
    ------
    InvalidInputError
        If there is no such setting, or its value is not allowed.
    UnsupportedSettingError
        If a setting is given that a later version carries out.
    """
    for name in given:
        if name not in PARAMETERS:
            raise InvalidInputError(
                f"`{name}` is not a setting, allowed are {', '.join([*PARAMETERS, *others])}; "
                f"got {shown(given[name])}: remove it or correct its name."
            )
    defaults = {name: parameter.default for name, parameter in PARAMETERS.items()}
    return check_settings({**defaults, **given})


def check_settings(parameters: Mapping[str, Any]) -> Settings:
    """Check the constructor's parameters and resolve each default once.

    Parameters
    ----------
    parameters : mapping
        As given by ``get_params()`` of an estimator.

    Raises
    ------
    InvalidInputError
        If a value is not allowed; the sentence names the argument, what is allowed and what came.
    UnsupportedSettingError
        If a setting is given that a later version carries out.
    """
    for parameter in PARAMETERS.values():
        _check(parameter, parameters[parameter.name])
    if parameters["time_limit"] is None and parameters["max_trials"] is None:
        raise InvalidInputError(
            "`time_limit` and `max_trials` must not both be None, the run would have no end; "
            "got None for both: give one of them."
        )
    settled = {
        name: parameters[name] for name, declared in PARAMETERS.items() if not declared.later
    }
    settled |= {
        "metrics": tuple(parameters["metrics"] if parameters["metrics"] is not None else ()),
        "n_jobs": None if parameters["n_jobs"] == -1 else parameters["n_jobs"],
        "cv": _folds_of(parameters["cv"]),
        "random_state": _seed(parameters["random_state"]),
        "verbose": int(parameters["verbose"]),
        "callbacks": tuple(parameters["callbacks"] if parameters["callbacks"] is not None else ()),
    }
    return Settings(**settled)


def _check(parameter: Parameter, value: Any) -> None:
    if parameter.allows(value):
        return
    if parameter.later:
        raise UnsupportedSettingError(
            f"`{parameter.name}` ({parameter.later}) is not carried out by this version, only None "
            f"is allowed; got a {type(value).__name__}: leave it out."
        )
    raise InvalidInputError(
        f"`{parameter.name}` must be {parameter.words}; got {shown(value)}: change it."
    )


def _folds_of(cv: Any) -> Any:
    """The same, with an iterable read out: it is gone through more than once."""
    if cv is None or hasattr(cv, "split"):
        return cv
    return int(cv) if is_whole(cv) else list(cv)


def _seed(random_state: Any) -> int:
    """One integer that everything random in a run is derived from."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    return int(random_state)
