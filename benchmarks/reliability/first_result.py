"""Seconds from entering `fit` to the first result, and results in ten seconds, in fresh processes.

python -m benchmarks.reliability.first_result --runs 4
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from statistics import median

from benchmarks.common.arguments import make_parser

PROGRAM = """
import time
import automl
started, seconds = time.monotonic(), []
note = lambda result: seconds.append(time.monotonic() - started)
from sklearn.datasets import load_diabetes
X, y = load_diabetes(return_X_y=True)
automl.fit(X, y, time_limit=10, knowledge_base=None, random_state=0, verbose=0, callbacks=[note])
print(seconds[0], len(seconds))
"""


def _first() -> tuple[float, int]:
    command = [sys.executable, "-W", "ignore", "-c", PROGRAM]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return float(said[0]), int(said[1])


def main(argv: Sequence[str] | None = None) -> None:
    """Run one after the other, and print medians."""
    parser = make_parser("benchmarks.reliability.first_result", __doc__)
    parser.add_argument("--runs", type=int, default=4, help="processes")
    seconds, results = zip(*(_first() for _ in range(parser.parse_args(argv).runs)), strict=True)
    print(
        f"first result after {median(seconds):.2f} s (from {min(seconds):.2f} to "
        f"{max(seconds):.2f}), {median(results):g} results in 10 s"
    )


if __name__ == "__main__":
    main()
