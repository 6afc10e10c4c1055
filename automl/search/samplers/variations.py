"""Changes to the configuration that leads, before another sampler is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

import numpy as np

from automl.history import History, TrialInfo
from automl.search.ranking import ranked
from automl.search.samplers.base import Proposal, Sampler, is_new
from automl.space import Config

__all__ = ["VariationSampler", "Variations"]

Variations: TypeAlias = Callable[[Config], Iterable[Config]]
"""From a configuration to those that differ from it in one respect, the most promising first."""


class VariationSampler:
    """Proposes the first variation of the leader that is new.

    The leader is the best configuration of the highest rung that holds a loss.

    Parameters
    ----------
    variations : callable
    other : Sampler
        Asked where there is no leader, or all its variations are known.
    """

    def __init__(self, variations: Variations, other: Sampler) -> None:
        self._variations, self._other = variations, other

    def propose(
        self, history: History, rung: int, pending: Sequence[TrialInfo], rng: np.random.Generator
    ) -> Proposal:
        """Propose a variation, or what the other sampler does."""
        rankings = (ranked(history, one) for one in reversed(history.rungs))
        leader = next((ranking[0].info.config for ranking in rankings if ranking), None)
        for config in () if leader is None else self._variations(leader):
            if is_new(config, history, pending):
                return Proposal(config, "mutation")
        return self._other.propose(history, rung, pending, rng)
