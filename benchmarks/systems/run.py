"""Run systems on a suite of tables, one process a run; see README.md beside this file.

python -m benchmarks.systems.run --systems automl lightgbm prior --budgets 60
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.arguments import add_n_jobs, add_out, add_tables, cores, make_parser
from benchmarks.common.paths import BENCH, RESULTS, ROOT, VENVS
from benchmarks.common.results import append_result, read_results, run_key
from benchmarks.common.scoring import METRICS, is_late, score
from benchmarks.common.splits import Split, default_splits, make_split
from benchmarks.common.tables import Table, load_table, read_suite
from benchmarks.common.watching import Watched, run_watched
from benchmarks.systems.automl import BASE
from benchmarks.systems.base import System
from benchmarks.systems.bases import check_unrelated, write_base
from benchmarks.systems.registry import SYSTEMS
from metadata.blocks import read_index

_LATE_FACTOR, _LATE_SECONDS = 3.0, 120.0
_SECONDS_WITHOUT_BUDGET = 1_800.0


@dataclass(frozen=True)
class Plan:
    """One run to be made; a budget of None is for systems that take none."""

    system: System
    budget: float | None
    table: str
    split: int

    @property
    def key(self) -> tuple[str, float | None, str, int]:
        """As in the results."""
        return self.system.name, self.budget, self.table, self.split

    @property
    def kill_after(self) -> float:
        """Seconds until the run is killed."""
        if self.budget is None:
            return _SECONDS_WITHOUT_BUDGET
        return _LATE_FACTOR * self.budget + _LATE_SECONDS


def main(argv: Sequence[str] | None = None) -> int:
    """Run what is not in the file of results yet; exit code 1 if any run failed."""
    arguments = _parse(argv)
    done = {
        run_key(result)
        for result in read_results([arguments.out])
        if result["status"] == "ok" or not arguments.retry_errors
    }
    bases = _bases(arguments)
    systems = [SYSTEMS[name] for name in arguments.systems]
    failed = 0
    for source in read_suite([*arguments.suite, *arguments.extra]):
        try:
            table = load_table(source, arguments.datasets)
        except ValueError as error:
            sys.exit(str(error))
        for plan in plans(table, systems, arguments.budgets, arguments.splits):
            if plan.key in done:
                continue
            base = bases.get(plan.system.base)
            result = run_one(plan, table, arguments.n_jobs, plan.kill_after, base)
            append_result(arguments.out, result)
            print(_line(result), flush=True)
            failed += result["status"] != "ok"
    return int(failed > 0)


def _bases(arguments: argparse.Namespace) -> dict[str, Path]:
    """Compile the bases that the systems start from; they know no relative of the tables."""
    kinds = {SYSTEMS[name].base for name in arguments.systems} - {""}
    if not kinds:
        return {}
    index = read_index(arguments.datasets)
    tables = read_suite([str(BENCH), *arguments.suite, *arguments.extra])
    families = {index[name].family for name in tables if name in index}
    made = {}
    for kind in kinds:
        folder = arguments.bases / kind
        made[kind] = write_base(families, folder, wrong=kind == "permuted")
        try:
            check_unrelated(folder, families)
        except ValueError as error:
            sys.exit(str(error))
    return made


def plans(
    table: Table, systems: Sequence[System], budgets: Sequence[float], n_splits: int | None = None
) -> Iterator[Plan]:
    """Yield runs on one table, systems side by side: a slow hour of the machine meets all.

    Parameters
    ----------
    table : Table
    systems : sequence of System
        Those without a budget run once a split.
    budgets : sequence of float
    n_splits : int, optional
        Default: 3 below 2,000 rows, else 1.
    """
    for split in range(default_splits(len(table.y)) if n_splits is None else n_splits):
        yield from (Plan(s, None, table.name, split) for s in systems if not s.uses_budget)
        for budget in budgets:
            yield from (Plan(s, budget, table.name, split) for s in systems if s.uses_budget)


def run_one(
    plan: Plan, table: Table, n_jobs: int, kill_after: float, base: Path | None = None
) -> dict[str, Any]:
    """Make one run in a process of its own, with a home of its own.

    Parameters
    ----------
    plan : Plan
    table : Table
    n_jobs : int
    kill_after : float
        Seconds.
    base : Path, optional
        Folder of the knowledge base that the system starts from.

    Returns
    -------
    dict
        One line of the results, whatever happened.
    """
    split = make_split(table.name, plan.split, table.y.to_numpy(), table.task)
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        _write_job(folder, plan, table, split, n_jobs)
        watched = run_watched(
            [str(_interpreter(plan.system)), "-m", "benchmarks.systems.child", str(folder)],
            folder,
            ROOT,
            _environment(folder, plan.system, base),
            kill_after,
        )
        return {
            **_identity(plan, table, split),
            **_outcome(folder, plan, table, split, watched),
            "peak_memory_mb": round(watched.peak_memory_mb, 1),
            "process_seconds": round(watched.seconds, 3),
            "left_behind": watched.left_behind,
            "machine": _machine(n_jobs),
            "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "commit": _commit(),
        }


def _write_job(folder: Path, plan: Plan, table: Table, split: Split, n_jobs: int) -> None:
    whole = table.X.assign(**{str(table.y.name): table.y})
    whole.iloc[split.train].reset_index(drop=True).to_parquet(folder / "train.parquet")
    table.X.iloc[split.test].reset_index(drop=True).to_parquet(folder / "test.parquet")
    settings = {
        "entry": plan.system.entry,
        "preload": plan.system.preload,
        "packages": plan.system.packages,
        "task": table.task,
        "budget": plan.budget if plan.budget is not None else 0.0,
        "seed": plan.split,
        "n_jobs": n_jobs,
    }
    (folder / "job.json").write_text(json.dumps(settings))


def _environment(folder: Path, system: System, base: Path | None) -> dict[str, str]:
    (folder / "tmp").mkdir()
    known = {} if base is None else {BASE: str(base)}
    own = {"AUTOML_HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp")}
    return {**os.environ, **own, **known, **system.environment}


def _interpreter(system: System) -> Path:
    if system.venv is None:
        return Path(sys.executable)
    interpreter = VENVS / system.venv / "bin" / "python"
    if not interpreter.exists():
        sys.exit(f"system {system.name!r} needs {interpreter}, see benchmarks/README.md")
    return interpreter


def _identity(plan: Plan, table: Table, split: Split) -> dict[str, Any]:
    return {
        "system": plan.system.name,
        "budget": plan.budget,
        "table": table.name,
        "family": table.family,
        "task": table.task,
        "n_rows": len(table.y),
        "n_features": table.X.shape[1],
        "split": plan.split,
        "split_key": split.key,
        "seed": plan.split,
        "metric": METRICS[table.task],
    }


def _outcome(
    folder: Path, plan: Plan, table: Table, split: Split, watched: Watched
) -> dict[str, Any]:
    """Score and times, or what went wrong."""
    if watched.late:
        return _failure("killed", f"killed after {watched.seconds:.0f} s")
    if watched.returncode != 0:
        report = (folder / "stderr.txt").read_text(errors="replace")
        print(report, file=sys.stderr)
        last = report.strip().splitlines()[-1:]
        return _failure("error", f"exit code {watched.returncode}: {' '.join(last)[:500]}")
    answer = json.loads((folder / "answer.json").read_text())
    prediction = np.load(folder / "prediction.npy")
    try:
        value, loss = _score(table, split, prediction, answer["classes"])
    except ValueError as error:
        return _failure("error", str(error))
    seconds, extras = answer["fit_seconds"], answer["extras"]
    return {
        "status": "ok",
        "error": "",
        "value": value,
        "loss": loss,
        "fit_seconds": round(seconds, 4),
        "overrun": 0.0 if plan.budget is None else round(max(0.0, seconds - plan.budget), 4),
        "limit_held": None if plan.budget is None else not is_late(seconds, plan.budget),
        "predict_seconds": round(answer["predict_seconds"], 4),
        "predict_rows": len(split.test),
        "latency_10k_seconds": round(answer["latency_seconds"], 4),
        "model_bytes": answer["model_bytes"],
        "version": answer["versions"][plan.system.packages[0]],
        "versions": {**answer["versions"], "python": answer["python"]},
        "n_trials": extras.get("n_trials"),
        "extras": extras,
    }


def _score(
    table: Table, split: Split, prediction: Any, columns: list[str] | None
) -> tuple[float, float]:
    """Bring columns into the order of the training classes, then score."""
    truth = table.y.iloc[split.test]
    if table.task == "regression":
        return score(table.task, truth.to_numpy(), prediction, [])
    classes = sorted(set(table.y.iloc[split.train].astype(str)))
    if columns is None or sorted(columns) != classes:
        raise ValueError(f"classes of the predictions must be those of the target, got {columns}")
    ordered = prediction[:, [columns.index(label) for label in classes]]
    return score(table.task, truth.astype(str).to_numpy(), ordered, classes)


def _failure(status: str, text: str) -> dict[str, Any]:
    empty = ("value", "loss", "fit_seconds", "overrun", "predict_seconds", "predict_rows")
    more = ("limit_held", "latency_10k_seconds", "model_bytes", "version", "n_trials")
    return {
        "status": status,
        "error": text,
        **dict.fromkeys((*empty, *more)),
        "versions": {},
        "extras": {},
    }


def _machine(n_jobs: int) -> dict[str, Any]:
    return {
        "cpus": cores(),
        "n_jobs": n_jobs,
        "system": platform.system() + " " + platform.machine(),
    }


def _commit() -> str | None:
    """Commit of the repository, with a mark if files differ from it; None without one."""
    try:
        command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
        found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()


def _line(result: dict[str, Any]) -> str:
    budget = "" if result["budget"] is None else f" {result['budget']:g} s"
    head = f"{result['table']}/{result['split']} {result['system']}{budget}:"
    if result["status"] != "ok":
        return f"{head} {result['status']}, {result['error']}"
    return (
        f"{head} {result['metric']} {result['value']:.5f}, fit {result['fit_seconds']:.1f} s, "
        f"memory {result['peak_memory_mb']:.0f} MB"
        f"{', LATE' if result['limit_held'] is False else ''}"
    )


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = make_parser("benchmarks.systems.run", __doc__)
    add = parser.add_argument
    add(
        "--systems",
        nargs="+",
        default=["automl", "lightgbm", "prior"],
        choices=list(SYSTEMS),
        metavar="SYSTEM",
        help=f"among {', '.join(SYSTEMS)} (default: automl lightgbm prior)",
    )
    add("--budgets", nargs="+", type=float, default=[60.0], help="seconds for fit")
    add_tables(parser, [str(BENCH)], "bench.txt")
    add("--extra", nargs="+", default=[], help="further names of tables")
    add("--splits", type=int, help="default: 3 below 2,000 rows, else 1")
    add("--bases", type=Path, default=ROOT / ".bases", help="folder for compiled knowledge bases")
    add_out(parser, RESULTS / "runs.jsonl")
    add_n_jobs(parser, cores(), " for systems that take a number")
    add("--retry-errors", action="store_true", help="run again what did not end well")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
