"""Files of results: JSON lines, only ever appended to."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

__all__ = ["append_result", "read_lines", "read_results", "run_key"]

Result = dict[str, Any]


def run_key(result: Mapping[str, Any]) -> tuple[str, float | None, str, int]:
    """What identifies a run."""
    return result["system"], result["budget"], result["table"], result["split"]


def append_result(path: Path, result: Result) -> None:
    """Add one line; a line that an earlier process left unfinished is closed first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
    with path.open("a", encoding="utf-8") as stream:
        stream.write(("\n" if torn else "") + json.dumps(result, allow_nan=False) + "\n")


def read_results(paths: Iterable[Path]) -> list[Result]:
    """Read results of runs, the last one of each."""
    found = {run_key(result): result for path in paths for result in read_lines(path)}
    return list(found.values())


def read_lines(path: Path) -> list[Result]:
    """Read all lines, none where there is no file; lines that are no JSON were cut off."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else ():
        with contextlib.suppress(ValueError):
            found.append(json.loads(line))
    return found
