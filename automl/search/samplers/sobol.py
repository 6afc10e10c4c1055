"""Quasi-random search: scrambled Sobol points [1]_ [2]_, which leave no gaps as random ones do.

A conditional space is not one box. Families take turns, and each has a sequence of its own over the
parameters that can be active in it, so that its points are even in the dimensions that count.

.. [1] Sobol, On the distribution of points in a cube, USSR Comp. Math. and Math. Phys. 1967.
.. [2] Owen, Scrambling Sobol' and Niederreiter-Xing points, Journal of Complexity 1998.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl.history import History, TrialInfo
from automl.search.samplers.base import Proposal, families_of, is_new
from automl.search.samplers.branch import Branch, Points
from automl.search.samplers.random import sample_new
from automl.space import Categorical, Config, Space

__all__ = ["SobolSampler"]

TRIES = 32
BLOCK = 64  # points that are made at once; a power of two keeps them balanced


class SobolSampler:
    """Proposes the next point of a low-discrepancy sequence.

    Parameters
    ----------
    space : Space
        What to search.
    root : str, optional
        Categorical parameter without condition whose choices are the families; None treats the
        space as one family.
    seed : int, default=0
        Of the scrambling.

    Raises
    ------
    InvalidInputError
        If the root is not a categorical parameter without condition.
    """

    def __init__(self, space: Space, root: str | None = None, seed: int = 0) -> None:
        self._space = space
        self._families = families_of(space, root)
        self._sequences = [
            _Sequence(Branch(space, root, family), [seed, i])
            for i, family in enumerate(self._families)
        ]

    def propose(
        self,
        history: History,
        rung: int,  # noqa: ARG002 - the same at every fidelity
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal:
        """Propose the point whose number is that of configurations begun so far, or a later one."""
        begun = {info.config for info in pending if history.find(info.config) is None}
        start = len(history.highest()) + len(begun)
        for number in range(start, start + TRIES):
            turn, family = divmod(number, len(self._families))
            config = self._sequences[family].config(turn)
            if is_new(config, history, pending):
                return Proposal(config, "sobol")
        return Proposal(sample_new(self._space, history, pending, rng), "random")


class _Sequence:
    """The points of one family, made as they are needed."""

    def __init__(self, branch: Branch, seed: list[int]) -> None:
        self._branch = branch
        self._seed = seed
        self._engine: Any = None
        self._points: Points = np.empty((0, len(branch.parameters)))

    def config(self, number: int) -> Config:
        """Decode one point; inactive columns are left out."""
        while number >= len(self._points):
            self._points = np.concatenate([self._points, self._next_block()])
        point = self._points[number].copy()
        for i, parameter in enumerate(self._branch.parameters):
            if isinstance(parameter, Categorical):  # from its share of [0, 1) to an index
                point[i] = parameter.index(parameter.from_unit(point[i]))
        return self._branch.decode(self._branch.deactivate(point[None, :])[0])

    def _next_block(self) -> Points:
        if not self._branch.parameters:
            return np.empty((BLOCK, 0))
        if self._engine is None:
            from scipy.stats.qmc import Sobol

            rng = np.random.default_rng(self._seed)
            self._engine = Sobol(len(self._branch.parameters), scramble=True, seed=rng)
        return np.asarray(self._engine.random(BLOCK))
