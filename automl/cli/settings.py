"""Options that several commands have in common, and their types."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from automl.cli.files import existing_file
from automl.estimators.constraints import alternatives
from automl.estimators.parameters import PARAMETERS, Parameter

__all__ = ["TASKS", "add_model", "add_settings", "settings_of", "whole"]

TASKS = ("auto", "classification", "regression", "binary", "multiclass")
_COMMON = ("metric", "n_jobs", "memory_limit", "random_state")


def whole(text: str) -> int:
    """Read a whole number of at least zero."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text!r}")
    return int(text)


def add_settings(parser: argparse.ArgumentParser, *more: str, **helps: str) -> None:
    """Add the options of all commands that fit, as the settings of the estimators are declared.

    Parameters
    ----------
    parser : ArgumentParser
        Of one command.
    *more : str
        Further settings that the command has options for.
    **helps : str
        Help of settings that mean something of their own to the command.
    """
    for name in (*more, *_COMMON):
        declared = PARAMETERS[name]
        default = "" if declared.default is None else f" (default: {_plain(declared.default)})"
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            type=_reader(declared),
            default=declared.default,
            help=helps.get(name, declared.option) + default,
        )
    parser.add_argument(
        "--no-knowledge-base", action="store_true", help="neither read nor write earlier runs"
    )


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _reader(declared: Parameter) -> Callable[[str], Any]:
    """Read what one setting allows: a type of argument for argparse."""
    typed = [constraint for constraint in declared.allowed if constraint.typed]

    def read(text: str) -> Any:
        value = _value(text)
        if not any(constraint.allows(value) for constraint in typed):
            raise argparse.ArgumentTypeError(f"must be {alternatives(typed)}, got {text!r}")
        return value

    return read


def _value(text: str) -> int | float | str:
    """The number that a text is, or the text itself."""
    for kind in (int, float):
        with suppress(ValueError):
            return kind(text)
    return text


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Settings of the estimator that the options stand for."""
    settings = {name: value for name, value in vars(arguments).items() if name in PARAMETERS}
    if arguments.no_knowledge_base:
        settings["knowledge_base"] = None
    return settings


def add_model(parser: argparse.ArgumentParser) -> None:
    """Add the saved model that a command works with."""
    parser.add_argument("model", type=existing_file, help="file written by `automl fit`")
    parser.add_argument(
        "--trusted",
        action="store_true",
        help="load the model even if it was saved elsewhere: its file can run any code",
    )
