"""What the knowledge base says about a new table: where to start, what to expect, what it costs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automl.knowledge.base import KnowledgeBase
from automl.knowledge.compiled import NOT_RUN, CompiledTask
from automl.knowledge.likeness import likeness
from automl.knowledge.records import publishable
from automl.knowledge.runtime import RuntimeModel, TableSize
from automl.knowledge.shared import NEAREST, order_configs, table_ranks, table_weights
from automl.knowledge.similarity import Neighbour, nearest_tables, rank_neighbours
from automl.knowledge.starting import WarmStart, adapted, incumbents, root_of
from automl.space import Config, Space

__all__ = ["NO_ADVICE", "Advice", "EarlierTask", "advise"]

FARTHEST = 0.9
"""Own tables farther away are passed over: a quarter of all pairs of real tables are nearer."""
OWN_TABLES = 5
OWN_CONFIGS = 8
UNRELATED = 1.1
"""Distance of two tables at random, from which on an earlier task has no weight as a prior."""


Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class EarlierTask:
    """Scores of configurations on an earlier table, as a prior of the search.

    Parameters
    ----------
    configs : tuple of Config
    scores : tuple of float
        Higher is better; negative infinity is a failure.
    weight : float
        From 0 to 1.
    """

    configs: tuple[Config, ...]
    scores: tuple[float, ...]
    weight: float


@dataclass(frozen=True, eq=False)
class Advice:
    """What is known before the first fit.

    Parameters
    ----------
    starts : tuple of WarmStart
        Most promising first: own runs on tables that are alike, then shared configurations.
    earlier : tuple of EarlierTask
    runtime : RuntimeModel, optional
    """

    starts: tuple[WarmStart, ...]
    earlier: tuple[EarlierTask, ...]
    runtime: RuntimeModel | None


NO_ADVICE = Advice((), (), None)
"""Of a search that knows nothing."""


def advise(
    kb: KnowledgeBase,
    meta: Mapping[str, float],
    size: TableSize,
    task: str,
    metric: str,
    space: Space,
) -> Advice:
    """Look a table up.

    Parameters
    ----------
    kb : KnowledgeBase
    meta : mapping of str to float
        Meta-features of the new table.
    size : TableSize
        Of the training part of a fold.
    task, metric : str
        Own runs count only with both; the ranks of a compiled base are taken for any metric,
        because they are the best guess that there is.
    space : Space
        Of the new run.

    Raises
    ------
    KnowledgeBaseError
        If the compiled base cannot be read.
    """
    compiled = kb.compiled()
    known = None if compiled is None else compiled.tasks.get(task)
    shared = () if known is None else known.records(task)
    own = [record for record in kb.own_records(task) if record.metric == metric]
    ranked = rank_neighbours(publishable(meta), [*shared, *own])
    own_keys = {record.dataset_key for record in own}
    near = [n for n in ranked if n.record.dataset_key in own_keys and n.distance <= FARTHEST]
    starts = incumbents(nearest_tables(near, OWN_TABLES), space, OWN_CONFIGS)
    relatives = [n for n in ranked if n.record.dataset_key not in own_keys]
    if known is None or not relatives:
        return Advice(tuple(starts), (), None)
    starts += _shared_starts(known, relatives, size, space)
    return Advice(_distinct(starts), _earlier(relatives, space), known.runtime)


def _distinct(starts: Sequence[WarmStart]) -> tuple[WarmStart, ...]:
    unique: dict[Config, WarmStart] = {}
    for start in starts:
        unique.setdefault(start.config, start)
    return tuple(unique.values())


def _shared_starts(
    known: CompiledTask, relatives: Sequence[Neighbour], size: TableSize, space: Space
) -> list[WarmStart]:
    """Order the shared configurations that the space can hold."""
    root = root_of(space)
    legal = {i: adapted(values, space, root) for i, values in enumerate(known.configs)}
    columns = [i for i, config in legal.items() if config is not None]
    rows = [known.tables.index(neighbour.record.name) for neighbour in relatives]
    run = known.statuses[rows][:, columns] != NOT_RUN
    ranks = table_ranks(known.losses[rows][:, columns], run)
    weights = table_weights(np.array([neighbour.distance for neighbour in relatives]))
    estimates = [known.runtime.predict(known.configs[i], size) for i in columns]
    log_seconds = np.array([0.0 if e is None else e.log_seconds for e in estimates])
    families = [known.configs[i].get(root) for i in columns] if root else [None] * len(columns)
    order = order_configs(weights @ ranks, log_seconds, families, len(columns))
    chosen = [(legal[columns[i]], ranks[:NEAREST, i]) for i in order]
    return [_start(config, places, relatives) for config, places in chosen if config is not None]


def _start(config: Config, ranks: Array, nearest: Sequence[Neighbour]) -> WarmStart:
    """Name the near table on which the configuration did best."""
    best = int(np.argmin(ranks))
    name, share = nearest[best].record.name, float(ranks[best])
    place = "was the best" if share == 0.0 else f"was in the best {math.ceil(100 * share)} %"
    why = f"{place} on {name!r}, {likeness(nearest[best])}"
    return WarmStart(config, name, nearest[best].distance, why)


def _earlier(relatives: Sequence[Neighbour], space: Space) -> tuple[EarlierTask, ...]:
    """Turn the nearest tables of the compiled base into priors."""
    root = root_of(space)
    found = []
    for neighbour in relatives[:NEAREST]:
        pairs = [(adapted(e.config, space, root), e.loss) for e in neighbour.record.evals]
        legal = [(c, -math.inf if loss is None else -loss) for c, loss in pairs if c is not None]
        weight = max(0.0, 1.0 - neighbour.distance / UNRELATED)
        found.append(
            EarlierTask(tuple(c for c, _ in legal), tuple(score for _, score in legal), weight)
        )
    return tuple(task for task in found if task.configs and task.weight > 0.0)
