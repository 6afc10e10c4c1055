"""Seconds from entering `fit` to the first result, in fresh processes, with a fork server or none.

python -m benchmarks.first_result --pairs 4
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from statistics import median

PROGRAM = """
import sys, time
import automl
from automl.execution.local import executor, fork_server
import automl.run.workers as workers
if sys.argv[1] == "each":  # an interpreter for each worker, as where forking is unsafe
    executor.FORKS = fork_server.FORKS = workers.FORKS = False
started, seconds = time.monotonic(), []
note = lambda result: seconds.append(time.monotonic() - started)
from sklearn.datasets import load_diabetes
X, y = load_diabetes(return_X_y=True)
automl.fit(X, y, time_limit=10, knowledge_base=None, random_state=0, verbose=0, callbacks=[note])
print(seconds[0], len(seconds))
"""


def _first(way: str) -> tuple[float, int]:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM, way]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), int(said[1])


def main(argv: Sequence[str] | None = None) -> None:
    """Run pairs, one after the other, and print medians."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pairs", type=int, default=4)
    pairs = [(_first("each"), _first("fork server")) for _ in range(parser.parse_args(argv).pairs)]
    for name, found in zip(("each", "fork server"), zip(*pairs, strict=True), strict=True):
        seconds, results = zip(*found, strict=True)
        print(
            f"{name}: first result after {median(seconds):.2f} s (from {min(seconds):.2f} to "
            f"{max(seconds):.2f}), {median(results):g} results in 10 s"
        )


if __name__ == "__main__":
    main()
