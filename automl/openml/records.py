"""Finished folds on disk, one file each, so that an interrupted run can go on.

A file appears under its name only when it is complete, so that what is there can be trusted after
a crash. The folder remembers what it was made with; folds of different settings never mix.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from automl.exceptions import InvalidInputError
from automl.openml.results import FoldResult
from automl.version import VERSION

__all__ = ["Records", "open_records", "write_file"]


@dataclass(frozen=True)
class Records:
    """Folder of one task."""

    path: Path

    def read(self, repeat: int, fold: int) -> FoldResult | None:
        """Return a fold that was finished earlier, or None."""
        path = self._file(repeat, fold)
        if not path.is_file():
            return None
        content = json.loads(path.read_text(encoding="utf8"))
        return FoldResult(**{**content, "predictions": pd.DataFrame(content["predictions"])})

    def write(self, result: FoldResult) -> None:
        """Keep a finished fold."""
        content = {**vars(result), "predictions": result.predictions.to_dict("list")}
        write_file(self._file(result.repeat, result.fold), json.dumps(content))

    @property
    def run_id(self) -> int | None:
        """Number of the run if it was published."""
        path = self.path / "published.json"
        if not path.is_file():
            return None
        return int(json.loads(path.read_text(encoding="utf8"))["run_id"])

    def note_published(self, run_id: int, server: str) -> None:
        """Remember that the run was published, so that it is not done twice."""
        write_file(self.path / "published.json", json.dumps({"run_id": run_id, "server": server}))

    def _file(self, repeat: int, fold: int) -> Path:
        return self.path / "folds" / f"repeat-{repeat}-fold-{fold}.json"


def open_records(path: Path, task_id: int, server: str, settings: Mapping[str, Any]) -> Records:
    """Make the folder of a task, or open one that the same run has begun.

    Raises
    ------
    InvalidInputError
        If the folder belongs to another task or other settings, or cannot be written.
    """
    made_with = {
        "task_id": task_id,
        "server": server,
        "automl": VERSION,
        "settings": {name: repr(value) for name, value in sorted(settings.items())},
    }
    note = path / "task.json"
    try:
        if note.is_file():
            _check_same(path, json.loads(note.read_text(encoding="utf8")), made_with)
        (path / "folds").mkdir(parents=True, exist_ok=True)
        write_file(note, json.dumps(made_with, indent=1))
    except OSError as error:
        raise InvalidInputError(
            f"`output` must be a folder that can be written; {path} failed with "
            f"{error.strerror}: choose another place."
        ) from error
    return Records(path)


def _check_same(path: Path, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    old = {**before, **before["settings"]}
    new = {**now, **now["settings"]}
    for name in sorted({*old, *new} - {"settings"}):
        if old.get(name) != new.get(name):
            raise InvalidInputError(
                f"`output` must be new or of the same run; {path} was begun with {name} "
                f"{old.get(name)}, got {new.get(name)}: choose another folder or delete this one."
            )


def write_file(path: Path, text: str) -> None:
    """Write a file that is there as a whole or not at all."""
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text, encoding="utf8")
    os.replace(partial, path)
