"""Optimizers side by side on the test-bed: make environments, run, measure asks, write the page.

python -m benchmarks.optimizers install                  # environments in .venvs/
python -m benchmarks.optimizers run --seeds 5            # may be stopped, and goes on where it was
python -m benchmarks.optimizers run --systems bohb tpe --modes warm permuted
python -m benchmarks.optimizers workers --systems bohb   # how busy eight simulated workers are
python -m benchmarks.optimizers speed                    # seconds of one ask
python -m benchmarks.optimizers report                   # docs/benchmarks/optimizers.md

Our strategies are `bohb`, `grid`, `random`, `sobol`, `tpe`, `smac`, `successive_halving`,
`hyperband` and `asha`; the peers, with their defaults, `optuna-tpe`, `optuna-hyperband`, `smac3`,
`dehb` and `hpbandster`. Figures of the test-bed compare optimizers and set nothing else.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from benchmarks.common.arguments import add_out, make_parser
from benchmarks.common.paths import PAGES, RESULTS, ROOT, VENVS
from benchmarks.common.results import append_result, read_lines
from benchmarks.optimizers.real import OUT as REAL
from benchmarks.optimizers.real import report
from benchmarks.optimizers.report import write_page
from benchmarks.optimizers.runner import MODES
from benchmarks.optimizers.systems import SYSTEMS
from benchmarks.optimizers.testbed import TESTBED

__all__ = ["main"]

OUT = RESULTS / "optimizers.jsonl"
PEERS = RESULTS / "optimizers-peers.jsonl"
PRIORS = ("bohb", "tpe")
FAST = (500, 100_000)
_LAST_LINES = 400  # characters of an installer's last words


def main(argv: Sequence[str] | None = None) -> int:
    """Do one of the steps; exit code 1 where a system could not be run."""
    arguments = _parser().parse_args(argv)
    if arguments.step == "install":
        return max(_install(name, arguments.out) for name in arguments.venvs)
    if arguments.step == "speed":
        return _speed(arguments)
    if arguments.step == "report":
        paths = [arguments.out, *arguments.beside]
        found = [line for path in paths for line in read_lines(path)]
        print(write_page(PAGES / "optimizers.md", list(found), report(read_lines(REAL))))
        return 0
    return max(_run(name, arguments) for name in arguments.systems)


def _parser() -> argparse.ArgumentParser:
    parser = make_parser("benchmarks.optimizers", __doc__)
    parser.add_argument("step", choices=("install", "run", "workers", "speed", "report"))
    add_out(parser, OUT)
    parser.add_argument(
        "--beside", type=Path, nargs="*", default=[PEERS], help="more results for the report"
    )
    parser.add_argument("--systems", nargs="+", choices=list(SYSTEMS), default=list(SYSTEMS))
    parser.add_argument("--venvs", nargs="+", choices=_venvs(), default=_venvs())
    parser.add_argument("--modes", nargs="+", choices=MODES, default=["cold"])
    parser.add_argument("--tasks", type=int, default=40, help="the first so many of the fixed ones")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--trials", type=int, nargs="+", default=FAST, help="told before an ask")
    parser.add_argument("--dev", action="store_true", help="tasks that the page does not show")
    parser.add_argument("--testbed", type=Path, default=TESTBED)
    return parser


def _venvs() -> list[str]:
    return list(dict.fromkeys(system.venv for system in SYSTEMS.values()))


def _install(venv: str, out: Path) -> int:
    """Make an environment; what does not install is named, with its error, on the page."""
    system = next(system for system in SYSTEMS.values() if system.venv == venv)
    folder = VENVS / venv
    commands: Iterable[tuple[str, ...]] = (
        (sys.executable, "-m", "venv", "--clear", str(folder)),
        (str(_python(venv)), "-m", "pip", "install", "--quiet", *system.requirements),
    )
    for command in commands:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            words = " ".join(done.stderr.split())[-_LAST_LINES:]
            append_result(out, {"kind": "install", "system": venv, "error": words})
            print(f"{venv}: {words}", file=sys.stderr)
            return 1
    append_result(out, {"kind": "install", "system": venv, "error": None})
    return 0


def _run(name: str, arguments: argparse.Namespace) -> int:
    """Run one system in its environment, with one thread."""
    python = _python(SYSTEMS[name].venv)
    if not python.exists():
        print(f"{name}: run `python -m benchmarks.optimizers install` first", file=sys.stderr)
        return 1
    modes = [m for m in arguments.modes if m == "cold" or SYSTEMS[name].takes_priors]
    if not modes:
        return 0
    command = [str(python), "-m", "benchmarks.optimizers.runner", name]
    command += ["--out", str(arguments.out), "--modes", *modes]
    command += ["--tasks", str(arguments.tasks), "--seeds", str(arguments.seeds)]
    command += ["--testbed", str(arguments.testbed)]
    command += ["--dev"] if arguments.dev else []
    command += ["--workers"] if arguments.step == "workers" else []
    environment = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    return int(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode != 0)


def _speed(arguments: argparse.Namespace) -> int:
    from benchmarks.optimizers.speed import measure

    own = [name for name in arguments.systems if SYSTEMS[name].package == "automl"]
    quick = [name for name in own if name in PRIORS]
    slow = [name for name in own if name not in PRIORS]
    trials = arguments.trials
    for result in [*measure(slow, trials[:1]), *measure(quick, trials)]:
        append_result(arguments.out, result)
        print(result)
    return 0


def _python(venv: str) -> Path:
    return VENVS / venv / "bin" / "python"


if __name__ == "__main__":
    sys.exit(main())
