"""From results at several fidelities to good and bad configurations, without pooling losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from automl.history import History
from automl.space import Config

__all__ = ["Observations", "n_ranked", "observe"]

MOST_GOOD = 25
MOST_BAD = 475  # so that the cost of a proposal stops growing after 500 trials

Belongs = Callable[[Config], bool]


@dataclass(frozen=True)
class Observations:
    """Two groups of configurations, judged at one rung.

    Parameters
    ----------
    good : tuple of Config
        The best share at the rung, best first.
    bad : tuple of Config
        All others that are known to be worse, the newest where there are very many.
    """

    good: tuple[Config, ...]
    bad: tuple[Config, ...]


def n_ranked(history: History, rung: int, belongs: Belongs) -> int:
    """Count configurations with a loss at a rung."""
    return sum(belongs(result.info.config) for result in history.ranking(rung))


def observe(history: History, rung: int, belongs: Belongs, good_share: float) -> Observations:
    """Divide configurations by what is known at a rung and below.

    Good are the best at the rung itself. Bad are the others there, those stuck in the worse half
    of a lower rung, and those that failed: as bad as the worst, but no worse.

    Parameters
    ----------
    history : History
        Results at any rung.
    rung : int
        The rung whose losses are compared; it must hold a loss.
    belongs : callable
        Which configurations to look at.
    good_share : float
        Share of the configurations with a loss at the rung that are good.

    Returns
    -------
    Observations
    """
    ranked = _ranked(history, rung, belongs)
    n_good = min(math.ceil(good_share * len(ranked)), MOST_GOOD)
    judged = set(ranked)
    bad = dict.fromkeys(ranked[n_good:])
    for lower in range(rung):
        there = _ranked(history, lower, belongs)
        worse = there[math.ceil(len(there) / 2) :]
        bad.update(dict.fromkeys(config for config in worse if config not in judged))
    for result in history.highest():
        config = result.info.config
        failed = result.failed or (config not in judged and _failed_at(history, rung, config))
        if failed and belongs(config):
            bad[config] = None
    return Observations(tuple(ranked[:n_good]), _newest(history, list(bad)))


def _ranked(history: History, rung: int, belongs: Belongs) -> list[Config]:
    configs = (result.info.config for result in history.ranking(rung))
    return [config for config in configs if belongs(config)]


def _failed_at(history: History, rung: int, config: Config) -> bool:
    result = history.find(config, rung)
    return result is not None and result.failed


def _newest(history: History, configs: list[Config]) -> tuple[Config, ...]:
    if len(configs) <= MOST_BAD:
        return tuple(configs)
    chosen = set(configs)
    by_age = [r.info.config for r in history.highest() if r.info.config in chosen]
    return tuple(by_age[-MOST_BAD:])
