"""Files that are there as a whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
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
        A hidden file beside it, whose name ends otherwise: nobody takes it for one of its kind.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        os.replace(temporary, path)
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink()
