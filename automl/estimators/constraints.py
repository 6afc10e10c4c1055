"""What a setting may be: tests of a value that also say in words what they allow."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = [
    "NONE",
    "TRUE_OR_FALSE",
    "Constraint",
    "alternatives",
    "folder",
    "functions",
    "generator",
    "is_whole",
    "literal",
    "mapping",
    "metrics",
    "name",
    "number",
    "own_metric",
    "positions",
    "splitter",
    "whole",
]


@dataclass(frozen=True)
class Constraint:
    """One of the kinds of values that a setting may have.

    Parameters
    ----------
    words : str
        As it stands in "must be ...".
    allows : callable
        Whether a value is of this kind; it is asked of values of any type.
    typed : bool
        Whether it can be typed as an option of a command.
    """

    words: str
    allows: Callable[[Any], bool]
    typed: bool = False


def alternatives(constraints: Iterable[Constraint]) -> str:
    """All of them in words, as they stand in "must be ...".

    Examples
    --------
    >>> alternatives([literal("auto"), *TRUE_OR_FALSE])
    "'auto', True or False"
    """
    *first, last = [constraint.words for constraint in constraints]
    return f"{', '.join(first)} or {last}" if first else last


def literal(value: str | bool | None) -> Constraint:
    """One value, such as "auto"."""
    return Constraint(
        repr(value),
        lambda given: isinstance(given, type(value)) and given == value,
        typed=isinstance(value, str),
    )


NONE = literal(None)
TRUE_OR_FALSE = (literal(True), literal(False))


def number(words: str, inside: Callable[[Any], bool]) -> Constraint:
    """A number that a condition holds for."""
    return Constraint(words, lambda given: _is_number(given) and inside(given), typed=True)


def whole(words: str, inside: Callable[[Any], bool]) -> Constraint:
    """A whole number that a condition holds for."""
    return Constraint(words, lambda given: is_whole(given) and inside(given), typed=True)


def is_whole(value: Any) -> bool:
    """Whether it is a whole number; True and False are none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, numbers.Real) and not isinstance(value, bool) and value == value


def name(words: str) -> Constraint:
    """A text that names something."""
    return Constraint(words, _is_name, typed=True)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def mapping(words: str) -> Constraint:
    """Names with what is said of each."""
    return Constraint(words, lambda given: isinstance(given, Mapping))


def own_metric(words: str) -> Constraint:
    """A metric that is no name."""
    return Constraint(words, lambda given: not isinstance(given, str) and _is_metric(given))


def metrics(words: str) -> Constraint:
    """Several metrics."""
    return Constraint(words, lambda given: _is_list(given) and all(map(_is_metric, given)))


def _is_metric(value: Any) -> bool:
    from automl.metrics import Metric

    return _is_name(value) or callable(value) or isinstance(value, Metric)


def functions(words: str) -> Constraint:
    """Several functions."""
    return Constraint(words, lambda given: _is_list(given) and all(map(callable, given)))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str)


def splitter(words: str) -> Constraint:
    """What gives folds when it is asked."""
    return Constraint(words, lambda given: hasattr(given, "split") and not _is_text(given))


def positions(words: str) -> Constraint:
    """Folds, one after another; the rows in them are looked at with the table."""
    return Constraint(words, lambda given: isinstance(given, Iterable) and not _is_text(given))


def _is_text(value: Any) -> bool:
    return isinstance(value, str | bytes)


def folder(words: str) -> Constraint:
    """What can name a folder; an empty text, a variable not set, would be the present one."""
    return Constraint(
        words,
        lambda given: isinstance(given, str | Path) and given != "" and "\0" not in str(given),
        typed=True,
    )


def generator(words: str) -> Constraint:
    """A source of random numbers of numpy."""
    return Constraint(words, _is_generator)


def _is_generator(value: Any) -> bool:
    import numpy as np  # here: the command line reads the settings before it needs numpy

    return isinstance(value, np.random.Generator | np.random.RandomState)
