"""Options that all commands which fit have in common."""

from __future__ import annotations

import argparse
from typing import Any

__all__ = ["add_settings", "settings_of"]


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add the options to the parser of a command."""
    parser.add_argument("--metric", default="auto", help="auto or the name of a metric")
    parser.add_argument("--n-jobs", type=int, help="worker processes (default: all cores)")
    parser.add_argument("--memory-limit", type=float, help="MB for one worker")
    parser.add_argument("--random-state", type=int, help="seed of everything random")
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
