"""What parameters may hold, its canonical form, and the checks that the three kinds share."""

from __future__ import annotations

import math
import operator
from typing import TypeAlias

import numpy as np

from automl.exceptions import InvalidInputError

__all__ = ["Value", "canonical_float", "check_range", "finite", "scalar", "whole"]

Value: TypeAlias = str | int | float | bool | None
"""What a parameter may hold: JSON scalars, so that a configuration can be written anywhere."""


def canonical_float(value: float) -> float:
    """Round to 12 significant digits, the precision at which configurations are compared."""
    return float(f"{value:.12g}")


def finite(name: str, value: object) -> float:
    """Return a number as float; refuse booleans, NaN and infinities."""
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if not is_number or isinstance(value, bool) or not math.isfinite(value):  # type: ignore[arg-type]
        raise InvalidInputError(
            f"Parameter {name!r} must be a finite number, got {value!r}; give an int or a float."
        )
    return float(value)  # type: ignore[arg-type]


def whole(name: str, value: object) -> int:
    """Return a whole number as int; refuse booleans and floats."""
    try:
        if isinstance(value, bool):
            raise TypeError
        return operator.index(value)  # type: ignore[arg-type]
    except TypeError:
        raise InvalidInputError(
            f"Parameter {name!r} must be a whole number, got {value!r}; give an int."
        ) from None


def scalar(name: str, value: object) -> Value:
    """Return a JSON scalar as plain Python value, floats in canonical form."""
    plain = value.item() if isinstance(value, np.generic) else value
    is_scalar = plain is None or isinstance(plain, str | bool | int | float)
    if not is_scalar or (isinstance(plain, float) and not math.isfinite(plain)):
        raise InvalidInputError(
            f"Choices of parameter {name!r} must be strings, booleans, finite numbers or None, "
            f"got {value!r}; name the choice with a string."
        )
    return canonical_float(plain) if isinstance(plain, float) else plain  # type: ignore[return-value]


def check_range(name: str, low: float, high: float, log: bool) -> None:
    """Refuse an empty range, and a logarithm that does not exist."""
    if not low < high:
        raise InvalidInputError(
            f"Parameter {name!r} needs low < high, got low={low} and high={high}; "
            f"leave out a parameter that cannot vary."
        )
    if log and low <= 0:
        raise InvalidInputError(
            f"Parameter {name!r} needs a positive low with log=True, got low={low}; "
            f"raise low or set log=False."
        )
