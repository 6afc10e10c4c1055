"""Seconds of one ask, by strategy and number of trials; part of benchmarks.optimizers.

python -m benchmarks.optimizers speed
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from statistics import median
from typing import Any

import numpy as np

__all__ = ["measure", "wide_space"]

N_PARAMETERS = 60
N_FAMILIES = 6
ASKS = 30


def measure(strategies: Sequence[str], n_trials: Sequence[int]) -> list[dict[str, Any]]:
    """Measure flat and hierarchical spaces of sixty parameters, on one and on three rungs.

    Returns
    -------
    list of dict
        ``milliseconds``: median CPU time of one ask, each after another result has been told.
    """
    found = []
    for root in (None, "family"):
        for n_rungs in (1, 3):
            for n in n_trials:
                for strategy in strategies:
                    seconds = _ask_seconds(strategy, root, n_rungs, n)
                    found.append(
                        {
                            "kind": "speed",
                            "strategy": strategy,
                            "space": "flat" if root is None else f"{N_FAMILIES} families",
                            "rungs": n_rungs,
                            "trials": n,
                            "milliseconds": round(1000.0 * seconds, 2),
                        }
                    )
    return found


def wide_space(root: str | None) -> Any:
    """Sixty parameters, a fifth of them categorical; shared out among families if there is a root."""
    from automl.space import Categorical, Float, Space, When

    names = [f"family{i}" for i in range(N_FAMILIES)]
    parameters: list[Any] = [] if root is None else [Categorical(root, tuple(names), names[0])]
    for i in range(N_PARAMETERS - len(parameters)):
        when = None if root is None else When(root, (names[i % N_FAMILIES],))
        if i % 5 == 4:
            parameters.append(Categorical(f"x{i}", ("u", "v", "w"), "u", when))
        else:
            parameters.append(Float(f"x{i}", 0.0, 1.0, 0.5, when=when))
    return Space(parameters)


def _ask_seconds(strategy: str, root: str | None, n_rungs: int, n_trials: int) -> float:
    from automl.history import TrialInfo, TrialResult
    from automl.search import make_optimizer

    space, rng = wide_space(root), np.random.default_rng(0)
    optimizer = make_optimizer(strategy, space, n_rungs, seed=0, root=root)

    def tell(info: TrialInfo) -> None:
        loss = float(rng.random())
        optimizer.tell(TrialResult(info, "ok", loss, -loss, 1.0, 1.0, 0.0, 0.0))

    waiting: list[Any] = []
    for number in range(n_trials):  # two thirds new, the others are earlier ones one rung up
        up = n_rungs > 1 and number % 3 == 2
        config, rung = waiting.pop() if up and waiting else (space.sample(rng), 0)
        tell(TrialInfo(number, config, rung, "random"))
        if rung + 1 < n_rungs:
            waiting.append((config, rung + 1))
    seconds = []
    for _ in range(ASKS):
        started = time.process_time()
        info = optimizer.ask()
        seconds.append(time.process_time() - started)
        if info is not None:
            tell(info)
    return median(seconds[1:])  # the first one reads the history
