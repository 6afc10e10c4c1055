"""The command line: one file for each group of commands."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from typing import TYPE_CHECKING, NoReturn

from automl.cli import evaluate, fit, kb, openml
from automl.cli.output import show_warning
from automl.exceptions import AutoMLError, InvalidInputError
from automl.version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_GROUPS = (fit, evaluate, kb, openml)
_REFUSED, _PIPE_CLOSED, _INTERRUPTED = 2, 141, 130
_EPILOG = """\
example: automl fit train.csv --target label --time-limit 60 --out m.automl

exit codes: 0 done; 1 fitted, but saved elsewhere than asked; 2 not done, and one sentence on
standard error says why; 130 interrupted before there was anything to keep.
"""


class _Parser(argparse.ArgumentParser):
    """Says in one sentence what is wrong, like everything behind it."""

    def error(self, message: str) -> NoReturn:
        raise InvalidInputError(f"{message}: see `{self.prog} --help`.")


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
    try:
        with warnings.catch_warnings():
            warnings.showwarning = show_warning
            arguments = _parser().parse_args(argv)
            code: int | None = arguments.run(arguments)
            sys.stdout.flush()
    except AutoMLError as error:
        sys.stderr.write(f"automl: {error}\n")
        return _REFUSED
    except KeyboardInterrupt as interrupt:
        left = str(interrupt) if interrupt.args else "nothing was written"
        sys.stderr.write(f"automl: interrupted, {left}.\n")
        return _INTERRUPTED
    except BrokenPipeError:  # of `automl predict ... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for the flush at the end
        return _PIPE_CLOSED
    return 0 if code is None else code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="automl",
        description="The best model for a table, inside the time you have.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"automl {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="command")
    for group in _GROUPS:
        group.add_commands(commands)
    return parser
