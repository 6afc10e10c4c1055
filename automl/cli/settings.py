"""Options that several commands have in common, and their types."""

from __future__ import annotations

import argparse
import math
from typing import Any

from automl.cli.files import existing_file

__all__ = [
    "TASKS",
    "add_model",
    "add_settings",
    "positive",
    "settings_of",
    "share_or_rows",
    "whole",
]

TASKS = ("auto", "classification", "regression", "binary", "multiclass")


def positive(text: str) -> float:
    """Read a number above zero: a type of argument for argparse."""
    number = _number(text)
    if not 0.0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number above 0, got {text!r}")
    return number


def _amount(text: str) -> float:
    """Read a number of at least zero."""
    number = _number(text)
    if not 0.0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"must be a number of at least 0, got {text!r}")
    return number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def share_or_rows(text: str) -> float | int:
    """Read a share below 1, or a whole number of rows."""
    return int(text) if text.isdecimal() and int(text) > 0 else _amount(text)


def whole(text: str) -> int:
    """Read a whole number of at least zero."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a whole number of at least 0, got {text!r}")
    return int(text)


def _workers(text: str) -> int:
    if text != "-1" and (not text.isdecimal() or int(text) == 0):
        raise argparse.ArgumentTypeError(
            f"must be a whole number above 0, or -1 for all cores, got {text!r}"
        )
    return int(text)


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the options of all commands that fit to the parser of one."""
    parser.add_argument("--metric", default="auto", help="auto or the name of a metric")
    parser.add_argument("--n-jobs", type=_workers, help="worker processes (default: all cores)")
    parser.add_argument("--memory-limit", type=positive, help="MB for one worker")
    parser.add_argument("--random-state", type=whole, help="seed of everything random")
    parser.add_argument(
        "--no-knowledge-base", action="store_true", help="neither read nor write earlier runs"
    )


def settings_of(arguments: argparse.Namespace) -> dict[str, Any]:
    """Settings of the estimator that the options stand for."""
    settings: dict[str, Any] = {
        "metric": arguments.metric,
        "n_jobs": arguments.n_jobs,
        "memory_limit": arguments.memory_limit,
        "random_state": arguments.random_state,
    }
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
