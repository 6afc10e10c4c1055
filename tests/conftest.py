"""Fixtures for every room."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from automl.execution.local import LocalExecutor

_TABLES = Path(__file__).parents[2] / "shared" / "datasets"


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own place for what the package keeps for a user."""
    home = tmp_path / "automl-home"
    monkeypatch.setenv("AUTOML_HOME", str(home))
    return home


@dataclass
class SmallDisk:
    """A file system that is full soon."""

    path: Path

    def fill(self, but: int = 0) -> None:
        """Take all space; leave some bytes."""
        filler = self.path / "filler"
        with filler.open("ab", buffering=0) as stream:
            with contextlib.suppress(OSError):
                while stream.write(bytes(4_096)) == 4_096:
                    pass
            stream.truncate(max(0, filler.stat().st_size - but))

    def free(self) -> None:
        """Give the space back."""
        (self.path / "filler").unlink()

    def names(self) -> set[str]:
        """All other files and folders."""
        found = {str(path.relative_to(self.path)) for path in self.path.rglob("*")}
        return found - {"filler"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """Mount a real disk of eight megabytes; skips the test where that is not allowed."""
    place = tmp_path / "disk"
    place.mkdir()
    if shutil.which("mount") is None:
        pytest.skip("needs `mount` for a small disk")
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"needs to mount a small disk: {done.stderr.strip()}")
    try:
        yield SmallDisk(place)
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


@pytest.fixture
def shared_table() -> Callable[[str], tuple[pd.DataFrame, pd.Series]]:
    """Read a real table by name; skips the test where these tables are not at hand."""

    def read(name: str) -> tuple[pd.DataFrame, pd.Series]:
        path = _TABLES / f"{name}.parquet"
        if not path.is_file():
            pytest.skip(f"needs the table {name!r}, which is not at hand in ../shared/datasets")
        table = pd.read_parquet(path)
        return table.iloc[:, :-1], table.iloc[:, -1]

    return read


@pytest.fixture(scope="session")
def _pool() -> Iterator[LocalExecutor]:
    with LocalExecutor(1, preload=("automl.evaluation.evaluate", "lightgbm")) as pool:
        yield pool


@pytest.fixture
def kept_worker(_pool: LocalExecutor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every `fit` of a test use one real worker that stays: starting one takes seconds."""

    class Kept:
        n_workers = 1
        submit = staticmethod(_pool.submit)

        def __init__(self, *_: Any):
            pass

        def __enter__(self) -> Kept:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    monkeypatch.setattr("automl.execution.local.LocalExecutor", Kept)
    monkeypatch.setattr("automl.run.workers.early_fork_server", nullcontext)
