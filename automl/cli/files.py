"""Paths that a command is given, checked before anything is loaded, read or fitted."""

from __future__ import annotations

import argparse
import difflib
import shutil
import tempfile
from pathlib import Path

from automl.exceptions import InvalidInputError

__all__ = ["existing_file", "prepared_output"]

_LEAST_MB = 16.0
"""Room for a model: most take less, and a large one that finds none is saved elsewhere."""


def existing_file(text: str) -> str:
    """Check a file that is to be read: a type of argument for argparse.

    Raises
    ------
    argparse.ArgumentTypeError
        With names that are like it.
    """
    path = Path(text)
    try:
        if path.is_file():
            return text
        found = "is a folder" if path.is_dir() else "does not exist"
        beside = [one.name for one in path.parent.iterdir() if one.is_file()]
    except (OSError, ValueError):  # a name with NUL, too long, or in a folder of somebody else
        found, beside = "does not exist", []
    near = difflib.get_close_matches(path.name, beside, n=1, cutoff=0.75)
    hint = f" (there is {str(path.parent / near[0])!r})" if near else ""
    raise argparse.ArgumentTypeError(f"must be a file, {text!r} {found}{hint}")


def prepared_output(text: str) -> Path:
    """Make the folder of a file that is to be written, and see that it can be.

    Raises
    ------
    InvalidInputError
        If it cannot be written, or there is no room.
    """
    path = Path(text).expanduser()
    if path.is_dir():
        raise InvalidInputError(
            f"`--out` must name a file; {text!r} is a folder: add a name, such as "
            f"{str(path / 'model.automl')!r}."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
            free_mb = shutil.disk_usage(path.parent).free / 2**20
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InvalidInputError(
            f"`--out` must be a file that can be written; {text!r} failed with {reason}: choose "
            "another place."
        ) from error
    if free_mb < _LEAST_MB:
        raise InvalidInputError(
            f"`--out` must lie on a disk with {_LEAST_MB:.0f} MB of room; that of {text!r} has "
            f"{free_mb:.1f} MB: free some, or choose another place."
        )
    return path
