"""One family of a space as a flat box: its parameters, and points in which NaN means inactive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from automl.space import Categorical, Config, Parameter, Space

__all__ = ["Branch", "Points"]

FIRST_ROWS = 64

Points = npt.NDArray[np.float64]
"""Shape (n_points, n_columns): numbers in [0, 1], categoricals as index of the choice."""


class Branch:
    """The parameters that can be active in one family.

    Parameters
    ----------
    space : Space
        The whole space.
    root : str, optional
        Name of the parameter that chooses the family; None takes the whole space as one family.
    family : value of the root
        The family.

    Attributes
    ----------
    parameters : tuple of Parameter
        One for each column of the points; the root is not among them.
    n_choices : ndarray of shape (n_columns,)
        Number of choices of a categorical column, 0 for a number.
    """

    def __init__(self, space: Space, root: str | None, family: object) -> None:
        self._space = space
        self._fixed = {} if root is None else {root: family}
        self.parameters = _reachable(space, root, family)
        self.n_choices = np.array(
            [p.n_choices if isinstance(p, Categorical) else 0 for p in self.parameters], dtype=int
        )
        self._column = {p.name: i for i, p in enumerate(self.parameters)}
        self._rows: dict[Config, int] = {}
        self._points: Points = np.empty((FIRST_ROWS, len(self.parameters)))

    def encode(self, configs: Sequence[Config]) -> Points:
        """Turn configurations into points; what was computed once is remembered."""
        rows = [self._row(config) for config in configs]
        return self._points[rows]

    def _row(self, config: Config) -> int:
        """Number of a configuration's point; the table of points grows by doubling."""
        row = self._rows.get(config)
        if row is None:
            row = self._rows[config] = len(self._rows)
            if row == len(self._points):
                self._points = np.concatenate([self._points, np.empty_like(self._points)])
            self._points[row] = [_position(p, config) for p in self.parameters]
        return row

    def deactivate(self, points: Points) -> Points:
        """Set to NaN what the values of parents make inactive; columns run from parents down."""
        masked = points.copy()
        for i, parameter in enumerate(self.parameters):
            when = parameter.when
            if when is not None and when.parameter in self._column:
                j = self._column[when.parameter]
                units, which = np.unique(masked[:, j], return_inverse=True)
                values = [_value(self.parameters[j], unit) for unit in units.tolist()]
                inactive = [value is _NOTHING or value not in when.values for value in values]
                masked[np.array(inactive, dtype=bool)[which], i] = np.nan
        return masked

    def decode(self, point: Points) -> Config:
        """Turn one point, whose inactive columns are NaN, into a configuration."""
        values = dict(self._fixed)
        for parameter, unit in zip(self.parameters, point.tolist(), strict=True):
            value = _value(parameter, unit)
            if value is not _NOTHING:
                values[parameter.name] = value
        return self._space.make(values)


_NOTHING = object()


def _value(parameter: Parameter, unit: float) -> object:
    if np.isnan(unit):
        return _NOTHING
    if isinstance(parameter, Categorical):
        return parameter.choices[int(unit)]
    return parameter.from_unit(unit)


def _position(parameter: Parameter, config: Config) -> float:
    if parameter.name not in config:
        return float("nan")
    value = config[parameter.name]
    if isinstance(parameter, Categorical):
        return float(parameter.index(value))
    return parameter.to_unit(value)


def _reachable(space: Space, root: str | None, family: object) -> tuple[Parameter, ...]:
    """Parameters that some values of the others make active within a family."""
    names: set[str] = set()
    for parameter in space.parameters:
        when = parameter.when
        if parameter.name == root:
            continue
        below_root = when is not None and when.parameter == root
        if when is None or (family in when.values if below_root else when.parameter in names):
            names.add(parameter.name)
    return tuple(p for p in space.parameters if p.name in names)
