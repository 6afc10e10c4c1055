"""What came out, on disk: one shard and one file of predictions for each table of a block.

``shards/<block>/<table>.jsonl.gz`` holds a line about the table and a line for each configuration;
``predictions/<block>/<table>.npz`` the predictions of its kept rows. Both are written whole or not
at all. While a table is being run, each result is one line of ``work/<block>/<table>.jsonl``, which
reaches the operating system before the next job is handed out.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Folders", "Predictions", "Shard", "append_line", "key_of", "read_lines"]

SCHEMA = 1
_SUFFIX = ".jsonl.gz"


@dataclass(frozen=True)
class Shard:
    """All that is known of one table in one block.

    Parameters
    ----------
    head : dict
        Name, family, task, metric, sizes, losses of the prior on each fold.
    evals : list of dict
        One for each configuration that differs on this table.
    """

    head: dict[str, Any]
    evals: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Predictions:
    """Predictions of the kept rows of a table.

    Parameters
    ----------
    truth : ndarray of shape (n_rows,)
    by_key : dict of str to ndarray of float16
        As `metadata.evaluate.as_stored` makes them.
    """

    truth: npt.NDArray[Any]
    by_key: dict[str, npt.NDArray[np.float16]]


@dataclass(frozen=True)
class Folders:
    """Where the files of a block lie."""

    root: Path
    block: str

    def shard_path(self, table: str) -> Path:
        """File of finished evaluations."""
        return self.root / "shards" / self.block / f"{table}{_SUFFIX}"

    def predictions_path(self, table: str) -> Path:
        """File of predictions."""
        return self.root / "predictions" / self.block / f"{table}.npz"

    def work_path(self, table: str) -> Path:
        """File of a table that is being run."""
        return self.root / "work" / self.block / f"{table}.jsonl"

    def finished(self) -> list[str]:
        """Names of tables that have a shard."""
        paths = (self.root / "shards" / self.block).glob(f"*{_SUFFIX}")
        return sorted(path.name.removesuffix(_SUFFIX) for path in paths)

    def read_shard(self, table: str) -> Shard | None:
        """Read a shard; None where there is none.

        Raises
        ------
        OSError, EOFError, ValueError
            If it is damaged.
        """
        path = self.shard_path(table)
        if not path.exists():
            return None
        head, *evals = map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())
        return Shard(head, evals)

    def read_predictions(self, table: str) -> Predictions | None:
        """Read predictions; None where there are none."""
        path = self.predictions_path(table)
        if not path.exists():
            return None
        with np.load(path) as raw:
            keys, stacked = raw["keys"].astype(str).tolist(), raw["predictions"]
            return Predictions(raw["truth"], dict(zip(keys, stacked, strict=True)))

    def write(self, table: str, shard: Shard, predictions: Predictions) -> None:
        """Write both files; the shard, which says that the table is done, comes second."""
        keys = sorted(predictions.by_key)
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer,
            truth=predictions.truth,
            keys=np.array(keys, dtype="S16"),
            predictions=np.array([predictions.by_key[key] for key in keys], dtype=np.float16),
        )
        _replace(self.predictions_path(table), buffer.getvalue())
        head = {"kind": "table", "schema": SCHEMA, "table": table, **shard.head}
        text = "".join(_line(entry) for entry in (head, *shard.evals))
        _replace(self.shard_path(table), gzip.compress(text.encode(), mtime=0))


def key_of(config: Mapping[str, Any]) -> str:
    """Name of a configuration by its values alone, whatever the space was when it was run.

    Examples
    --------
    >>> key_of({"learner": "linear", "linear:alpha": 0.5})
    'f2ec65a38ae35041'
    """
    text = json.dumps(sorted(config.items()), separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def append_line(path: Path, entry: Mapping[str, Any]) -> None:
    """Add a result to a file of work; an array in it becomes text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _mend(path)
    encoded = {name: _to_text(value) for name, value in entry.items()}
    with path.open("a", encoding="utf-8") as file:
        file.write(_line(encoded))


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Results of a file of work; a line that was cut off is left out."""
    if not path.exists():
        return
    for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield {name: _from_text(value) for name, value in json.loads(line).items()}


def _mend(path: Path) -> None:
    """Remove a last line that was cut off."""
    if path.exists() and not (content := path.read_bytes()).endswith(b"\n"):
        os.truncate(path, content.rfind(b"\n") + 1)


def _to_text(value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    return {"float16": base64.b64encode(value.tobytes()).decode(), "shape": value.shape}


def _from_text(value: Any) -> Any:
    if not (isinstance(value, dict) and "float16" in value):
        return value
    raw = np.frombuffer(base64.b64decode(value["float16"]), dtype=np.float16)
    return raw.reshape(value["shape"])


def _line(entry: Mapping[str, Any]) -> str:
    return json.dumps(entry, allow_nan=False, sort_keys=True, separators=(",", ":")) + "\n"


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    temporary.write_bytes(content)
    os.replace(temporary, path)
