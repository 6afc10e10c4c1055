"""What every scheduler promises; a decision is a value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.space import Config

__all__ = ["Decision", "NewTrial", "Promote", "Scheduler", "Wait", "best_leftover", "promotion"]


@dataclass(frozen=True)
class NewTrial:
    """Evaluate a configuration that was never evaluated.

    Parameters
    ----------
    rung : int
        Fidelity to begin with.
    """

    rung: int


@dataclass(frozen=True)
class Promote:
    """Evaluate a known configuration at a higher fidelity.

    Parameters
    ----------
    config : Config
        What to evaluate.
    rung : int
        Fidelity, above a rung where the configuration has a loss.
    origin : str
        Who proposed it first.
    """

    config: Config
    rung: int
    origin: str


@dataclass(frozen=True)
class Wait:
    """Nothing, until a pending trial is told: what comes next depends on it."""


Decision: TypeAlias = NewTrial | Promote | Wait
"""What to do next."""


class Scheduler(Protocol):
    """Decides what to do next, as a pure function of history and pending trials.

    Only with trials pending may it ask to wait.
    """

    def decide(self, history: History, pending: Sequence[TrialInfo]) -> Decision:
        """Decide between a new trial and a promotion.

        Parameters
        ----------
        history : History
            All results so far.
        pending : sequence of TrialInfo
            Trials that are under way, or that the caller refuses for now; none is decided again.

        Returns
        -------
        NewTrial, Promote or Wait
        """
        ...

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Decide on a promotion where no new trial is to be had; None where nothing is left."""
        ...


def promotion(history: History, config: Config, rung: int) -> Promote:
    """Send a configuration that has a result at a rung one rung up."""
    result = history.find(config, rung)
    return Promote(config, rung + 1, "random" if result is None else result.info.origin)


def best_leftover(
    history: History, ranking: Ranking, n_rungs: int, pending: Sequence[TrialInfo]
) -> Promote | None:
    """Promote the best that was not run one rung up, from the highest rung down."""
    taken = {(info.config, info.rung) for info in pending}
    for rung in range(n_rungs - 2, -1, -1):
        for place in ranking.waiting(rung):
            config = ranking.config(rung, place)
            if (config, rung + 1) not in taken:
                return promotion(history, config, rung)
    return None
