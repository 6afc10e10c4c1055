"""Union of runs: the same whatever the order, and however often a run comes in.

Runs of one table with the same metric, protocol and space become one record. Of evaluations of
one configuration at one rung the best-known is kept, with the largest of their weights.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from automl.knowledge.records import EvalRecord, RunRecord

__all__ = ["merge"]


def merge(records: Iterable[RunRecord]) -> tuple[RunRecord, ...]:
    """Unite runs by their key, sorted by it.

    Parameters
    ----------
    records : iterable of RunRecord
        In any order, with repetitions.

    Returns
    -------
    tuple of RunRecord
        Evaluations are sorted by rung and configuration.
    """
    groups: dict[tuple[str, ...], list[RunRecord]] = {}
    for record in records:
        groups.setdefault(record.key, []).append(record)
    return tuple(_united(groups[key]) for key in sorted(groups))


def _united(records: list[RunRecord]) -> RunRecord:
    """Take one description, and the best-known of each evaluation."""
    best: dict[tuple[int, str], EvalRecord] = {}
    weight: dict[tuple[int, str], float] = {}
    for record in records:
        for evaluation in record.evals:
            place = evaluation.rung, evaluation.config_key
            weight[place] = max(evaluation.weight, weight.get(place, 0.0))
            if place not in best or _order(evaluation) < _order(best[place]):
                best[place] = evaluation
    # Runs on other splits describe the table a little differently: any choice will do, but it
    # must not depend on the order in which they come.
    described = min(records, key=lambda record: (record.name, _canonical(record.metafeatures)))
    evals = tuple(replace(best[place], weight=weight[place]) for place in sorted(best))
    return replace(described, evals=evals)


def _order(evaluation: EvalRecord) -> tuple[float, str]:
    loss = float("inf") if evaluation.loss is None else evaluation.loss
    return loss, _canonical(asdict(evaluation))


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
