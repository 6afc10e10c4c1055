"""Lines that an earlier version wrote, in the form of today."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

__all__ = ["migrate"]

Fields = Mapping[str, Any]


def migrate(
    head: Fields, evals: Sequence[Fields], schema: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Bring a run step by step to a schema.

    Configurations are left as they are: `Space.adapt` takes them over into the space of the run
    that reads them.

    Parameters
    ----------
    head : mapping
        The line about the run, with its schema.
    evals : sequence of mapping
        The lines about evaluations.
    schema : int
        That of today.

    Raises
    ------
    ValueError
        If the lines are of a schema that this version does not know.

    Examples
    --------
    >>> head, evals = migrate({"schema": 1, "name": "iris"}, [{"loss": 0.1}], 3)
    >>> head["prior_loss"], evals
    (None, [{'loss': 0.1, 'cut': False, 'weight': 0.0}])
    """
    migrated, lines = dict(head), [dict(line) for line in evals]
    while migrated["schema"] != schema:
        step = _STEPS.get(migrated["schema"])
        if step is None:
            raise ValueError(f"its schema is {migrated['schema']!r}, this version reads {schema}")
        step(migrated, lines)
        migrated["schema"] += 1
    return migrated, lines


def _from_1(head: dict[str, Any], evals: list[dict[str, Any]]) -> None:
    head.setdefault("family", "")
    head.setdefault("prior_loss", None)
    for line in evals:
        line.setdefault("cut", False)


def _from_2(_head: dict[str, Any], evals: list[dict[str, Any]]) -> None:
    for line in evals:
        line.setdefault("weight", 0.0)


_STEPS: Mapping[int, Callable[[dict[str, Any], list[dict[str, Any]]], None]] = {
    1: _from_1,
    2: _from_2,
}
