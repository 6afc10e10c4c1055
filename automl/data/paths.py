"""From what a user typed to a file that can be opened, or a sentence that says why not."""

from __future__ import annotations

import difflib
from os import PathLike
from pathlib import Path

from automl.exceptions import InvalidInputError, shown

__all__ = ["existing_file"]


def existing_file(source: str | PathLike[str]) -> Path:
    """Find the file of a table.

    Parameters
    ----------
    source : path
        ``~`` stands for the home of the user.

    Returns
    -------
    Path
        Of a file that may be read.

    Raises
    ------
    InvalidInputError
        If there is no such file, it is a folder, or it must not be read.
    """
    path = _expanded(Path(source))
    try:
        if path.is_dir():
            raise InvalidInputError(
                f"The path of a table must be one file; {str(path)!r} is a folder: name a file in "
                "it."
            )
        if not path.is_file():
            raise InvalidInputError(f"There is no file {str(path)!r}; {_advice(path)}.")
        with path.open("rb"):
            return path
    except PermissionError as error:
        raise InvalidInputError(
            f"The file {str(path)!r} must be readable; you have no permission to read it: ask its "
            "owner for it."
        ) from error
    except OSError as error:  # longer than any name, or a disk that fails
        raise InvalidInputError(
            f"The path of a table must lead to a file; {shown(str(source))} does not: "
            f"{error.strerror}."
        ) from error


def _expanded(path: Path) -> Path:
    try:
        return path.expanduser()
    except RuntimeError:  # a user that does not exist
        return path


def _advice(path: Path) -> str:
    """Nearest existing name in the same folder."""
    folder = path.parent
    try:
        names = [one.name for one in folder.iterdir() if one.is_file()]
    except (OSError, ValueError):  # not there, not readable, or a name that no system has
        return f"there is no folder {str(folder)!r} that can be read: check the path of the table"
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"did you mean {str(folder / near[0])!r}" if near else "check the path of the table"
