"""What the user knows about the direction in which a column acts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Real

from automl.data.columns import Column
from automl.data.target import Task
from automl.exceptions import InvalidInputError, shown

__all__ = ["check_directions", "read_directions"]


def check_directions(directions: Mapping[str, int] | None, task: Task) -> None:
    """Refuse constraints where there is no one direction to predict in.

    Raises
    ------
    InvalidInputError
        If there are more than two classes.
    """
    if directions and task == "multiclass":
        raise InvalidInputError(
            "`monotonic_constraints` must be left out for more than two classes, whose "
            "probabilities cannot all rise; got a multiclass task: merge classes into two, or pass "
            "numbers and task='regression'."
        )


def read_directions(
    directions: Mapping[str, int] | None, columns: Sequence[Column]
) -> dict[str, int]:
    """Check constraints against the columns of a table.

    Parameters
    ----------
    directions : mapping of str to int, optional
        Column to 1, -1 or 0.
    columns : sequence of Column
        What was found; columns that are left out may have a direction, which then says nothing.

    Returns
    -------
    dict of str to int
        Without zeros.

    Raises
    ------
    InvalidInputError
        If there is no such column, it holds no numbers, or the direction is another one.
    """
    types = {column.name: column.type for column in columns}
    found = {str(name): way for name, way in (directions or {}).items()}
    for name, way in found.items():
        if name not in types:
            known = ", ".join(map(repr, list(types)[:10]))
            raise InvalidInputError(
                f"`monotonic_constraints` must name columns of X, which has {known}; got {name!r}: "
                "correct the name."
            )
        if not isinstance(way, Real) or isinstance(way, bool) or way not in (-1, 0, 1):
            raise InvalidInputError(
                f"`monotonic_constraints` must be 1, -1 or 0; got {shown(way)} for column "
                f"{name!r}: change it."
            )
        if way and types[name] in ("categorical", "datetime", "text"):
            raise InvalidInputError(
                f"`monotonic_constraints` must name columns of numbers; got column {name!r}, which "
                f"was taken for {types[name]!r}: leave it out, or say 'numeric' in column_types."
            )
    return {name: int(way) for name, way in found.items() if way}
