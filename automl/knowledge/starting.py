"""Where to start: what the ensembles of own tables most like a new one were made of."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from automl.knowledge.likeness import likeness
from automl.knowledge.records import EvalRecord, RunRecord
from automl.knowledge.similarity import Neighbour
from automl.space import Config, Space

__all__ = ["WarmStart", "adapted", "incumbents", "root_of"]

_BEST_SHARE = 0.5
_PER_FAMILY = 3


@dataclass(frozen=True)
class WarmStart:
    """A configuration to begin with, and where it comes from.

    Parameters
    ----------
    config : Config
        Legal in the space of the new run.
    source : str
        Name of the table on which it did well.
    distance : float
        From that table, see `Neighbour`.
    why : str
        The reason, for a reader.
    own : bool
        Whether it comes from a run of one's own; others are from a compiled base.
    """

    config: Config
    source: str
    distance: float
    why: str
    own: bool = False

    def __repr__(self) -> str:
        first = next(iter(self.config.values()), "")  # the parameter on which all others depend
        return f"WarmStart({first}, from {self.source!r})"


def incumbents(near: Sequence[Neighbour], space: Space, n_configs: int) -> list[WarmStart]:
    """Take turns among tables, each handing over the members of its ensemble.

    Where those are not known (the run chose none, or left nothing but losses), its best
    configurations take their place.

    Parameters
    ----------
    near : sequence of Neighbour
        Nearest first.
    space : Space
        Of the new run; a family that it does not have is passed over, other values give way.
    n_configs : int
        At most so many.

    Returns
    -------
    list of WarmStart
        Without repetitions.
    """
    starts: dict[Config, WarmStart] = {}
    root = root_of(space)
    for neighbour, evaluation in _take_turns(near, root):
        if len(starts) == n_configs:
            break
        config = adapted(evaluation.config, space, root)
        if config is not None:
            starts.setdefault(config, _start(config, neighbour, member=evaluation.weight > 0.0))
    return list(starts.values())


def adapted(values: Mapping[str, Any], space: Space, root: str | None) -> Config | None:
    """Make a configuration legal in a space; None if the space does not have its family."""
    config = space.adapt(values)
    return config if root is None or config[root] == values.get(root) else None


def root_of(space: Space) -> str | None:
    """Name of the parameter that chooses the family, the first with children; None if flat."""
    for parameter in space.parameters:
        if parameter.when is not None:
            return parameter.when.parameter
    return None


def _take_turns(
    near: Sequence[Neighbour], root: str | None
) -> Iterator[tuple[Neighbour, EvalRecord]]:
    """First of the nearest, first of the next, and so on; then the second of each."""
    for turn in zip_longest(*(_handed_over(neighbour.record, root) for neighbour in near)):
        for neighbour, evaluation in zip(near, turn, strict=True):
            if evaluation is not None:
                yield neighbour, evaluation


def _handed_over(record: RunRecord, root: str | None) -> list[EvalRecord]:
    """Members of the ensemble, the heaviest first: the best ones alone are too much alike."""
    members = [evaluation for evaluation in record.evals if evaluation.weight > 0.0]
    return sorted(members, key=lambda one: -one.weight) if members else _best(record, root)


def _best(record: RunRecord, root: str | None) -> list[EvalRecord]:
    """Better half of what reached the highest rung, not more than three of a family."""
    scored = [evaluation for evaluation in record.evals if evaluation.ok]
    top = max((evaluation.rung for evaluation in scored), default=0)
    ranked = sorted((e for e in scored if e.rung == top), key=_loss)
    ranked = ranked[: math.ceil(_BEST_SHARE * len(ranked))]
    families: dict[object, int] = {}
    chosen = []
    for evaluation in ranked:
        family = evaluation.config.get(root) if root is not None else evaluation.config_key
        families[family] = families.get(family, 0) + 1
        if families[family] <= _PER_FAMILY:
            chosen.append(evaluation)
    return chosen


def _loss(evaluation: EvalRecord) -> float:
    return math.inf if evaluation.loss is None else evaluation.loss


def _start(config: Config, neighbour: Neighbour, member: bool) -> WarmStart:
    name = neighbour.record.name
    did = "was in the ensemble" if member else "won"
    why = f"{did} on {name!r}, {likeness(neighbour)}"
    return WarmStart(config, name, neighbour.distance, why, own=True)
