"""What is stored of a run, and its form as lines of JSON.

A run is one line that describes it, followed by one line for each evaluation. Failed and cut-off
evaluations are lines like any other: that something does not work is knowledge, too.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, get_args

from automl.history import Status, status_in_record
from automl.knowledge.migration import migrate

__all__ = ["PROTOCOL", "SCHEMA", "EvalRecord", "RunRecord", "run_from_lines", "run_to_lines"]

SCHEMA = 3
"""Version 2 added the family and the prior's loss of a table, and whether a fit was cut off;
version 3 the weights of an ensemble's members."""
PROTOCOL = "rungs-1"
"""How losses at a rung are measured; losses of different protocols are never compared."""

_SIGNIFICANT_DIGITS = 3
_EXTREMES = frozenset({"min", "max", "minimum", "maximum"})


@dataclass(frozen=True)
class EvalRecord:
    """One evaluation.

    Parameters
    ----------
    config : mapping
        Active parameters and their values, JSON scalars.
    config_key : str
        `Config.key` of the configuration.
    rung : int
        Fidelity, 0 the cheapest.
    status : str
        How it ended, see `automl.history.Status`.
    loss : float or None
        None unless the status is "ok".
    cpu_seconds, wall_seconds : float
        What it cost.
    cut : bool
        Whether a learner ran into its limit and handed back the best so far.
    weight : float
        Of the configuration in the ensemble that its run chose; 0 where it is no member.
    """

    config: Mapping[str, Any]
    config_key: str
    rung: int
    status: Status
    loss: float | None
    cpu_seconds: float
    wall_seconds: float
    cut: bool = False
    weight: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether there is a loss."""
        return self.loss is not None


@dataclass(frozen=True)
class RunRecord:
    """One run on one table.

    Parameters
    ----------
    dataset_key : str
        Public id of a table, or `private_key` of a private one.
    name : str
        What the table is called where its record is used.
    task, metric : str
        What was predicted, and the metric whose losses are stored.
    metafeatures : mapping of str to float
        Description of the table; rounded and without extreme values in what is stored.
    space_id : str
        `Space.id` of the space that the configurations are from.
    evals : tuple of EvalRecord
        In the order in which they ended.
    protocol : str
        How losses were measured.
    family : str
        Tables of one family are relatives; "" is a family of its own.
    prior_loss : float, optional
        Loss of a model that knows the distribution of the target alone; None: not known.
    """

    dataset_key: str
    name: str
    task: str
    metric: str
    metafeatures: Mapping[str, float]
    space_id: str
    evals: tuple[EvalRecord, ...]
    protocol: str = PROTOCOL
    family: str = ""
    prior_loss: float | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What identifies the runs whose losses may be compared."""
        return self.dataset_key, self.task, self.metric, self.protocol, self.space_id


def run_to_lines(record: RunRecord) -> Iterator[str]:
    """Write a run as lines of strict JSON, without what must not leave its owner."""
    fields = {name: getattr(record, name) for name in _RUN_FIELDS}
    fields["metafeatures"] = publishable(record.metafeatures)
    yield _dump({"kind": "run", "schema": SCHEMA, **fields})
    for evaluation in record.evals:
        yield _dump({"kind": "eval", **asdict(evaluation)})


def run_from_lines(lines: Iterable[str]) -> RunRecord:
    """Read what `run_to_lines` wrote.

    Raises
    ------
    ValueError, KeyError, TypeError
        If the lines are anything else.
    """
    first, *others = [json.loads(line) for line in lines]
    if first["kind"] != "run":
        raise ValueError(f"it begins with a {first['kind']!r} line")
    first, others = migrate(first, others, SCHEMA)
    prior = first["prior_loss"]
    return RunRecord(
        **{name: str(first[name]) for name in _TEXTS},
        metafeatures={str(name): float(value) for name, value in first["metafeatures"].items()},
        prior_loss=None if prior is None else float(prior),
        evals=tuple(map(_evaluation, others)),
    )


def publishable(metafeatures: Mapping[str, float]) -> dict[str, float]:
    """Round to three significant digits; leave out extreme values, which belong to single rows.

    Examples
    --------
    >>> publishable({"log_n_rows": 6.34388, "log_max_levels": 2.1})
    {'log_n_rows': 6.34}
    """
    return {
        name: _rounded(value)
        for name, value in metafeatures.items()
        if math.isfinite(value) and not _EXTREMES & set(re.split(r"[^a-z0-9]+", name.lower()))
    }


_TEXTS = ("dataset_key", "name", "task", "metric", "protocol", "space_id", "family")
_RUN_FIELDS = (*_TEXTS, "metafeatures", "prior_loss")


def _evaluation(entry: Mapping[str, Any]) -> EvalRecord:
    status, loss = status_in_record(entry["status"]), entry["loss"]
    if entry["kind"] != "eval" or status not in get_args(Status):
        raise ValueError(f"it holds a {entry['kind']!r} line with status {status!r}")
    if (status == "ok") != (loss is not None):
        raise ValueError(f"it holds status {status!r} together with loss {loss!r}")
    return EvalRecord(
        config=dict(entry["config"]),
        config_key=str(entry["config_key"]),
        rung=int(entry["rung"]),
        status=status,
        loss=None if loss is None else float(loss),
        cpu_seconds=float(entry["cpu_seconds"]),
        wall_seconds=float(entry["wall_seconds"]),
        cut=bool(entry["cut"]),
        weight=float(entry["weight"]),
    )


def _rounded(value: float) -> float:
    return float(f"{value:.{_SIGNIFICANT_DIGITS}g}")


def _dump(fields: Mapping[str, Any]) -> str:
    return json.dumps(fields, allow_nan=False, sort_keys=True, separators=(",", ":"))
