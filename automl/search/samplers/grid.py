"""Coarse grid search that begins with the corners that matter.

A grid over ten parameters with three values each has 59,049 points: cut by any real budget in its
natural order, it varies the last parameters alone. Here the grid grows by one parameter after the
other, in the order of their declaration: first all defaults, then three values of the first
parameter, then the nine combinations with the second, and so on. Whatever the budget, its prefix
of the sequence is a complete grid over the first parameters and a part of the next larger one.
Families take turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest

import numpy as np

from automl.history import History, TrialInfo
from automl.search.samplers.base import Proposal, families_of, is_new
from automl.search.samplers.random import sample_new
from automl.space import Categorical, Config, Parameter, Space

__all__ = ["GridSampler"]

UNITS = (1 / 6, 1 / 2, 5 / 6)
"""Where the values of a number lie in its (log-scaled) range; the default replaces the nearest."""


class GridSampler:
    """Proposes the points of a grid with at most three values a parameter, then by chance.

    Parameters
    ----------
    space : Space
        What to search.
    root : str, optional
        Categorical parameter without condition whose choices are the families, each with a grid of
        its own; None treats the space as one family.

    Raises
    ------
    InvalidInputError
        If the root is not a categorical parameter without condition.
    """

    def __init__(self, space: Space, root: str | None = None) -> None:
        self._space = space
        self._families = families_of(space, root)
        self._root = root
        self._rest = self._points()
        self._listed: list[Config] = []
        self._history = History()
        self._n_evaluated = 0

    def propose(
        self,
        history: History,
        rung: int,  # noqa: ARG002 - the same at every fidelity
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal:
        """Propose the first point of the grid that is new."""
        if history is not self._history:
            self._history, self._n_evaluated = history, 0
        only_evaluated = True
        for position, config in enumerate(self._from(self._n_evaluated), self._n_evaluated):
            if is_new(config, history, pending):
                return Proposal(config, "grid")
            only_evaluated = only_evaluated and history.find(config) is not None
            if only_evaluated:  # a history only grows: these need no second look
                self._n_evaluated = position + 1
        return Proposal(sample_new(self._space, history, pending, rng), "random")

    def _from(self, start: int) -> Iterator[Config]:
        """Run through the grid from a position on; what was made once is kept."""
        position = start
        while True:
            while position >= len(self._listed):
                config = next(self._rest, None)
                if config is None:
                    return
                self._listed.append(config)
            yield self._listed[position]
            position += 1

    def _points(self) -> Iterator[Config]:
        """Yield the grids of all families in turn."""
        grids = [self._family_points(family) for family in self._families]
        for turn in zip_longest(*grids):
            yield from (config for config in turn if config is not None)

    def _family_points(self, family: object) -> Iterator[Config]:
        """Yield the grid of one family, growing by one parameter after the other."""
        fixed = {} if self._root is None else {self._root: family}
        yield self._space.make(fixed)
        names = [p.name for p in self._space.parameters if p.name not in fixed]
        for n_varied in range(1, len(names) + 1):
            yield from self._varied(fixed, frozenset(names[:n_varied]), names[n_varied - 1])

    def _varied(
        self, fixed: dict[str, object], varied: frozenset[str], newest: str
    ) -> Iterator[Config]:
        """Yield the points in which the newest parameter leaves its default."""

        def walk(values: dict[str, object]) -> Iterator[Config]:
            free = (p for p in self._space.active(values) if p.name not in values)
            parameter = next((p for p in free if p.name in varied), None)
            if parameter is None:
                if newest in values:
                    yield self._space.make(values)
                return
            choices = coarse_values(parameter)
            for value in choices[1:] if parameter.name == newest else choices:
                yield from walk({**values, parameter.name: value})

        return walk(self._defaults_above(fixed, varied))

    def _defaults_above(
        self, fixed: dict[str, object], varied: frozenset[str]
    ) -> dict[str, object]:
        """Fix parents that are not varied yet, so that their children are known to be active."""
        parents = {p.when.parameter for p in self._space.parameters if p.when is not None}
        values = dict(fixed)
        for parameter in self._space.active(values):
            if parameter.name in parents - varied and parameter.name not in values:
                values[parameter.name] = parameter.default
        return values


def coarse_values(parameter: Parameter) -> tuple[object, ...]:
    """At most three values of a parameter, its default first.

    Examples
    --------
    >>> from automl.space import Integer
    >>> coarse_values(Integer("n", 1, 300, default=40))
    (40, 151, 251)
    """
    if isinstance(parameter, Categorical):
        others = [choice for choice in parameter.choices if choice != parameter.default]
        return (parameter.default, *others[:2])
    default = parameter.to_unit(parameter.default)
    far = sorted(UNITS, key=lambda unit: abs(unit - default))[1:]
    values = [parameter.default, *(parameter.from_unit(unit) for unit in sorted(far))]
    return tuple(dict.fromkeys(values))
