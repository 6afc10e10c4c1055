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
ASKS = 40
PROMOTED = 1 / 3


def measure(strategies: Sequence[str], n_trials: Sequence[int]) -> list[dict[str, Any]]:
    """Measure flat and hierarchical spaces of sixty parameters, on one and on three rungs.

    Returns
    -------
    list of dict
        ``milliseconds``, ``slow_milliseconds``: median and 95 % quantile of the CPU time of asks
        that begin a new trial, each after another result has been told.
    """
    found = []
    for root in (None, "family"):
        for n_rungs in (1, 3):
            for n in n_trials:
                for strategy in strategies:
                    middle, slow = _ask_seconds(strategy, root, n_rungs, n)
                    found.append(
                        {
                            "kind": "speed",
                            "strategy": strategy,
                            "space": "flat" if root is None else f"{N_FAMILIES} families",
                            "rungs": n_rungs,
                            "trials": n,
                            "milliseconds": round(1000.0 * middle, 2),
                            "slow_milliseconds": round(1000.0 * slow, 2),
                        }
                    )
    return found


def wide_space(root: str | None) -> Any:
    """Sixty parameters, a fifth of them categorical; with a root, families share them out."""
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


def _ask_seconds(
    strategy: str, root: str | None, n_rungs: int, n_trials: int
) -> tuple[float, float]:
    from automl.search import make_optimizer

    space, rng = wide_space(root), np.random.default_rng(0)
    optimizer = make_optimizer(strategy, space, n_rungs, seed=0, root=root)
    _tell_past(optimizer, space, n_rungs, n_trials, rng)
    seconds: list[float] = []
    while len(seconds) < ASKS:
        known = len(optimizer.history.highest())
        started = time.process_time()
        info = optimizer.ask()
        spent = time.process_time() - started
        optimizer.tell(_result(info, float(rng.random())))
        if len(optimizer.history.highest()) > known:  # promotions cost next to nothing
            seconds.append(spent)
    return median(seconds[1:]), float(np.quantile(seconds[1:], 0.95))  # the first reads it all


def _tell_past(
    optimizer: Any, space: Any, n_rungs: int, n_trials: int, rng: np.random.Generator
) -> None:
    """Tell results of random configurations, of which about a third has gone up at each rung."""
    from automl.history import TrialInfo

    waiting: list[Any] = []
    for number in range(n_trials):
        config, rung, loss = (
            waiting.pop() if waiting else (space.sample(rng), 0, float(rng.random()))
        )
        optimizer.tell(_result(TrialInfo(number, config, rung, "random"), loss))
        if rung + 1 < n_rungs and loss < PROMOTED ** (rung + 1):
            waiting.append((config, rung + 1, loss))


def _result(info: Any, loss: float) -> Any:
    from automl.history import TrialResult

    return TrialResult(info, "ok", (loss,), -loss, 1.0, 1.0, 0.0, 0.0)
