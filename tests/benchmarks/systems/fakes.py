"""Systems that misbehave, for the benchmark to survive."""

import os
import subprocess
import sys
import time

import numpy as np

from benchmarks.systems.base import Fitted, Job


def crash(job: Job) -> Fitted:
    raise RuntimeError("no luck today")


def hang(job: Job) -> Fitted:
    time.sleep(600)
    raise AssertionError


def nothing(job: Job) -> Fitted:
    return Fitted(lambda X: np.full(len(X), np.nan))


def leave_a_process(job: Job) -> Fitted:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    time.sleep(1.0)
    return Fitted(lambda X: np.zeros(len(X)), extras={"pid": child.pid})


def spread_memory(job: Job) -> Fitted:
    """Hold 150 MB in a child while this process holds 100 MB."""
    own = np.ones(100_000_000, dtype=np.int8)
    program = "import time; b = bytearray(150_000_000); print(1, flush=True); time.sleep(1.5)"
    subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    mean = float(own[:2].mean())
    return Fitted(lambda X: np.full(len(X), mean), extras={"home": os.environ["AUTOML_HOME"]})
