"""Commands for OpenML: ``automl openml run``, ``automl openml suite``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from automl.cli.output import say
from automl.cli.settings import add_settings, settings_of

if TYPE_CHECKING:
    import argparse

    from automl.openml import FoldResult

__all__ = ["add_commands"]


def add_commands(commands: Any) -> None:
    """Add the commands to the parser of ``automl``.

    Parameters
    ----------
    commands : subparsers action of argparse
    """
    openml = commands.add_parser("openml", help="run tasks and suites of OpenML")
    kinds = openml.add_subparsers(required=True, metavar="command")
    run = kinds.add_parser("run", help="run a task on its official splits")
    run.add_argument("id", type=int, metavar="TASK", help="number of the task")
    _add_options(run)
    run.add_argument("--publish", action="store_true", help="upload the run with your API key")
    run.set_defaults(run=_run)
    suite = kinds.add_parser("suite", help="run all tasks of a benchmark suite")
    suite.add_argument("id", metavar="SUITE", help="number or alias of the suite, such as 271")
    _add_options(suite)
    suite.set_defaults(run=_suite)


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--folds", type=int, help="only so many folds of a task (default: all)")
    parser.add_argument("--out", help="folder of the run (default: openml_runs/...)")
    add_settings(parser, "time_limit", time_limit="seconds for each fold")


def _run(arguments: argparse.Namespace) -> None:
    from automl.openml import fit_task

    with _resumable():
        result = fit_task(
            arguments.id,
            publish=arguments.publish,
            on_fold=lambda fold: say(str(fold)),
            **_settings(arguments),
        )
    say(f"{result}\nwritten to {result.path}")


def _suite(arguments: argparse.Namespace) -> None:
    from automl.openml import fit_suite

    suite = int(arguments.id) if arguments.id.isdecimal() else arguments.id
    with _resumable():
        result = fit_suite(suite, on_fold=_say_fold, **_settings(arguments))
    say(f"\n{result}\nwritten to {result.path}")


def _say_fold(task_id: int, fold: FoldResult) -> None:
    say(f"task {task_id} {fold}")


def _settings(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"folds": arguments.folds, "output": arguments.out, **settings_of(arguments)}


@contextmanager
def _resumable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        kept = "finished folds are kept, the same command goes on with the others"
        raise KeyboardInterrupt(kept) from None
