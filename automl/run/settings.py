"""The settings of a run, checked once, and frozen from then on."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.exceptions import InvalidInputError, UnsupportedSettingError, shown

__all__ = ["Settings", "check_settings", "check_unsupported"]


@dataclass(frozen=True)
class Settings:
    """Checked settings; the meaning of each is told with `automl.AutoMLClassifier`."""

    time_limit: float | None
    max_trials: int | None
    metric: Any
    metrics: tuple[Any, ...]
    n_jobs: int | None
    memory_limit: float | None
    test_size: float | int | str
    cv: Any
    time_column: str | None
    column_types: Mapping[str, str] | None
    monotonic_constraints: Mapping[str, int] | None
    refit: bool | str
    optimizer: str
    knowledge_base: str | Path | None
    write_back: bool
    random_state: int
    verbose: int
    callbacks: tuple[Callable[..., None], ...]

    @property
    def deterministic(self) -> bool:
        """Whether no decision may read the clock."""
        return self.time_limit is None


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and value == value


def _is_whole(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_test_size(value: Any) -> bool:
    if isinstance(value, str):
        return value == "auto"
    return (_is_whole(value) and value >= 0) or (_is_number(value) and 0.0 <= value < 1.0)


_MOST_WORKERS = 1_000

_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "time_limit": (
        lambda v: v is None or (_is_number(v) and 0 < v < float("inf")),
        "a positive number of seconds, or None together with `max_trials`",
    ),
    "max_trials": (lambda v: v is None or (_is_whole(v) and v > 0), "a positive integer or None"),
    "metrics": (
        lambda v: (
            v is None
            or (isinstance(v, Sequence) and not isinstance(v, str) and all(map(_is_metric, v)))
        ),
        "None or a list of metrics",
    ),
    "n_jobs": (
        lambda v: v is None or (_is_whole(v) and (0 < v <= _MOST_WORKERS or v == -1)),
        f"an integer from 1 to {_MOST_WORKERS}, -1 or None (both: all cores)",
    ),
    "memory_limit": (
        lambda v: v is None or (_is_number(v) and v > 0),
        "a positive number of megabytes or None",
    ),
    "test_size": (
        _is_test_size,
        "'auto', a share in [0, 1) or a number of rows",
    ),
    "cv": (
        lambda v: v is None or (_is_whole(v) and v >= 2) or _gives_folds(v),
        "None, a number of folds from 2 on, a splitter of scikit-learn, or a list of "
        "(train, validation) positions",
    ),
    "time_column": (
        lambda v: v is None or _is_name(v),
        "None or the name of a column",
    ),
    "column_types": (
        lambda v: v is None or isinstance(v, Mapping),
        "None or a mapping from column name to type",
    ),
    "monotonic_constraints": (
        lambda v: v is None or isinstance(v, Mapping),
        "None or a mapping from column name to 1, -1 or 0",
    ),
    "refit": (lambda v: isinstance(v, bool) or v == "auto", "'auto', True or False"),
    "optimizer": (lambda v: _is_name(v), "the name of a strategy, such as 'bohb'"),
    "knowledge_base": (
        lambda v: v is None or _is_folder(v),
        "'auto', a path or None",
    ),
    "write_back": (lambda v: isinstance(v, bool), "True or False"),
    "random_state": (
        lambda v: (
            v is None
            or (_is_whole(v) and v >= 0)
            or isinstance(v, (np.random.Generator, np.random.RandomState))
        ),
        "None, a non-negative integer or a numpy random generator",
    ),
    "verbose": (lambda v: isinstance(v, bool) or (_is_whole(v) and v >= 0), "0 (quiet) or more"),
    "callbacks": (
        lambda v: v is None or (isinstance(v, Sequence) and all(map(callable, v))),
        "None or a list of functions of one trial result",
    ),
}

_LATER = {
    "objectives": "several objectives",
    "constraints": "limits on the model",
    "executor": "running on other machines",
}


def _gives_folds(value: Any) -> bool:
    return not isinstance(value, (str, bytes)) and (
        hasattr(value, "split") or isinstance(value, Iterable)
    )


def _is_folder(value: object) -> bool:
    """Whether it can name a folder; an empty text, a variable not set, would be the present one."""
    return isinstance(value, (str, Path)) and value != "" and "\0" not in str(value)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_metric(value: Any) -> bool:
    return _is_name(value) or callable(value)


def check_unsupported(**values: Any) -> None:
    """Refuse settings that are part of the interface and not carried out yet.

    Raises
    ------
    UnsupportedSettingError
        If one of them is given.
    """
    for name, value in values.items():
        if value is not None:
            raise UnsupportedSettingError(
                f"`{name}` ({_LATER[name]}) is not carried out by this version, only None is "
                f"allowed; got a {type(value).__name__}: leave it out."
            )


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
    for name, (allowed, description) in _RULES.items():
        if not allowed(parameters[name]):
            raise InvalidInputError(
                f"`{name}` must be {description}; got {shown(parameters[name])}: change it."
            )
    if parameters["time_limit"] is None and parameters["max_trials"] is None:
        raise InvalidInputError(
            "`time_limit` and `max_trials` must not both be None, the run would have no end; "
            "got None for both: give one of them."
        )
    check_unsupported(**{k: parameters[k] for k in _LATER if k in parameters})
    return Settings(
        time_limit=parameters["time_limit"],
        max_trials=parameters["max_trials"],
        metric=parameters["metric"],
        metrics=tuple(parameters["metrics"] if parameters["metrics"] is not None else ()),
        n_jobs=None if parameters["n_jobs"] == -1 else parameters["n_jobs"],
        memory_limit=parameters["memory_limit"],
        test_size=parameters["test_size"],
        cv=_folds_of(parameters["cv"]),
        time_column=parameters["time_column"],
        column_types=parameters["column_types"],
        monotonic_constraints=parameters["monotonic_constraints"],
        refit=parameters["refit"],
        optimizer=parameters["optimizer"],
        knowledge_base=parameters["knowledge_base"],
        write_back=parameters["write_back"],
        random_state=_seed(parameters["random_state"]),
        verbose=int(parameters["verbose"]),
        callbacks=tuple(parameters["callbacks"] if parameters["callbacks"] is not None else ()),
    )


def _folds_of(cv: Any) -> Any:
    """The same, with an iterable read out: it is gone through more than once."""
    if cv is None or hasattr(cv, "split"):
        return cv
    return int(cv) if _is_whole(cv) else list(cv)


def _seed(random_state: Any) -> int:
    """One integer that everything random in a run is derived from."""
    if random_state is None:
        return int(np.random.default_rng().integers(2**31))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    return int(random_state)
