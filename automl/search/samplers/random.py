"""Uniform random search [1]_.

.. [1] Bergstra and Bengio, Random search for hyper-parameter optimization, JMLR 2012.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from automl.history import History, TrialInfo
from automl.search.samplers.base import Proposal, is_new
from automl.space import Config, Space

__all__ = ["RandomSampler", "sample_new"]

TRIES = 16


class RandomSampler:
    """Draws from the space, whatever the history says.

    Parameters
    ----------
    space : Space
        Where to draw from.
    """

    def __init__(self, space: Space) -> None:
        self._space = space

    def propose(
        self,
        history: History,
        rung: int,  # noqa: ARG002 - the same at every fidelity
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal:
        """Draw a configuration, a new one where a few draws find one."""
        return Proposal(sample_new(self._space, history, pending, rng), "random")


def sample_new(
    space: Space, history: History, pending: Sequence[TrialInfo], rng: np.random.Generator
) -> Config:
    """Draw until a configuration is new, a bounded number of times."""
    for _ in range(TRIES):
        config = space.sample(rng)
        if is_new(config, history, pending):
            break
    return config
