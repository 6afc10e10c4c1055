"""The command line: one file for each group of commands."""

from __future__ import annotations

import argparse
import sys
import warnings
from typing import TYPE_CHECKING

from automl.cli import fit, kb, openml
from automl.cli.output import show_warning
from automl.exceptions import AutoMLError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_GROUPS = (fit, kb, openml)


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; errors of the user end with one sentence and exit code 2.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; None takes those of the process.

    Returns
    -------
    int
        Exit code.
    """
    arguments = _parser().parse_args(argv)
    try:
        with warnings.catch_warnings():
            warnings.showwarning = show_warning
            arguments.run(arguments)
    except AutoMLError as error:
        sys.stderr.write(f"automl: {error}\n")
        return 2
    except KeyboardInterrupt as interrupt:
        left = str(interrupt) if interrupt.args else "nothing was written"
        sys.stderr.write(f"automl: interrupted, {left}.\n")
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="automl",
        description="The best model for a table, inside the time you have.",
        epilog="Example: automl fit train.csv --target label --time-limit 60 --out m.automl",
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    for group in _GROUPS:
        group.add_commands(commands)
    return parser
