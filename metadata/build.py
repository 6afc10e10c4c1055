"""Fill the knowledge base by running shared configurations on public tables; hours of computing.

python -m metadata.build fill --block first --jobs 2     # can be killed and taken up at any point
python -m metadata.build fill --block first --tables iris wine
python -m metadata.build status

A table is done when its shard is there. What is missing of it after the list of configurations has
grown is run by the next ``fill``, and nothing else. One process a core, one thread each, lowest
priority; what is recorded are CPU seconds, so that other work on the machine changes little but the
time that it takes, and how slow the processor is with them.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl.data import Task
from automl.execution import Executor, JobCrashed, JobError, JobReport
from automl.execution.local import LocalExecutor
from automl.pipelines.registry import available_learners
from metadata.blocks import BLOCKS, DATASETS, FIRST, METADATA, Block, TableInfo, tables_of
from metadata.configurations import FOLDER, TASKS, read_configurations
from metadata.evaluate import Job, describe, evaluate
from metadata.shards import Folders, Predictions, Shard, append_line, key_of, read_lines
from metadata.slowdown import measure_slowdown

__all__ = ["fill", "main"]

MEMORY_MB = 4_000.0
WALL_SECONDS = 3_600.0
"""Of one configuration, for what hangs without computing; all else is ended by CPU seconds."""
_PRELOAD = ("metadata.evaluate",)


@dataclass
class _TableWork:
    """A table while it is run."""

    info: TableInfo
    head: dict[str, Any]
    truth: Any
    configs: dict[str, dict[str, Any]]  # by key
    ids: dict[str, list[str]]  # by key
    slowdown: float
    open: set[str] = field(default_factory=set)


def fill(
    block: Block,
    tables: Sequence[TableInfo],
    n_jobs: int,
    root: Path = METADATA,
    datasets: Path = DATASETS,
    configurations: Path = FOLDER,
    memory_mb: float = MEMORY_MB,
) -> None:
    """Run what is missing.

    Parameters
    ----------
    block : Block
    tables : sequence of TableInfo
        In this order.
    n_jobs : int
        Worker processes.
    root : Path
        Folder of shards, predictions and files of work.
    datasets : Path
        Folder of the tables.
    configurations : Path
        Folder of the lists; what asks for a learner that is not installed waits.
    memory_mb : float
        Private memory at which a worker is ended.

    Raises
    ------
    BlockingIOError
        If another process fills the same folder.
    """
    folders = Folders(root, block.name)
    shared = {task: _runnable(task, configurations, block) for task in TASKS}
    with (
        _lock(root),
        tempfile.TemporaryDirectory(prefix="metadata-") as scratch,
        LocalExecutor(n_jobs, memory_mb, Path(scratch), _PRELOAD) as executor,
    ):
        running: dict[Future[JobReport], tuple[_TableWork, str]] = {}
        for work, key in _jobs(block, tables, shared, folders, datasets, executor):
            info = work.info
            job = Job(block, str(datasets), info.name, info.task, work.configs[key], work.slowdown)
            running[executor.submit(evaluate, job, timeout=WALL_SECONDS)] = work, key
            if len(running) > n_jobs:
                _collect(running, folders)
        while running:
            _collect(running, folders)


def _runnable(task: Task, folder: Path, block: Block) -> dict[str, dict[str, Any]]:
    """Values of the first shared configurations, those whose learners are installed, by id."""
    installed = {learner.name for learner in available_learners()}
    listed = read_configurations(task, folder, block.origins)[: block.most_configs]
    missing = {entry.values["learner"] for entry in listed} - installed
    if missing:
        print(f"{task}: configurations of {sorted(missing)} wait until these are installed")
    return {e.id: dict(e.values) for e in listed if e.values["learner"] in installed}


def _jobs(
    block: Block,
    tables: Sequence[TableInfo],
    shared: Mapping[Task, dict[str, dict[str, Any]]],
    folders: Folders,
    datasets: Path,
    executor: Executor,
) -> Iterator[tuple[_TableWork, str]]:
    """Tables one after another, and of each what has not been run.

    What has a result keeps it, even where the space has lost a parameter since and the values are
    no longer written in the same way.
    """
    for info in tables:
        shard = folders.read_shard(info.name)
        known = {} if shard is None else {eval_["key"]: eval_ for eval_ in shard.evals}
        run = set() if shard is None else _ids_of(shard)
        asked = {name: values for name, values in shared[info.task].items() if name not in run}
        if not asked:
            continue
        report = executor.submit(
            describe, block, str(datasets), info.name, info.task, asked
        ).result()
        slowdown = executor.submit(measure_slowdown).result().value
        facts, truth, configs = report.value
        work = _table_work(info, block, facts, truth, configs, slowdown)
        done = {line["key"] for line in read_lines(folders.work_path(info.name))}
        work.open = set(work.configs) - known.keys() - done
        if not work.open:
            _finish(work, folders)
        yield from ((work, key) for key in list(work.configs) if key in work.open)


def _ids_of(shard: Shard) -> set[str]:
    """Configurations of the list that have a result."""
    return {name for eval_ in shard.evals for name in eval_["ids"]}


def _table_work(
    info: TableInfo,
    block: Block,
    facts: dict[str, Any],
    truth: Any,
    configs: dict[str, dict[str, Any]],
    slowdown: float,
) -> _TableWork:
    by_key: dict[str, dict[str, Any]] = {}
    ids: dict[str, list[str]] = defaultdict(list)
    for name, config in configs.items():
        key = key_of(config)
        by_key[key] = config
        ids[key].append(name)
    head = {"family": info.family, "task": info.task, "tier": info.tier, "block": block.name}
    return _TableWork(info, {**head, **facts}, truth, by_key, dict(ids), slowdown)


def _collect(running: dict[Future[JobReport], tuple[_TableWork, str]], folders: Folders) -> None:
    """Wait for results and write them down; put a table together when its last one is in."""
    for future in wait(running, return_when=FIRST_COMPLETED).done:
        work, key = running.pop(future)
        result = {"key": key, "slowdown": round(work.slowdown, 3), **_outcome(future)}
        append_line(folders.work_path(work.info.name), result)
        print(_progress(work, key, result), flush=True)
        work.open.remove(key)
        if not work.open:
            _finish(work, folders)


def _outcome(future: Future[JobReport]) -> dict[str, Any]:
    try:
        report = future.result()
    except JobError as error:
        by_timer = isinstance(error, JobCrashed) and f"exit code -{signal.SIGPROF:d}" in str(error)
        return {
            "status": "timeout" if by_timer else error.status,
            "message": str(error)[:300],
            "losses": [],
            "cut": by_timer or error.status == "timeout",
            **_costs(error),
        }
    value = dict(report.value)
    return {"status": "failed" if "message" in value else "ok", **value, **_costs(report)}


def _costs(report: JobReport | JobError) -> dict[str, float]:
    return {
        "wall_seconds": round(report.wall_seconds, 3),
        "cpu_seconds": round(report.cpu_seconds, 3),
        "peak_memory_mb": round(report.peak_memory_mb, 1),
    }


def _finish(work: _TableWork, folders: Folders) -> None:
    """Put the old shard and the new results together, and remove the file of work."""
    table = work.info.name
    old, kept = folders.read_shard(table), folders.read_predictions(table)
    evals = {} if old is None else {eval_["key"]: eval_ for eval_ in old.evals}
    predictions = {} if kept is None else dict(kept.by_key)
    for line in read_lines(folders.work_path(table)):
        found = line.pop("prediction", None)
        if found is not None:
            predictions[line["key"]] = found
        evals[line["key"]] = {"kind": "eval", "config": work.configs.get(line["key"]), **line}
    for key, ids in work.ids.items():
        evals[key]["ids"] = sorted({*evals[key].get("ids", ()), *ids})
    ordered = sorted(
        (e for e in evals.values() if e.get("ids")), key=lambda eval_: (eval_["ids"], eval_["key"])
    )
    predictions = {e["key"]: predictions[e["key"]] for e in ordered if e["key"] in predictions}
    folders.write(table, Shard(work.head, ordered), Predictions(work.truth, predictions))
    folders.work_path(table).unlink(missing_ok=True)


def _progress(work: _TableWork, key: str, result: dict[str, Any]) -> str:
    losses = result["losses"]
    said = f"{sum(losses) / len(losses):.4f}" if losses else result.get("message", "")
    learner = work.configs[key]["learner"]
    cut = " cut" if result["cut"] else ""
    return (
        f"{time.strftime('%H:%M:%S')} {work.info.name} {learner} {result['status']}{cut} "
        f"{result['cpu_seconds']:.1f} s {said}, {len(work.open) - 1} left"
    )


class _lock:  # noqa: N801  a context manager that reads like a function
    """Only one process may fill a folder."""

    def __init__(self, root: Path) -> None:
        self._path = root / "work" / "lock"

    def __enter__(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)  # gone with the process

    def __exit__(self, *_: object) -> None:
        self._file.close()


def print_status(block: Block, root: Path, datasets: Path, configurations: Path) -> None:
    """Print how far a block is, what failed, what it took, and what the lists have since."""
    folders, tables = Folders(root, block.name), tables_of(block, datasets)
    shared = {task: _runnable(task, configurations, block) for task in TASKS}
    statuses: Counter[str] = Counter()
    seconds, n_short = 0.0, 0
    for name in folders.finished():
        shard = folders.read_shard(name)
        if shard is None:
            continue
        for eval_ in shard.evals:
            statuses["cut" if eval_["cut"] else eval_["status"]] += 1
            seconds += eval_["cpu_seconds"]
        n_short += bool(shared[shard.head["task"]].keys() - _ids_of(shard))
    begun = [i.name for i in tables if folders.work_path(i.name).exists()]
    in_work = sum(1 for name in begun for _ in read_lines(folders.work_path(name)))
    done = len(folders.finished())
    print(f"block {block.name}: {done} of {len(tables)} tables, {seconds / 3600:.2f} CPU hours")
    print(f"  results: {dict(statuses)}; begun: {begun} with {in_work} results")
    print(f"  {n_short} tables lack configurations that the lists have now")
    if done:
        left = (len(tables) - done) * seconds / done / 3600
        print(f"  about {left:.1f} CPU hours left at this rate")


def main(argv: Sequence[str] | None = None) -> None:
    """Carry out a command."""
    parser = argparse.ArgumentParser(prog="metadata.build", description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["fill", "status"])
    parser.add_argument("--block", choices=list(BLOCKS), default=FIRST)
    parser.add_argument("--jobs", type=int, default=1, help="worker processes")
    parser.add_argument("--tables", nargs="*", help="these alone, of any tier")
    parser.add_argument("--root", type=Path, default=METADATA, help="folder to write to")
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--configurations", type=Path, default=FOLDER, help="folder of the lists")
    parser.add_argument("--memory", type=float, default=MEMORY_MB, help="MB for one worker")
    arguments = parser.parse_args(argv)
    block = BLOCKS[arguments.block]
    if arguments.command == "status":
        print_status(block, arguments.root, arguments.datasets, arguments.configurations)
        return
    tables = tables_of(block, arguments.datasets)
    if arguments.tables:
        unknown = set(arguments.tables) - {info.name for info in tables}
        if unknown:
            sys.exit(f"--tables must be of block {block.name}, got {sorted(unknown)}")
        tables = [info for info in tables if info.name in arguments.tables]
    os.nice(19)
    try:
        fill(
            block,
            tables,
            arguments.jobs,
            arguments.root,
            arguments.datasets,
            arguments.configurations,
            arguments.memory,
        )
    except BlockingIOError:
        sys.exit(f"another process fills {arguments.root}: wait for it, or end it")


if __name__ == "__main__":
    main()
