"""Run one optimizer on tasks of the test-bed; started by benchmarks.optimizers in each environment.

python -m benchmarks.optimizers.runner bohb --out results.jsonl --tasks 40 --seeds 5
"""

from __future__ import annotations

import argparse
import heapq
import time
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.arguments import make_parser
from benchmarks.common.results import append_result, read_lines
from benchmarks.optimizers.systems import SYSTEMS, Job, Prior, System, Tuner
from benchmarks.optimizers.testbed import TESTBED, Task, Testbed, bench_tasks, read_tasks

__all__ = ["BUDGET", "MODES", "play", "run_key", "simulate_workers"]

BUDGET = 100.0
"""Full-size-equivalents of a run; random search goes on to twice as many, as a yardstick."""
MODES = ("cold", "warm", "permuted")
PRIOR_SIZE = 100
N_WORKERS = 8
WORKER_JOBS = 400


def run_key(result: dict[str, Any]) -> tuple[Any, ...]:
    """What identifies a run."""
    return result["kind"], result["system"], result["mode"], result["task"], result["seed"]


def main(argv: Sequence[str] | None = None) -> None:
    """Append one line a run; runs that are there are not made again."""
    parser = make_parser("benchmarks.optimizers.runner", __doc__)
    parser.add_argument("system", choices=list(SYSTEMS))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--modes", nargs="+", choices=MODES, default=["cold"])
    parser.add_argument("--tasks", type=int, default=40, help="the first so many")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--dev", action="store_true", help="tasks that are not reported on")
    parser.add_argument("--workers", action="store_true", help="simulate parallel workers instead")
    parser.add_argument("--testbed", type=Path, default=TESTBED)
    arguments = parser.parse_args(argv)
    bed = Testbed(arguments.testbed)
    tasks = bench_tasks(arguments.testbed)[int(arguments.dev)][: arguments.tasks]
    done = _done(arguments.out)
    for mode in arguments.modes:
        for seed in range(arguments.seeds):  # a run that is stopped has whole seeds over all tasks
            for task in tasks:
                kind = "workers" if arguments.workers else "run"
                key = (kind, arguments.system, mode, task.name, seed)
                if key not in done:
                    result = _run(bed, arguments, mode, task, seed)
                    append_result(arguments.out, dict(zip(_KEY, key, strict=True)) | result)


_KEY = ("kind", "system", "mode", "task", "seed")


def _run(bed: Testbed, arguments: argparse.Namespace, mode: str, task: Task, seed: int) -> Any:
    system = SYSTEMS[arguments.system]
    try:
        tuner = _make(system, bed, mode, task, seed, arguments.testbed)
        if arguments.workers:
            return {"utilisation": simulate_workers(bed, tuner, task, seed)}
        budget = 2.0 * BUDGET if arguments.system == "random" else BUDGET
        return play(bed, tuner, task, budget) | {"version": _version(system.package)}
    except Exception as error:  # a peer that fails is part of the result
        return {"error": f"{type(error).__name__}: {error}"}


def _make(system: System, bed: Testbed, mode: str, task: Task, seed: int, folder: Path) -> Tuner:
    if mode == "cold":
        return system.make(bed.parameters, seed)
    priors = earlier_tasks(bed, task, read_tasks(folder), seed, permuted=mode == "permuted")
    return system.make(bed.parameters, seed, priors)


def play(bed: Testbed, tuner: Tuner, task: Task, budget: float) -> dict[str, Any]:
    """Evaluate one after another until the budget is used up.

    Returns
    -------
    dict
        ``trace``: pairs of cost and full-size regret of the incumbent, the best at the largest
        fidelity so far, whenever it changes; ``n`` evaluations; seconds in ask and tell.
    """
    cost, seconds, n = 0.0, 0.0, 0
    best = (0.0, -np.inf)
    trace: list[tuple[float, float]] = []
    while True:
        started = time.process_time()
        job = tuner.ask()
        seconds += time.process_time() - started
        if job is None or cost + job.fidelity > budget + 1e-9:
            break
        auc = bed.auc(task, job.config, job.fidelity)
        cost += job.fidelity
        n += 1
        if (job.fidelity, auc) > best:
            best = (job.fidelity, auc)
            full = auc if job.fidelity == 1.0 else bed.auc(task, job.config)
            trace.append((round(cost, 4), round(task.regret(full), 6)))
        started = time.process_time()
        tuner.tell(job, 1.0 - auc)
        seconds += time.process_time() - started
    return {"trace": trace, "n": n, "cost": round(cost, 4), "optimizer_seconds": round(seconds, 4)}


def simulate_workers(bed: Testbed, tuner: Tuner, task: Task, seed: int) -> float:
    """Share of the time that eight simulated workers are busy, over 400 evaluations.

    An evaluation lasts as long as its fidelity times a factor of its own, log-normal with a
    standard deviation of one half: rungs do not end at the same time.
    """
    rng = np.random.default_rng(seed)
    running: list[tuple[float, int, Job]] = []
    now, busy, started, n_idle = 0.0, 0.0, 0, N_WORKERS
    while True:
        while n_idle and started < WORKER_JOBS and (job := tuner.ask()) is not None:
            seconds = job.fidelity * float(rng.lognormal(0.0, 0.5))
            heapq.heappush(running, (now + seconds, started, job))
            started += 1
            n_idle -= 1
        if started == WORKER_JOBS or not running:
            return busy / (N_WORKERS * now)  # the end, when nothing more is begun, does not count
        end, _, job = heapq.heappop(running)
        busy += (N_WORKERS - n_idle) * (end - now)
        now = end
        n_idle += 1
        tuner.tell(job, 1.0 - bed.auc(task, job.config, job.fidelity))


def earlier_tasks(
    bed: Testbed, task: Task, tasks: Sequence[Task], seed: int, permuted: bool
) -> list[Prior]:
    """A hundred random evaluations on each task of another family; scores shuffled if permuted."""
    from benchmarks.optimizers.systems import own_space

    space = own_space(bed.parameters)
    priors = []
    for other in (other for other in tasks if other.family != task.family):
        rng = np.random.default_rng([seed, int(other.name)])
        configs = [space.sample(rng).to_dict() for _ in range(PRIOR_SIZE)]
        scores = bed.aucs(other, configs)
        priors.append(Prior(configs, (rng.permutation(scores) if permuted else scores).tolist()))
    return priors


def _done(path: Path) -> set[tuple[Any, ...]]:
    runs = (result for result in read_lines(path) if result["kind"] in ("run", "workers"))
    return {run_key(result) for result in runs if "error" not in result}


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


if __name__ == "__main__":
    main()
