"""What is known of a table before the search: its pipelines, its record, what earlier runs say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.pipelines import pipeline_space, target_facts
from automl.run.advised import Known, look_up
from automl.run.context import FitContext
from automl.run.design import current_design
from automl.run.record import describe_run
from automl.run.validation import Division
from automl.space import Space

__all__ = ["TaskContext", "describe_task"]


@dataclass(frozen=True, eq=False)
class TaskContext:
    """What the search is made from.

    Parameters
    ----------
    space : Space
        All pipelines for the table.
    header : dict
        First line of the record of the run.
    known : Known
        What the knowledge base says.
    """

    space: Space
    header: dict[str, Any]
    known: Known


def describe_task(context: FitContext, division: Division) -> TaskContext:
    """Look at the development rows, and ask the knowledge base.

    Raises
    ------
    InvalidInputError
        If the run that is to be gone on with is of another table, or had other settings.
    """
    dataset, development = context.dataset, division.development
    # of the target only the development rows are looked at
    facts = target_facts(dataset.y[development], dataset.task, context.metric.asked)
    weighted = dataset.weights is not None
    whole = pipeline_space(dataset.task, dataset.features, dataset.n_rows, facts, weighted)
    space = current_design().space(whole)
    shared = {  # by all runs that go on with one another
        "metric": context.metric.name,
        "optimizer": context.settings.optimizer,
        "seed": context.seed,
    }
    header = describe_run(
        dataset, division.checking, division.problem, space, shared, context.earlier
    )
    if context.earlier is not None:
        context.earlier.check_same(header)
    base = context.settings.knowledge_base
    known = look_up(base, dataset, development, context.metric, space, context.earlier)
    return TaskContext(space, header, known)
