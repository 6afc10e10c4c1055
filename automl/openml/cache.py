"""What keeps the cache of openml whole.

When openml fails to load a task it deletes what it had of it, the splits and the data included.
It therefore works on a staging folder that starts with links to the files at hand; what is new
joins the cache only where everything went well. A failure, an interruption or a crash leaves the
cache as it was.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from automl.exceptions import OpenMLError
from automl.openml.client import openml_client

__all__ = ["Staging", "staged_cache"]


@dataclass(frozen=True)
class Staging:
    """Two folders of one server: the cache, and the one that openml works on meanwhile."""

    cache: Path
    folder: Path

    def add(self, part: str) -> None:
        """Bring what the cache has of a part, such as "tasks/31", into the staging folder."""
        for source in _files(self.cache / part):
            target = self.folder / source.relative_to(self.cache)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                _link(source, target)

    def keep(self) -> None:
        """Move what is new into the cache."""
        for source in _files(self.folder):
            target = self.cache / source.relative_to(self.folder)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                os.replace(source, target)


@contextmanager
def staged_cache(*parts: str) -> Iterator[Staging]:
    """Let openml work on a staging folder, and keep what it fetched if nothing was raised.

    Parameters
    ----------
    *parts : str
        What of the cache openml may need, such as "tasks/31".

    Raises
    ------
    OpenMLError
        If the cache cannot be written.
    """
    config = openml_client().config
    root = Path(config.get_config_as_dict()["cachedir"])
    cache = Path(config.get_cache_directory())
    try:
        root.mkdir(parents=True, exist_ok=True)
        scratch = tempfile.TemporaryDirectory(prefix=".staging-", dir=root)
    except OSError as error:
        raise OpenMLError(
            f"The cache of openml must be a folder that can be written; {root} failed with "
            f"{error.strerror}: set OPENML_CACHE_DIR to another one."
        ) from error
    with scratch as folder:
        config.set_root_cache_directory(folder)
        try:
            staging = Staging(cache, Path(config.get_cache_directory()))
            for part in parts:
                staging.add(part)
            yield staging
        finally:
            config.set_root_cache_directory(root)
        staging.keep()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
