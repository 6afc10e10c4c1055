"""What the command lines of the benchmarks have in common."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from benchmarks.common.paths import DATASETS

__all__ = ["add_n_jobs", "add_out", "add_tables", "add_without", "cores", "make_parser"]


def make_parser(module: str, doc: str) -> argparse.ArgumentParser:
    """Begin a parser that is called like the module and says what its docstring says."""
    return argparse.ArgumentParser(
        prog=f"python -m {module}",
        description=doc,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def add_tables(parser: argparse.ArgumentParser, default: Sequence[str] | None, said: str) -> None:
    """Let a command be told its tables and where they lie.

    Parameters
    ----------
    parser : ArgumentParser
    default : sequence of str or None
        Names of tables, or files of names.
    said : str
        What the default is.
    """
    parser.add_argument(
        "--suite",
        nargs="+",
        default=default,
        help="names of tables, sklearn:<name>, NAME@ROWS of a large or a simulated table, or .txt "
        f"files of names (default: {said})",
    )
    parser.add_argument(
        "--datasets", type=Path, default=DATASETS, help="folder of the parquet files"
    )


def add_out(parser: argparse.ArgumentParser, default: Path) -> None:
    """Let a command be told its file of results."""
    parser.add_argument(
        "--out", type=Path, default=default, help=f"file of results (default: {default.name})"
    )


def add_n_jobs(parser: argparse.ArgumentParser, default: int, said: str = "") -> None:
    """Let a command be told how many cores it may use."""
    parser.add_argument(
        "--n-jobs", type=int, default=default, help=f"cores{said} (default: {default})"
    )


def add_without(parser: argparse.ArgumentParser) -> None:
    """Let a command leave out the tables that a file lists; it gets the set of their names."""
    parser.add_argument(
        "--without",
        type=lambda path: set(Path(path).read_text().split()),
        default=set(),
        help="file of tables that do not count",
    )


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    count = os.cpu_count()
    return 1 if count is None else count
