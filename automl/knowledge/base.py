"""The knowledge base: a folder of shards."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from automl.exceptions import KnowledgeBaseError, warn_user
from automl.knowledge.compiled import COMPILED, Compiled, read_compiled
from automl.knowledge.home import automl_home
from automl.knowledge.manifest import MANIFEST, Verdict, verify_shards, write_manifest
from automl.knowledge.merging import merge
from automl.knowledge.records import RunRecord, publishable
from automl.knowledge.shards import SUFFIX, DamagedShardError, read_shard, write_shard
from automl.knowledge.similarity import Neighbour, nearest_tables, rank_neighbours

__all__ = ["SHIPPED", "KnowledgeBase", "open_knowledge_base"]

SHIPPED = Path(__file__).with_name("shipped") / COMPILED
"""The compiled base that comes with the package."""

_FOLDER = "knowledge"
_SHARDS = "shards"


class KnowledgeBase:
    """Runs in a folder, one file each; any number of processes may add at once.

    Parameters
    ----------
    path : path-like
        The folder; it is created when the first run is added. A compiled base in it (``base.npz``)
        is read, too, and never changed.
    shipped : path-like, optional
        A compiled base elsewhere, read in place of one in the folder.

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

    def __init__(self, path: str | Path, shipped: str | Path | None = None) -> None:
        self.path = Path(path).expanduser().absolute()
        self.compiled_path = self.path / COMPILED if shipped is None else Path(shipped)
        self._shards = self.path / _SHARDS
        # `os.path` has an answer for folders of others, too, where a `Path` raises
        if os.path.exists(self.path) and not os.path.isdir(self.path):
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
            raise _cannot_write(self.path, error) from error

    def merge(self, other: KnowledgeBase) -> int:
        """Add everything that another base holds.

        The manifest, where there is one, is written anew.

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
        if (self.path / MANIFEST).exists():
            self.rebuild()
        return len(records)

    def records(self, task: str | None = None) -> tuple[RunRecord, ...]:
        """Read what is known, one record for each table, task, metric, protocol and space.

        Parameters
        ----------
        task : str, optional
            Only runs of this task.

        Returns
        -------
        tuple of RunRecord
            Those of the compiled base first.

        Raises
        ------
        KnowledgeBaseError
            If the compiled base cannot be read.

        Warns
        -----
        DataWarning
            For each shard that cannot be read; it is left out.
        """
        compiled = self.compiled()
        shipped = () if compiled is None else compiled.tasks.items()
        found = [r for name, known in shipped if task in (None, name) for r in known.records(name)]
        return (*found, *self.own_records(task))

    def own_records(self, task: str | None = None) -> tuple[RunRecord, ...]:
        """Read the runs in the folder alone, as `records` does."""
        own = merge(_read_shards(self.shard_paths()))
        return tuple(record for record in own if task in (None, record.task))

    def compiled(self) -> Compiled | None:
        """Read the compiled base; None where there is none.

        Raises
        ------
        KnowledgeBaseError
            If it cannot be read.
        """
        return read_compiled(self.compiled_path)

    def verify(self) -> Verdict:
        """Read every file and say which are damaged or lost.

        Raises
        ------
        KnowledgeBaseError
            If the manifest or the compiled base cannot be read.
        """
        self.compiled()
        try:
            return verify_shards(self.path, self.shard_paths())
        except ValueError as error:
            raise KnowledgeBaseError(f"The manifest must be readable, but {error}.") from error

    def rebuild(self) -> Verdict:
        """Set damaged shards aside as ``<name>.damaged`` and write the manifest anew.

        Returns
        -------
        Verdict
            What was found before.

        Raises
        ------
        KnowledgeBaseError
            If the folder cannot be written.
        """
        self.compiled()
        verdict = verify_shards(self.path, self.shard_paths(), listed={})
        try:
            for name, _ in verdict.damaged:
                os.replace(self._shards / name, self._shards / f"{name}.damaged")
            self.path.mkdir(parents=True, exist_ok=True)
            write_manifest(self.path, self.shard_paths())
        except OSError as error:
            raise _cannot_write(self.path, error) from error
        return verdict

    def nearest(self, meta: Mapping[str, float], task: str, k: int) -> list[Neighbour]:
        """Find the tables that are most like a new one.

        Parameters
        ----------
        meta : mapping of str to float
            Meta-features of the new table.
        task : str
            Only tables with this task are looked at.
        k : int
            Number of tables; one that was run with several spaces comes with all of them.

        Returns
        -------
        list of Neighbour
            Nearest first.
        """
        return nearest_tables(rank_neighbours(publishable(meta), self.records(task)), k)

    def shard_paths(self) -> list[Path]:
        """Files of the runs, sorted by name; none where the folder is not to be looked into."""
        if not os.path.isdir(self._shards):
            return []
        return sorted(self._shards.glob(f"*{SUFFIX}"))


def _cannot_write(path: Path, error: OSError) -> KnowledgeBaseError:
    return KnowledgeBaseError(
        f"`knowledge_base` must be a folder that can be written, but {path} failed "
        f"with {error.strerror}: choose another one, or set write_back=False."
    )


def _read_shards(paths: Iterable[Path]) -> list[RunRecord]:
    found = []
    for path in paths:
        try:
            found.append(read_shard(path))
        except DamagedShardError as error:
            warn_user(
                f"A run of the knowledge base is left out, {path} is not readable: {error}; "
                "remove the file to silence this."
            )
    return found


def open_knowledge_base(setting: str | Path | None) -> KnowledgeBase | None:
    """Open the knowledge base that a setting names.

    Parameters
    ----------
    setting : "auto", path or None
        "auto" is what the package brings along and the own one under `automl_home`, to which runs
        are added; a folder is read and extended alone; None is none.

    Returns
    -------
    KnowledgeBase or None
    """
    if setting is None:
        return None
    if setting == "auto":
        return KnowledgeBase(automl_home() / _FOLDER, SHIPPED)
    return KnowledgeBase(setting)
