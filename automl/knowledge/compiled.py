"""A base of many shared configurations on many tables as one small file of arrays.

The losses of C configurations on T tables are a matrix, so that a file of half a megabyte holds
what thousands of lines would say, and is read in milliseconds. It is what the package ships, and
what a benchmark reads that must not know the relatives of its tables.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from automl.exceptions import KnowledgeBaseError
from automl.files import written_whole
from automl.history import Status
from automl.knowledge.records import EvalRecord, RunRecord
from automl.knowledge.runtime import RuntimeModel

__all__ = ["COMPILED", "COMPILED_SCHEMA", "NOT_RUN", "Compiled", "CompiledTask", "read_compiled"]

COMPILED = "base.npz"
COMPILED_SCHEMA = 2
_STATUSES: tuple[Status, ...] = get_args(Status)
NOT_RUN = 255
"""Status of what was never tried."""
_ARRAYS = ("losses", "seconds", "statuses", "cut", "metafeatures", "prior_losses")


@dataclass(frozen=True, eq=False)
class CompiledTask:
    """What is known of one task type, tables in rows and configurations in columns.

    Parameters
    ----------
    metric, protocol : str
        What losses are, and how they were measured.
    tables : tuple of str
        Names.
    families : tuple of str
    configs : tuple of mapping
        Values in the union of the spaces of all tables; `Space.adapt` makes them legal.
    config_keys : tuple of str
    names : tuple of str
        Of the meta-features.
    runtime : RuntimeModel
        Seconds of a fit, learned from the matrix.
    losses, seconds : ndarray of float32, shape (n_tables, n_configs)
        Mean loss and CPU seconds of a fold; NaN where there is none.
    statuses : ndarray of uint8, shape (n_tables, n_configs)
        Positions among the values of `automl.history.Status`, 255 for what was not run.
    cut : ndarray of bool, shape (n_tables, n_configs)
        Whether a fit ran into its limit.
    metafeatures : ndarray of float32, shape (n_tables, n_names)
    prior_losses : ndarray of float32, shape (n_tables,)
    """

    metric: str
    protocol: str
    tables: tuple[str, ...]
    families: tuple[str, ...]
    configs: tuple[Mapping[str, Any], ...]
    config_keys: tuple[str, ...]
    names: tuple[str, ...]
    runtime: RuntimeModel
    losses: npt.NDArray[np.float32]
    seconds: npt.NDArray[np.float32]
    statuses: npt.NDArray[np.uint8]
    cut: npt.NDArray[np.bool_]
    metafeatures: npt.NDArray[np.float32]
    prior_losses: npt.NDArray[np.float32]

    def records(self, task: str) -> tuple[RunRecord, ...]:
        """Rows as records of runs."""
        return tuple(self._record(task, row) for row in range(len(self.tables)))

    def _record(self, task: str, row: int) -> RunRecord:
        losses, seconds = self.losses[row].tolist(), self.seconds[row].tolist()
        statuses, cut = self.statuses[row].tolist(), self.cut[row].tolist()
        evals = tuple(
            EvalRecord(
                config=self.configs[i],
                config_key=self.config_keys[i],
                rung=0,
                status=_STATUSES[statuses[i]],
                loss=losses[i] if _STATUSES[statuses[i]] == "ok" else None,
                cpu_seconds=seconds[i],
                wall_seconds=seconds[i],
                cut=cut[i],
            )
            for i in range(len(self.configs))
            if statuses[i] != NOT_RUN
        )
        meta = self.metafeatures[row].tolist()
        return RunRecord(
            dataset_key=f"public:{self.tables[row]}",
            name=self.tables[row],
            task=task,
            metric=self.metric,
            metafeatures=dict(zip(self.names, meta, strict=True)),
            space_id="",
            evals=evals,
            protocol=self.protocol,
            family=self.families[row],
            prior_loss=float(self.prior_losses[row]),
        )


@dataclass(frozen=True)
class Compiled:
    """A compiled base.

    Parameters
    ----------
    tasks : dict of str to CompiledTask
    info : mapping
        What it was made from, for `automl kb info`.
    """

    tasks: Mapping[str, CompiledTask]
    info: Mapping[str, Any]

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all; the same base gives the same bytes.

        Raises
        ------
        OSError
            If it cannot be written.
        """
        texts = {"schema": COMPILED_SCHEMA, "info": dict(self.info), "tasks": {}}
        arrays = {}
        for task, known in self.tasks.items():
            fields = dict(vars(known))
            arrays.update({f"{task}.{name}": fields.pop(name) for name in _ARRAYS})
            fields["runtime"] = known.runtime.to_dict()
            texts["tasks"][task] = fields  # type: ignore[index]
        text = json.dumps(texts, sort_keys=True, allow_nan=False).encode()
        buffer = io.BytesIO()
        np.savez_compressed(buffer, text=np.frombuffer(text, dtype=np.uint8), **arrays)
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as place:
            place.write_bytes(buffer.getvalue())


def read_compiled(path: Path) -> Compiled | None:
    """Read a compiled base; None where there is no file.

    Raises
    ------
    KnowledgeBaseError
        If the file is damaged or of another version.
    """
    if not path.exists():
        return None
    try:
        with np.load(path) as raw:
            texts = json.loads(raw["text"].tobytes())
            if texts["schema"] != COMPILED_SCHEMA:
                raise ValueError(f"its schema is {texts['schema']}, not {COMPILED_SCHEMA}")
            tasks = {task: _task(task, fields, raw) for task, fields in texts["tasks"].items()}
            return Compiled(tasks, texts["info"])
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise KnowledgeBaseError(
            f"The compiled knowledge base {path} cannot be read ({error}): install the package "
            "again, or remove the file."
        ) from error


def _task(task: str, fields: Mapping[str, Any], arrays: Mapping[str, Any]) -> CompiledTask:
    known: dict[str, Any] = {n: tuple(v) if isinstance(v, list) else v for n, v in fields.items()}
    known["runtime"] = RuntimeModel.of(fields["runtime"])
    known.update({name: arrays[f"{task}.{name}"] for name in _ARRAYS})
    return CompiledTask(**known)
