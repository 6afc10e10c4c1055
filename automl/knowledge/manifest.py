"""A list of the shards of a base, by which losses are noticed.

Shards alone are the truth: a base without a manifest is whole, and runs that were added after the
manifest was written are not in it. It is written by `rebuild`, so that writers need no lock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl.files import written_whole
from automl.knowledge.records import SCHEMA, RunRecord
from automl.knowledge.shards import DamagedShardError, read_shard

__all__ = ["MANIFEST", "Verdict", "verify_shards", "write_manifest"]

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Verdict:
    """What was found out about the shards of a base.

    Parameters
    ----------
    whole : tuple of str
        Files that can be read and are what their names say.
    damaged : tuple of (str, str)
        Files that cannot, and why.
    lost : tuple of str
        Files that the manifest names and that are not there.
    unlisted : tuple of str
        Files that the manifest does not name: they were added after it was written.
    """

    whole: tuple[str, ...]
    damaged: tuple[tuple[str, str], ...]
    lost: tuple[str, ...]
    unlisted: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is damaged or lost."""
        return not self.damaged and not self.lost


def write_manifest(folder: Path, paths: Sequence[Path]) -> None:
    """List all shards that can be read.

    Parameters
    ----------
    folder : Path
        Of the base.
    paths : sequence of Path
        Its shards.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    entries = {path.name: _entry(path) for path in paths}
    content = {"schema": SCHEMA, "shards": {k: v for k, v in entries.items() if v is not None}}
    with written_whole(folder / MANIFEST) as place:
        place.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")


def verify_shards(
    folder: Path, paths: Sequence[Path], listed: dict[str, Any] | None = None
) -> Verdict:
    """Read every shard, and compare with what is listed; None: with the manifest, if there is one.

    Raises
    ------
    ValueError
        If the manifest itself is damaged.
    """
    if listed is None:
        listed = _read(folder / MANIFEST)
    whole, damaged = [], []
    for path in paths:
        try:
            read_shard(path)
            expected = listed.get(path.name, {}).get("sha256")
            if expected not in (None, _digest(path)):
                raise DamagedShardError("its SHA-256 is not that of the manifest")
            whole.append(path.name)
        except DamagedShardError as error:
            damaged.append((path.name, str(error)))
    names = {path.name for path in paths}
    unlisted = tuple(sorted(set(whole) - listed.keys())) if listed else ()
    return Verdict(tuple(whole), tuple(damaged), tuple(sorted(listed.keys() - names)), unlisted)


def _entry(path: Path) -> dict[str, Any] | None:
    try:
        record: RunRecord = read_shard(path)
    except DamagedShardError:
        return None
    return {
        "sha256": _digest(path),
        "dataset_key": record.dataset_key,
        "task": record.task,
        "n_evals": len(record.evals),
    }


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        shards = json.loads(path.read_text(encoding="utf-8"))["shards"]
        return {str(name): dict(entry) for name, entry in shards.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is damaged ({error}); remove it and rebuild") from error
