"""The knowledge base: a folder of shards."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path

from automl.exceptions import DataWarning, KnowledgeBaseError
from automl.knowledge.home import automl_home
from automl.knowledge.merging import merge
from automl.knowledge.records import RunRecord, publishable
from automl.knowledge.shards import SUFFIX, DamagedShardError, read_shard, write_shard
from automl.knowledge.similarity import Neighbour, rank_neighbours

__all__ = ["KnowledgeBase", "open_knowledge_base"]

_FOLDER = "knowledge"
_SHARDS = "shards"


class KnowledgeBase:
    """Runs in a folder, one file each; any number of processes may add at once.

    Parameters
    ----------
    path : path-like
        The folder; it is created when the first run is added.

    Raises
    ------
    KnowledgeBaseError
        If the path is there and is no folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     base = KnowledgeBase(folder)
    ...     base.add(RunRecord("openml:61", "iris", "multiclass", "log_loss", {}, "space", ()))
    ...     [record.name for record in base.records()]
    ['iris']
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path).expanduser().absolute()
        self._shards = self.path / _SHARDS
        if self.path.exists() and not self.path.is_dir():
            raise KnowledgeBaseError(
                f"`knowledge_base` must be 'auto', a folder or None, but {self.path} is a file: "
                "name a folder."
            )

    def add(self, record: RunRecord) -> None:
        """Store a run; what is there is never changed.

        Parameters
        ----------
        record : RunRecord
            Its meta-features are rounded, and extreme values left out.

        Raises
        ------
        KnowledgeBaseError
            If the folder cannot be written.
        """
        try:
            write_shard(self._shards, record)
        except OSError as error:
            raise KnowledgeBaseError(
                f"`knowledge_base` must be a folder that can be written, but {self.path} failed "
                f"with {error.strerror}: choose another one, or set write_back=False."
            ) from error

    def merge(self, other: KnowledgeBase) -> int:
        """Add everything that another base holds.

        Returns
        -------
        int
            Number of runs that were new.
        """
        new = {path.name: path for path in other.shard_paths()}
        for path in self.shard_paths():
            new.pop(path.name, None)
        records = _read_shards(new.values())
        for record in records:
            self.add(record)
        return len(records)

    def records(self) -> tuple[RunRecord, ...]:
        """Read what is known, one record for each table, task, metric and space.

        Warns
        -----
        DataWarning
            For each shard that cannot be read; it is left out.
        """
        return merge(_read_shards(self.shard_paths()))

    def nearest(
        self, meta: Mapping[str, float], task: str, k: int, metric: str | None = None
    ) -> list[Neighbour]:
        """Find the tables that are most like a new one.

        Parameters
        ----------
        meta : mapping of str to float
            Meta-features of the new table.
        task : str
            Only tables with this task are looked at.
        k : int
            Number of tables; one that was run with several spaces comes with all of them.
        metric : str, optional
            Only runs with this metric are looked at; losses of others do not compare.

        Returns
        -------
        list of Neighbour
            Nearest first.
        """
        candidates = [
            record
            for record in self.records()
            if record.task == task and metric in (None, record.metric)
        ]
        ranked = rank_neighbours(publishable(meta), candidates)
        order = list(dict.fromkeys(neighbour.record.dataset_key for neighbour in ranked))
        chosen = set(order[:k])
        return [neighbour for neighbour in ranked if neighbour.record.dataset_key in chosen]

    def shard_paths(self) -> list[Path]:
        """Files of the runs, sorted by name."""
        return sorted(self._shards.glob(f"*{SUFFIX}"))


def _read_shards(paths: Iterable[Path]) -> list[RunRecord]:
    found = []
    for path in paths:
        try:
            found.append(read_shard(path))
        except DamagedShardError as error:
            warnings.warn(
                f"A run of the knowledge base is left out, {path} is not readable: {error}; "
                "remove the file to silence this.",
                DataWarning,
                stacklevel=3,
            )
    return found


def open_knowledge_base(setting: str | Path | None) -> KnowledgeBase | None:
    """Open the knowledge base that a setting names.

    Parameters
    ----------
    setting : "auto", path or None
        "auto" is the own one under `automl_home`; None is none.

    Returns
    -------
    KnowledgeBase or None
    """
    if setting is None:
        return None
    return KnowledgeBase(automl_home() / _FOLDER if setting == "auto" else setting)
