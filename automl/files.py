"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["written_whole"]


@contextmanager
def written_whole(path: Path) -> Iterator[Path]:
    """Give a place to write to, which takes the place of `path` when the block ends well.

    Parameters
    ----------
    path : Path
        What is there stays as it is if the block fails, or the process dies in it.

    Yields
    ------
    Path
        A file of the same name in a hidden folder beside it.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    folder.mkdir()
    try:
        yield folder / path.name
        os.replace(folder / path.name, path)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
