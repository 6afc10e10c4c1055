"""From results at several fidelities to good and bad configurations, without pooling losses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from automl.history import History
from automl.search.ranking import ALL, Place, Ranking
from automl.space import Config

__all__ = ["NOTHING", "Observations", "observe"]

MOST_GOOD = 25
MOST_BAD = 300  # so that the cost of a proposal stops growing after some hundred trials


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


NOTHING = Observations((), ())


def observe(
    history: History,
    ranking: Ranking,
    rung: int,
    good_share: float,
    group: object = ALL,
) -> Observations:
    """Divide configurations by what is known at a rung and below.

    Good are the best at the rung itself. Bad are the others there, those stuck in the worse half
    of a lower rung, and those that failed: as bad as the worst, but no worse.

    Parameters
    ----------
    history : History
        Results at any rung.
    ranking : Ranking
        Of the same history.
    rung : int
        The rung whose losses are compared; it must hold a loss.
    good_share : float
        Share of the configurations with a loss at the rung that are good.
    group : object, optional
        Which configurations to look at.

    Returns
    -------
    Observations
    """
    n_good = min(math.ceil(good_share * ranking.count(rung, group)), MOST_GOOD)
    is_bad = _judge(history, ranking, rung, n_good, group)
    bad = list(islice(filter(is_bad, ranking.newest(group)), MOST_BAD))
    return Observations(ranking.best(rung, n_good, group), tuple(reversed(bad)))


def _judge(
    history: History, ranking: Ranking, rung: int, n_good: int, group: object
) -> Callable[[Config], bool]:
    last_good = ranking.place_at(rung, n_good - 1, group)
    halves = [(lower, _last_of_better_half(ranking, lower, group)) for lower in range(rung)]

    def is_bad(config: Config) -> bool:
        place = ranking.place(rung, config)
        if place is not None:
            return place > last_good
        for lower, half in halves:
            below = ranking.place(lower, config)
            if below is not None and half is not None and below > half:
                return True
        result, here = history.find(config), history.find(config, rung)
        failed_here = here is not None and here.failed
        return failed_here or (result is not None and result.failed)

    return is_bad


def _last_of_better_half(ranking: Ranking, rung: int, group: object) -> Place | None:
    n_ranked = ranking.count(rung, group)
    return ranking.place_at(rung, math.ceil(n_ranked / 2) - 1, group) if n_ranked else None
