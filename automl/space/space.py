"""A space: parameters in a tree, and the ways to get configurations out of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from automl.exceptions import InvalidInputError
from automl.space.config import Config
from automl.space.parameters import Categorical, Float, Parameter
from automl.space.values import Value

__all__ = ["Space"]

SWITCH_SHARE = 0.1  # of mutations change a parameter that decides what else is active
MOST_CHANGES = 3


class Space:
    """Parameters with conditions, parents before children.

    Parameters
    ----------
    parameters : sequence of Float, Integer or Categorical
        Names are unique; the parent named in a condition comes first and is no Float.

    Attributes
    ----------
    parameters : tuple of Parameter
        As declared.
    by_name : dict of str to Parameter
        The same, by name.
    id : str
        Hash of the whole declaration, 12 hex digits, the same on every machine.

    Raises
    ------
    InvalidInputError
        If names repeat or a condition refers to what is not there.

    Examples
    --------
    >>> from automl.space import Integer, When
    >>> space = Space([
    ...     Categorical("learner", ("knn", "tree"), default="tree"),
    ...     Integer("k", 1, 50, default=5, log=True, when=When("learner", ("knn",))),
    ...     Float("alpha", 0.0, 1.0, default=0.5, when=When("learner", ("tree",))),
    ... ])
    >>> space.default()
    Config({'learner': 'tree', 'alpha': 0.5})
    >>> space.make(learner="knn")
    Config({'learner': 'knn', 'k': 5})
    """

    def __init__(self, parameters: Sequence[Parameter]) -> None:
        self.parameters = tuple(parameters)
        self.by_name: dict[str, Parameter] = {}
        for parameter in self.parameters:
            _check_place(parameter, self.by_name)
            self.by_name[parameter.name] = parameter
        if not self.parameters:
            raise InvalidInputError("A space needs at least one parameter, got none; declare one.")
        self.id = _declaration_hash(self.parameters)
        self._parents = frozenset(p.when.parameter for p in self.parameters if p.when is not None)

    @property
    def finite(self) -> bool:
        """Whether the number of configurations is finite: no parameter is a Float."""
        return all(parameter.n_values is not None for parameter in self.parameters)

    def active(self, values: Mapping[str, Any]) -> tuple[Parameter, ...]:
        """Parameters that the given values of their parents make active."""
        known: dict[str, Any] = {}
        found: list[Parameter] = []
        for parameter in self.parameters:
            if _is_active(parameter, known):
                found.append(parameter)
                if parameter.name in values:
                    known[parameter.name] = values[parameter.name]
        return tuple(found)

    def default(self) -> Config:
        """Take the configuration in which every active parameter has its default."""
        return self._complete(lambda parameter, _: parameter.default)

    def sample(self, rng: np.random.Generator) -> Config:
        """Draw each active parameter uniformly in its unit interval."""
        units = rng.random(len(self.parameters)).tolist()
        return self._complete(lambda parameter, i: parameter.from_unit(units[i]))

    def make(self, values: Mapping[str, Any] | None = None, /, **named: Any) -> Config:
        """Check values and complete them.

        Parameters
        ----------
        values : mapping, optional
            Values by name of parameter; a Config of another space is checked like any mapping.
        **named
            The same, for names that are Python identifiers.

        Returns
        -------
        Config
            With defaults for the active parameters that were not given.

        Raises
        ------
        InvalidInputError
            If a name is unknown, a parameter is not active, or a value is out of range.
        """
        given = {**(values if values is not None else {}), **named}
        for name in given:
            if name not in self.by_name:
                raise InvalidInputError(
                    f"Parameter {name!r} is not part of the space, which has "
                    f"{list(self.by_name)}; leave it out."
                )
        config = self._complete(
            lambda parameter, _: (
                parameter.validate(given[parameter.name])
                if parameter.name in given
                else parameter.default
            )
        )
        for name in given:
            if name not in config:
                raise _inactive(self.by_name[name])
        return config

    def adapt(self, values: Mapping[str, Any]) -> Config:
        """Take over what this space has of a configuration of another one.

        Names that it does not have, and values that it does not allow, give way to defaults.

        Examples
        --------
        >>> from automl.space import Float
        >>> space = Space([Float("x", 0.0, 1.0, default=0.5), Float("y", 0.0, 1.0, default=0.5)])
        >>> space.adapt({"x": 0.25, "y": 7.0, "z": "unknown"}).to_dict()
        {'x': 0.25, 'y': 0.5}
        """

        def value_of(parameter: Parameter, _: int) -> Value:
            if parameter.name not in values:
                return parameter.default
            try:
                return parameter.validate(values[parameter.name])
            except InvalidInputError:
                return parameter.default

        return self._complete(value_of)

    def mutate(self, config: Config, rng: np.random.Generator) -> Config:
        """Change one to three active parameters locally.

        Numbers take a Gaussian step in the unit interval, categoricals another choice. Rarely, a
        parameter with children is changed instead: children that become active are drawn, those
        that become inactive are dropped. Where nothing can vary the configuration comes back.
        """
        movable = [p for p in self.active(config) if p.n_values != 1]
        if not movable:
            return config
        leaves = [p for p in movable if p.name not in self._parents]
        switches = [p for p in movable if p.name in self._parents]
        if not leaves or (switches and rng.random() < SWITCH_SHARE):
            chosen = [switches[int(rng.integers(len(switches)))]]
        else:
            n_changes = min(1 + int(rng.integers(MOST_CHANGES)), len(leaves))
            chosen = [leaves[i] for i in rng.permutation(len(leaves))[:n_changes]]
        values = config.to_dict()
        values.update({p.name: p.neighbour(values[p.name], rng) for p in chosen})
        return self._complete(
            lambda parameter, _: (
                values[parameter.name] if parameter.name in values else parameter.sample(rng)
            )
        )

    def configs(self) -> Iterator[Config]:
        """Run through all configurations of a finite space, in the order of the declaration.

        Raises
        ------
        InvalidInputError
            If a parameter is a Float.
        """
        for parameter in self.parameters:
            if isinstance(parameter, Float):
                raise InvalidInputError(
                    f"Only a finite space can be run through, but parameter {parameter.name!r} is "
                    f"a Float; declare it as an Integer or a Categorical."
                )
        return self._branches({}, 0)

    def _branches(self, values: dict[str, Value], position: int) -> Iterator[Config]:
        if position == len(self.parameters):
            yield Config(values, self.id)
            return
        parameter = self.parameters[position]
        if isinstance(parameter, Float) or not _is_active(parameter, values):
            yield from self._branches(values, position + 1)
            return
        for value in parameter.values():
            yield from self._branches({**values, parameter.name: value}, position + 1)

    def _complete(self, value_of: Callable[[Parameter, int], Value]) -> Config:
        """Walk from parents to children and take a legal value for each active parameter."""
        values: dict[str, Value] = {}
        for i, parameter in enumerate(self.parameters):
            if _is_active(parameter, values):
                values[parameter.name] = value_of(parameter, i)
        return Config(values, self.id)


def _is_active(parameter: Parameter, values: Mapping[str, Any]) -> bool:
    """Whether a parameter is active, given the values of the active ones declared before it."""
    when = parameter.when
    return when is None or (when.parameter in values and values[when.parameter] in when.values)


def _check_place(parameter: Parameter, earlier: Mapping[str, Parameter]) -> None:
    if parameter.name in earlier:
        raise InvalidInputError(
            f"Names of parameters must be unique, got {parameter.name!r} twice; rename one of them."
        )
    when = parameter.when
    if when is None:
        return
    parent = earlier.get(when.parameter)
    if parent is None or isinstance(parent, Float):
        raise InvalidInputError(
            f"Parameter {parameter.name!r} must depend on a categorical or integer parameter "
            f"declared before it, got {when.parameter!r}; declare the parent first."
        )
    if not when.values:
        raise InvalidInputError(
            f"Parameter {parameter.name!r} needs at least one value of {when.parameter!r} for "
            f"which it is active, got none; leave the condition out or fill it."
        )
    for value in when.values:
        parent.validate(value)


def _inactive(parameter: Parameter) -> InvalidInputError:
    when = parameter.when
    condition = "" if when is None else f" ({when.parameter!r} is among {list(when.values)})"
    return InvalidInputError(
        f"Parameter {parameter.name!r} is not active in this configuration, its condition"
        f"{condition} does not hold; leave it out."
    )


def _declaration_hash(parameters: Sequence[Parameter]) -> str:
    declared = []
    for parameter in parameters:
        when = parameter.when
        condition = None if when is None else [when.parameter, list(when.values)]
        extent: list[Any]
        if isinstance(parameter, Categorical):
            extent = list(parameter.choices)
        else:
            extent = [parameter.low, parameter.high, parameter.log]
        kind = type(parameter).__name__
        declared.append([kind, parameter.name, extent, parameter.default, condition])
    return hashlib.sha256(json.dumps(declared).encode()).hexdigest()[:12]
