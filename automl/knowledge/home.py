"""Where everything that is kept for a user lies."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["automl_home"]


def automl_home() -> Path:
    """Folder that holds the knowledge base, the records of runs and the secret.

    The environment variable ``AUTOML_HOME`` moves it; without one it is ``automl`` in the place
    where the platform keeps data of applications. The folder need not exist yet.

    Returns
    -------
    Path
        Absolute. Where the system knows of no folder of the user, as in containers that run under
        any number, it is one that cannot be made: what would be kept there is told like any other
        that cannot be written.
    """
    own = os.environ.get("AUTOML_HOME", "")
    try:
        return Path(own).expanduser().absolute() if own else _user_data_folder() / "automl"
    except RuntimeError:
        return Path(os.devnull) / "automl"


def _user_data_folder() -> Path:
    if sys.platform == "win32":
        return _folder_of("LOCALAPPDATA", Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return _folder_of("XDG_DATA_HOME", Path.home() / ".local" / "share")


def _folder_of(variable: str, otherwise: Path) -> Path:
    """Take a folder from the environment; empty and relative values count as not set (XDG)."""
    folder = Path(os.environ.get(variable, ""))
    return folder if folder.is_absolute() else otherwise
