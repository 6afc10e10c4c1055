"""Many fits in one process, and what they leave behind: memory, processes, threads, files.

Every second fit has a limit of seconds, every other one a number of trials; tables and tasks
alternate. Fails where memory grows by more than 50 MB after the warm-up, or anything is left.

    python -m benchmarks.reliability.soak --fits 50
"""

from __future__ import annotations

import gc
import os
import statistics
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

import psutil
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris

import automl
from benchmarks.common.arguments import make_parser

_WARM_UP = 10
_MOST_GROWTH_MB = 50.0
_TABLES = (load_breast_cancer, load_iris, load_diabetes)


@dataclass(frozen=True)
class Sample:
    """What the process holds after a fit."""

    fit: int
    uss_mb: float
    pss_mb: float
    processes: int
    threads: int
    files: int
    temporary: int
    home_mb: float


def _sample(fit: int, home: Path, temporary: Path) -> Sample:
    gc.collect()
    process = psutil.Process()
    memory = process.memory_full_info()
    return Sample(
        fit=fit,
        uss_mb=memory.uss / 2**20,
        pss_mb=getattr(memory, "pss", memory.uss) / 2**20,
        processes=len(process.children(recursive=True)),
        threads=threading.active_count(),
        files=process.num_fds(),
        temporary=sum(1 for _ in temporary.rglob("*")),
        home_mb=sum(p.stat().st_size for p in home.rglob("*") if p.is_file()) / 2**20,
    )


def _fit(number: int) -> None:
    X, y = _TABLES[number % len(_TABLES)](return_X_y=True, as_frame=True)
    limit = {"time_limit": 4.0} if number % 2 else {"time_limit": None, "max_trials": 3}
    model = automl.fit(X, y, n_jobs=2, random_state=number, verbose=0, **limit)
    model.predict(X)


def _line(values: tuple[float | str, ...]) -> str:
    return "| " + " | ".join(f"{v:.1f}" if isinstance(v, float) else str(v) for v in values) + " |"


def _faults(samples: list[Sample], before: Sample) -> list[str]:
    """What must not be: each as a sentence."""
    found = []
    warm, last = samples[_WARM_UP - 1 : 2 * _WARM_UP], samples[-_WARM_UP:]
    growth = statistics.median(s.uss_mb for s in last) - statistics.median(s.uss_mb for s in warm)
    print(f"\nmemory of the process grew by {growth:.1f} MB after {_WARM_UP} fits")
    if growth > _MOST_GROWTH_MB:
        found.append(f"memory grew by {growth:.1f} MB")
    for name in ("processes", "temporary"):
        if any(getattr(s, name) > 0 for s in samples):
            found.append(f"{name} were left after a fit")
    for name in ("threads", "files"):
        settled = getattr(samples[_WARM_UP - 1], name)
        if getattr(samples[-1], name) > max(settled, getattr(before, name)):
            found.append(f"{name} grew from {settled} to {getattr(samples[-1], name)}")
    return found


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, print a table, and say what is wrong."""
    parser = make_parser("benchmarks.reliability.soak", __doc__)
    parser.add_argument("--fits", type=int, default=50, help="20 at least")
    n_fits = max(2 * _WARM_UP, parser.parse_args(argv).fits)
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        home, temporary = Path(folder, "home"), Path(folder, "tmp")
        for path in (home, temporary):
            path.mkdir()
        os.environ["AUTOML_HOME"] = str(home)
        tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)
        print(_line(tuple(f.name for f in fields(Sample))))
        print("|" + " --- |" * len(fields(Sample)))
        before = _sample(0, home, temporary)
        samples = []
        for number in range(1, n_fits + 1):
            _fit(number)
            samples.append(_sample(number, home, temporary))
            print(_line(astuple(samples[-1])), flush=True)
        tempfile.tempdir = None
    found = _faults(samples, before)
    print("\n".join(f"FAILED: {fault}" for fault in found) or "nothing is left")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
