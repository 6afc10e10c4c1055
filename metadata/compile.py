"""Put the shards of some blocks together as the one file that the package ships.

python -m metadata.compile                                        # what the package ships
python -m metadata.compile --without-families-of ../shared/datasets/bench.txt --out DIR/base.npz

The second form makes a base that knows no relative of some tables, to be measured on them:
everything that is learned (ranks, distances, runtimes) is learned again without them.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import numpy.typing as npt

from automl.history import Status, status_in_record
from automl.knowledge.base import SHIPPED
from automl.knowledge.compiled import NOT_RUN, Compiled, CompiledTask
from automl.knowledge.runtime import RuntimeModel, TableSize
from metadata.blocks import (
    DATASETS,
    LARGE,
    METADATA,
    ORIGINS,
    SHIPPED_BLOCKS,
    SHIPPED_ORIGINS,
    read_index,
)
from metadata.configurations import FOLDER, TASKS, SharedConfig, read_configurations
from metadata.describe import read_metafeatures
from metadata.runtimes import fit_runtimes
from metadata.shards import Folders, Shard

__all__ = ["compile_base", "compile_task", "families_of", "read_shards", "size_of"]

TRAIN_SHARE = 0.8
NO_SLOWDOWN = 1.0
"""Of results that say nothing of it: those of the machine that others are compared with."""
_STATUSES: tuple[str, ...] = get_args(Status)
_DIGITS = 4


@dataclass(frozen=True)
class _Cell:
    """One configuration on one table."""

    loss: float = math.nan
    seconds: float = math.nan
    status: int = NOT_RUN
    cut: bool = False


def compile_base(
    blocks: Sequence[str] = SHIPPED_BLOCKS,
    root: Path = METADATA,
    without: Collection[str] = (),
    origins: Collection[str] = SHIPPED_ORIGINS,
) -> Compiled:
    """Read all shards of some blocks.

    Parameters
    ----------
    blocks : sequence of str
        No table is in two of them.
    root : Path
        Folder of shards, meta-features and configurations.
    without : collection of str
        Families that are left out, and with them what searches on their tables found.
    origins : collection of str
        Of the configurations.
    """
    kept, large = (_unrelated(read_shards(root, these), without) for these in (blocks, [LARGE]))
    described = read_metafeatures(root, blocks)
    tasks: dict[str, CompiledTask] = {}
    for task in TASKS:
        of_task = {name: shard for name, shard in kept.items() if shard.head["task"] == task}
        if of_task:
            whole = [shard for shard in large.values() if shard.head["task"] == task]
            listed = read_configurations(task, root / FOLDER.name, origins)
            unrelated = [entry for entry in listed if entry.family not in without]
            tasks[task] = compile_task(of_task, described, unrelated, whole)
    info = {"blocks": [*blocks], "tables": len(kept), "left_out": len(without)}
    return Compiled(tasks, info)


def _unrelated(shards: Mapping[str, Shard], without: Collection[str]) -> dict[str, Shard]:
    return {name: s for name, s in shards.items() if s.head["family"] not in without}


def read_shards(root: Path, blocks: Iterable[str], task: str | None = None) -> dict[str, Shard]:
    """Read the finished tables of some blocks, of all task types or of one."""
    folders = [Folders(root, block) for block in blocks]
    found = {name: one.read_shard(name) for one in folders for name in one.finished()}
    return {
        name: shard
        for name, shard in found.items()
        if shard is not None and task in (None, shard.head["task"])
    }


def compile_task(
    shards: Mapping[str, Shard],
    described: Mapping[str, Mapping[str, float]],
    listed: Sequence[SharedConfig],
    large: Sequence[Shard] = (),
) -> CompiledTask:
    """Make the matrices of one task type.

    Parameters
    ----------
    shards : mapping of table to Shard
    described : mapping of table to meta-features
    listed : sequence of SharedConfig
        The columns.
    large : sequence of Shard
        Tables of all their rows; the runtimes are learned from them, too.
    """
    configs = tuple(dict(entry.values) for entry in listed)
    tables = sorted(shards)
    ids = [entry.id for entry in listed]
    cells = [_cells(shards[name], ids) for name in tables]
    heads = [shards[name].head for name in tables]
    names = tuple(next(iter(described.values())))
    return CompiledTask(
        metric=heads[0]["metric"],
        protocol="blocks " + ", ".join(sorted({head["block"] for head in heads})),
        tables=tuple(tables),
        families=tuple(head["family"] for head in heads),
        configs=configs,
        config_keys=tuple(ids),
        names=names,
        runtime=_runtimes(
            configs,
            [*heads, *(shard.head for shard in large)],
            [*cells, *(_cells(shard, ids) for shard in large)],
        ),
        losses=_matrix(cells, "loss", np.float32),
        seconds=_matrix(cells, "seconds", np.float32),
        statuses=_matrix(cells, "status", np.uint8),
        cut=_matrix(cells, "cut", np.bool_),
        metafeatures=np.array([[described[t][n] for n in names] for t in tables], np.float32),
        prior_losses=np.array([np.mean(head["prior_losses"]) for head in heads], np.float32),
    )


def _runtimes(
    configs: Sequence[Any], heads: Sequence[Mapping[str, Any]], cells: Sequence[Sequence[_Cell]]
) -> RuntimeModel:
    families = [head["family"] for head in heads]
    seconds = _matrix(cells, "seconds", np.float32)
    return fit_runtimes("learner", configs, [*map(size_of, heads)], families, seconds)


def _cells(shard: Shard, ids: Sequence[str]) -> list[_Cell]:
    """Of one table, in the order of the list; two ids may have come to the same there."""
    found = {one: _cell(entry) for entry in shard.evals for one in entry["ids"]}
    return [found.get(one, _Cell()) for one in ids]


def _cell(entry: Mapping[str, Any]) -> _Cell:
    fits, answers = entry.get("fit_cpu_seconds", ()), entry.get("predict_cpu_seconds", ())
    ok, slowdown = entry["status"] == "ok", entry.get("slowdown", NO_SLOWDOWN)
    return _Cell(
        loss=_rounded(np.mean(entry["losses"])) if ok else math.nan,
        seconds=_rounded((np.mean(fits) + np.mean(answers)) / slowdown) if ok else math.nan,
        status=_STATUSES.index(status_in_record(entry["status"])),
        cut=bool(entry["cut"]),
    )


def _rounded(value: Any) -> float:
    return float(f"{float(value):.{_DIGITS}g}")


def _matrix(cells: Sequence[Sequence[_Cell]], name: str, kind: Any) -> npt.NDArray[Any]:
    return np.array([[getattr(cell, name) for cell in row] for row in cells], kind)


def size_of(head: Mapping[str, Any]) -> TableSize:
    """Size of the training part of a fold of a table, from the first line of its shard."""
    return TableSize(
        TRAIN_SHARE * head["n_rows"],
        head["n_features"],
        head["n_classes"],
        head["n_categorical"] / max(head["n_features"], 1),
    )


def families_of(suite: Path, datasets: Path = DATASETS) -> set[str]:
    """Families of the tables that a file lists."""
    index = read_index(datasets)
    return {index[name].family for name in suite.read_text(encoding="utf-8").split()}


def main(argv: Sequence[str] | None = None) -> None:
    """Compile some blocks."""
    parser = argparse.ArgumentParser(prog="metadata.compile", description=__doc__.splitlines()[0])
    parser.add_argument("--blocks", nargs="+", default=SHIPPED_BLOCKS)
    parser.add_argument("--origins", nargs="+", choices=ORIGINS, default=SHIPPED_ORIGINS)
    parser.add_argument("--root", type=Path, default=METADATA)
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--without-families-of", type=Path, help="file that lists tables")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    arguments = parser.parse_args(argv)
    suite = arguments.without_families_of
    without = families_of(suite, arguments.datasets) if suite is not None else set()
    base = compile_base(arguments.blocks, arguments.root, without, arguments.origins)
    base.write(arguments.out)
    counts = {task: len(known.tables) for task, known in base.tasks.items()}
    print(f"{arguments.out}: {arguments.out.stat().st_size / 1e6:.2f} MB, tables {counts}")


if __name__ == "__main__":
    main()
