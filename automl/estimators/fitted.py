"""What a fit found, on its way to the attributes of an estimator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.data import TableEncoder, Target
from automl.run.fit import RunResult

__all__ = ["Fitted"]


@dataclass(frozen=True, eq=False)
class Fitted:
    """The model of one target, or of several together.

    Parameters
    ----------
    encoder : TableEncoder
    names : tuple of str
        Of the targets.
    task, reason, metric : str
    classes : ndarray, list of ndarray or None
        Labels; one array for each of several targets, None where numbers are predicted.
    model : EnsembleModel or ModelPerTarget
    holdout : Holdout or None
    refitted : bool
    history, warm_start : object
        A list of one for each of several targets.
    info : dict
    each : tuple of Fitted
        Of several targets, each for itself; of a single one, nothing.
    """

    encoder: TableEncoder
    names: tuple[str, ...]
    task: str
    reason: str
    metric: str
    classes: Any
    model: Any
    holdout: Any
    refitted: bool
    history: Any
    warm_start: Any
    info: dict[str, Any]
    each: tuple[Fitted, ...] = ()

    @classmethod
    def of_one(cls, encoder: TableEncoder, target: Target, result: RunResult) -> Fitted:
        """What the run of a single target found."""
        return cls(
            encoder=encoder,
            names=(target.name,),
            task=target.task,
            reason=target.reason,
            metric=result.metric.name,
            classes=target.classes,
            model=result.model,
            holdout=result.holdout,
            refitted=result.refitted,
            history=result.history,
            warm_start=result.warm_start,
            info=result.info,
        )
