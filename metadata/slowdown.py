"""How many times longer this processor takes than the one where the first tables were run.

Seconds in a base are compared over tables, and tables are run on whatever machine is there, on days
on which it is fast or slow. The slowdown that is measured before a table stands with each of its
results; `metadata.compile` divides by it, and the seconds that a fold may take are
multiplied by it.
"""

from __future__ import annotations

import time

import numpy as np

__all__ = ["measure_slowdown"]

FIRST_SECONDS = 0.156
"""CPU seconds of the yardstick on the machine of the first tables, see metadata/README.md."""
REPEATS = 3
_ROWS, _COLUMNS, _TREES, _ROUNDS = 3_000, 20, 20, 60


def measure_slowdown() -> float:
    """CPU seconds of a few fits of fixed size, in units of `FIRST_SECONDS`: 2 is half as fast.

    The shortest of three runs counts: what else is done on the machine makes runs longer only.
    """
    return min(_yardstick() for _ in range(REPEATS)) / FIRST_SECONDS


def _yardstick() -> float:
    """Boosting and a forest, which are most of what is run."""
    import lightgbm
    from sklearn.ensemble import ExtraTreesClassifier

    rng = np.random.default_rng(0)
    X = rng.normal(size=(_ROWS, _COLUMNS))
    y = (X[:, 0] * X[:, 1] + rng.normal(size=_ROWS) > 0.0).astype(int)
    started = time.process_time()
    settings = {"objective": "binary", "num_threads": 1, "verbosity": -1, "seed": 0}
    lightgbm.train(settings, lightgbm.Dataset(X, y), _ROUNDS)
    ExtraTreesClassifier(_TREES, random_state=0, n_jobs=1).fit(X, y)
    return time.process_time() - started
