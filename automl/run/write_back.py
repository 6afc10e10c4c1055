"""The last step of a run: what was evaluated goes to the own knowledge base."""

from __future__ import annotations

from collections.abc import Sequence

from automl.data import Dataset
from automl.ensemble import Member
from automl.exceptions import KnowledgeBaseError, warn_user
from automl.history import History
from automl.knowledge import PROTOCOL, EvalRecord, RunRecord, automl_home, private_key
from automl.metrics import Metric
from automl.run.advised import Known
from automl.run.record import table_digest
from automl.run.scheme import Scheme

__all__ = ["write_back"]


def write_back(
    known: Known,
    space_id: str,
    dataset: Dataset,
    scheme: Scheme,
    metric: Metric,
    history: History,
    members: Sequence[Member],
) -> None:
    """Add the run to the knowledge base that it asked; a model is never lost because that fails.

    Parameters
    ----------
    known : Known
        Nothing is added where it has no base.
    space_id : str
        Of the space that was searched.
    dataset : Dataset
    scheme : Scheme
        How rows were divided; losses under another division do not compare.
    metric : Metric
    history : History
    members : sequence of Member
        Of the ensemble that was chosen.
    """
    if known.base is None:
        return
    parts = (PROTOCOL, scheme.name, "" if dataset.weights is None else "weights")
    try:
        key = private_key(automl_home(), table_digest(dataset))
        known.base.add(
            RunRecord(
                dataset_key=key,
                name=f"table {key[:8]}",
                task=dataset.task,
                metric=metric.name,
                metafeatures=known.meta,
                space_id=space_id,
                evals=_evals(history, members),
                protocol=" ".join(part for part in parts if part),
            )
        )
    except KnowledgeBaseError as error:
        warn_user(
            f"The run was not added to the knowledge base, the model is not affected: {error}"
        )


def _evals(history: History, members: Sequence[Member]) -> tuple[EvalRecord, ...]:
    """Turn what was evaluated into records; a member has its weight where it got farthest."""
    weights = {member.config: member.weight for member in members}
    farthest = {result.info.number for result in history.highest()}
    return tuple(
        EvalRecord(
            config=result.info.config.to_dict(),
            config_key=result.info.config.key,
            rung=result.info.rung,
            status=result.status,
            loss=result.loss,
            cpu_seconds=round(result.cpu_seconds, 4),
            wall_seconds=round(result.wall_seconds, 4),
            weight=weights.get(result.info.config, 0.0) if result.info.number in farthest else 0.0,
        )
        for result in history.results
    )
