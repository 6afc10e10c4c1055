"""The three kinds of parameters, each a frozen declaration over the unit interval."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np

from automl.exceptions import InvalidInputError
from automl.space.values import Value, canonical_float, check_range, finite, scalar, whole

__all__ = ["Categorical", "Float", "Integer", "Parameter", "When"]

STEP = 0.15  # standard deviation of a local step, in units of the (log-scaled) range


@dataclass(frozen=True)
class When:
    """A condition: the parent is active and its value is among `values`.

    Parameters
    ----------
    parameter : str
        Name of the parent, a categorical or integer parameter declared before the child.
    values : tuple
        Values of the parent for which the child is active.
    """

    parameter: str
    values: tuple[Any, ...]


@dataclass(frozen=True)
class Float:
    """A real number in a closed range.

    Parameters
    ----------
    name : str
        Unique within a space.
    low, high : float
        Bounds, both included; positive where `log` is set.
    default : float
        A value that is sensible without further knowledge.
    log : bool, default=False
        Whether steps are relative: the unit interval is then laid on the logarithm.
    when : When, optional
        Condition under which the parameter is active; None means always.

    Raises
    ------
    InvalidInputError
        If the range is empty or the default lies outside of it.

    Examples
    --------
    >>> rate = Float("rate", 0.001, 1.0, default=0.1, log=True)
    >>> rate.from_unit(0.5)
    0.0316227766017
    >>> round(rate.to_unit(0.1), 3)
    0.667
    """

    name: str
    low: float
    high: float
    default: float
    log: bool = False
    when: When | None = None
    _edges: tuple[float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for bound in ("low", "high"):
            value = finite(self.name, getattr(self, bound))
            # rounding keeps order, so canonical values never leave canonical bounds
            object.__setattr__(self, bound, canonical_float(value))
        check_range(self.name, self.low, self.high, self.log)
        edges = (math.log(self.low), math.log(self.high)) if self.log else (self.low, self.high)
        object.__setattr__(self, "_edges", edges)
        object.__setattr__(self, "default", self.validate(self.default))

    def validate(self, value: object) -> float:
        """Return the canonical form of a legal value; raise InvalidInputError for any other."""
        number = canonical_float(finite(self.name, value))
        if not self.low <= number <= self.high:
            raise InvalidInputError(
                f"Parameter {self.name!r} must be a number from {self.low} to {self.high}, "
                f"got {value!r}; choose a value within the range."
            )
        return number

    def to_unit(self, value: Any) -> float:
        """Map a legal value to [0, 1]."""
        low, high = self._edges
        position = math.log(value) if self.log else float(value)
        return min(max((position - low) / (high - low), 0.0), 1.0)

    def from_unit(self, unit: float) -> float:
        """Map a number in [0, 1] to a legal value."""
        low, high = self._edges
        position = low + unit * (high - low)
        number = canonical_float(math.exp(position) if self.log else position)
        return min(max(number, self.low), self.high)

    def sample(self, rng: np.random.Generator) -> float:
        """Draw a value, uniformly in the unit interval."""
        return self.from_unit(rng.random())

    def neighbour(self, value: Any, rng: np.random.Generator) -> float:
        """Take a local step from a value."""
        return self.from_unit(_step(self.to_unit(value), rng))

    @property
    def n_values(self) -> int | None:
        """Number of different values; None where it is not finite."""
        return None


@dataclass(frozen=True)
class Integer:
    """A whole number in a closed range.

    Parameters
    ----------
    name : str
        Unique within a space.
    low, high : int
        Bounds, both included; positive where `log` is set.
    default : int
        A value that is sensible without further knowledge.
    log : bool, default=False
        Whether steps are relative: the unit interval is then laid on the logarithm.
    when : When, optional
        Condition under which the parameter is active; None means always.

    Raises
    ------
    InvalidInputError
        If the range is empty or the default lies outside of it.

    Examples
    --------
    >>> depth = Integer("depth", 1, 4, default=3)
    >>> [depth.from_unit(unit) for unit in (0.0, 0.3, 1.0)]
    [1, 2, 4]
    """

    name: str
    low: int
    high: int
    default: int
    log: bool = False
    when: When | None = None
    _edges: tuple[float, float] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for bound in ("low", "high"):
            object.__setattr__(self, bound, whole(self.name, getattr(self, bound)))
        check_range(self.name, self.low, self.high, self.log)
        # half a step beyond both bounds: each number owns an interval, the bounds included
        edges = (self.low - 0.5, self.high + 0.5)
        if self.log:
            edges = (math.log(edges[0]), math.log(edges[1]))
        object.__setattr__(self, "_edges", edges)
        object.__setattr__(self, "default", self.validate(self.default))

    def validate(self, value: object) -> int:
        """Return a legal value as int; raise InvalidInputError for any other."""
        number = whole(self.name, value)
        if not self.low <= number <= self.high:
            raise InvalidInputError(
                f"Parameter {self.name!r} must be a whole number from {self.low} to {self.high}, "
                f"got {value!r}; choose a value within the range."
            )
        return number

    def to_unit(self, value: Any) -> float:
        """Map a legal value to the middle of its interval within [0, 1]."""
        low, high = self._edges
        position = math.log(value) if self.log else float(value)
        return (position - low) / (high - low)

    def from_unit(self, unit: float) -> int:
        """Map a number in [0, 1] to a legal value."""
        low, high = self._edges
        position = low + unit * (high - low)
        number = math.floor((math.exp(position) if self.log else position) + 0.5)
        return min(max(number, self.low), self.high)

    def sample(self, rng: np.random.Generator) -> int:
        """Draw a value, uniformly in the unit interval."""
        return self.from_unit(rng.random())

    def neighbour(self, value: Any, rng: np.random.Generator) -> int:
        """Take a local step from a value, always to another one."""
        number = self.from_unit(_step(self.to_unit(value), rng))
        if number != value:
            return number
        upwards = value == self.low or (value != self.high and rng.random() < 0.5)
        return int(value) + (1 if upwards else -1)

    @property
    def n_values(self) -> int:
        """Number of different values."""
        return self.high - self.low + 1

    def values(self) -> Iterator[int]:
        """Run through all values."""
        return iter(range(self.low, self.high + 1))


@dataclass(frozen=True)
class Categorical:
    """One of several unordered choices.

    Parameters
    ----------
    name : str
        Unique within a space.
    choices : tuple of str, bool, int, float or None
        Different values; `True` and `1` count as the same.
    default : str, bool, int, float or None
        One of the choices.
    when : When, optional
        Condition under which the parameter is active; None means always.

    Raises
    ------
    InvalidInputError
        If choices are missing, equal or not scalars, or the default is none of them.

    Examples
    --------
    >>> kernel = Categorical("kernel", ("linear", "rbf"), default="rbf")
    >>> kernel.to_unit("rbf"), kernel.from_unit(0.2)
    (0.75, 'linear')
    """

    name: str
    choices: tuple[Value, ...]
    default: Value
    when: When | None = None
    _index: dict[Value, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        choices = tuple(scalar(self.name, choice) for choice in self.choices)
        index = {choice: i for i, choice in enumerate(choices)}
        if not choices or len(index) != len(choices):
            raise InvalidInputError(
                f"Parameter {self.name!r} needs at least one choice and no two equal ones, "
                f"got {self.choices!r}; list each choice once."
            )
        object.__setattr__(self, "choices", choices)
        object.__setattr__(self, "_index", index)
        object.__setattr__(self, "default", self.validate(self.default))

    def validate(self, value: object) -> Value:
        """Return the choice that equals a value; raise InvalidInputError where there is none."""
        return self.choices[self.index(scalar(self.name, value))]

    def index(self, value: Any) -> int:
        """Position of a choice."""
        try:
            return self._index[value]
        except KeyError:
            raise InvalidInputError(
                f"Parameter {self.name!r} must be one of {list(self.choices)}, got {value!r}; "
                f"choose one of them."
            ) from None

    def to_unit(self, value: Any) -> float:
        """Map a choice to the middle of its share of [0, 1]."""
        return (self.index(value) + 0.5) / len(self.choices)

    def from_unit(self, unit: float) -> Value:
        """Map a number in [0, 1] to a choice."""
        n_choices = len(self.choices)
        return self.choices[min(int(unit * n_choices), n_choices - 1)]

    def sample(self, rng: np.random.Generator) -> Value:
        """Draw a choice, all equally likely."""
        return self.from_unit(rng.random())

    def neighbour(self, value: Any, rng: np.random.Generator) -> Value:
        """Draw another choice; the only one stays."""
        if len(self.choices) == 1:
            return self.choices[0]
        shift = 1 + int(rng.integers(len(self.choices) - 1))
        return self.choices[(self.index(value) + shift) % len(self.choices)]

    @property
    def n_choices(self) -> int:
        """Number of choices."""
        return len(self.choices)

    @property
    def n_values(self) -> int:
        """Number of different values."""
        return len(self.choices)

    def values(self) -> Iterator[Value]:
        """Run through all choices."""
        return iter(self.choices)


Parameter: TypeAlias = Float | Integer | Categorical
"""Any of the three kinds."""


def _step(unit: float, rng: np.random.Generator) -> float:
    """Gaussian step in the unit interval, mirrored at its ends."""
    moved = abs(unit + STEP * rng.standard_normal())
    return min(max(2.0 - moved if moved > 1.0 else moved, 0.0), 1.0)
