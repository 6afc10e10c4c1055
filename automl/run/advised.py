"""Knowledge of earlier runs in the form in which a search takes it."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from automl.data import Dataset, Rows
from automl.evaluation.rungs import FOLDS
from automl.knowledge import (
    NO_ADVICE,
    Advice,
    KnowledgeBase,
    TableSize,
    advise,
    open_knowledge_base,
)
from automl.knowledge.runtime import Estimate, RuntimeModel
from automl.metafeatures import extract
from automl.metrics import Metric
from automl.pipelines import cold_portfolio, is_anytime, large_portfolio, predicted_scaling
from automl.run.costs import Expected
from automl.run.record import Earlier
from automl.search import Proposal, TaskHistory
from automl.space import Config, Space

__all__ = [
    "Known",
    "estimated",
    "expected_seconds",
    "initial_proposals",
    "look_up",
    "race_proposals",
    "task_histories",
]

_log = logging.getLogger(__name__)

KNOWN_ROWS = 10_000
"""Training rows up to which the model of runtimes is asked; it is scaled up from there."""
SIBLING = 0.35
"""Distance within which an own table is taken for a relative: halves of ten tables were at most 0.3
apart, and the nearest other table 0.45 (docs/adr/0028-own-runs.md)."""
OTHER_CONFIGS = 8
"""Shared configurations that are not in the hand-written portfolio and are begun with, too."""


@dataclass(frozen=True, eq=False)
class Known:
    """What is known of a table before the search.

    Parameters
    ----------
    base : KnowledgeBase, optional
        None: earlier runs are not asked, and this one is not added.
    meta : mapping of str to float
        Meta-features of the rows that may be seen; empty without a base.
    advice : Advice
    """

    base: KnowledgeBase | None
    meta: Mapping[str, float]
    advice: Advice


def look_up(
    setting: str | Path | None,
    dataset: Dataset,
    development: Rows,
    metric: Metric,
    space: Space,
    earlier: Earlier | None,
) -> Known:
    """Ask the knowledge base about a table; a resumed run keeps what it began with.

    Parameters
    ----------
    setting : "auto", path or None
        Which knowledge base.
    dataset : Dataset
    development : Rows
        Those that may be seen.
    metric : Metric
    space : Space
    earlier : Earlier, optional
        The run that is resumed: the base may have learned something since.
    """
    base, meta, advice = open_knowledge_base(setting), {}, NO_ADVICE
    if base is not None:
        meta = extract(dataset.take(development))
        size = _size(dataset, len(development) * (FOLDS - 1) / FOLDS)
        advice = advise(base, meta, size, dataset.task, metric.name, space)
        _log.info("the knowledge base proposes %d configurations", len(advice.starts))
    if earlier is not None:
        advice = replace(advice, starts=earlier.warm_starts(space))
    return Known(base, meta, advice)


def _size(dataset: Dataset, n_rows: float) -> TableSize:
    share = len(dataset.categorical) / max(dataset.n_features, 1)
    return TableSize(n_rows, dataset.n_features, dataset.n_classes, share)


def initial_proposals(
    task: str, space: Space, advice: Advice, full: int, whole: bool = False
) -> list[Proposal]:
    """What is evaluated first, and from which rung on.

    The plain default, which goes straight to full size: a base that is wrong must not cost it. The
    cheap second of the portfolio, so that there is a model whatever happens to the first. Then what
    made up the ensembles of own tables; of a relative with all training rows at once, because what
    is known to be good need not prove itself on few. Then the portfolio written by hand in the
    order of the advice; then other shared configurations. The portfolio stays in front of these
    because it was chosen as a whole: in fits of 10 s, forty configurations ordered by their ranks
    alone lost to it.

    Parameters
    ----------
    task : str
    space : Space
    advice : Advice
    full : int
        The first rung with all training rows.
    whole : bool
        Whether learners that can end early begin there; of the others a subset tells the cost.
    """
    portfolio = cold_portfolio(task, space)  # type: ignore[arg-type]
    shared = [start.config for start in advice.starts if not start.own]
    place = {config: i for i, config in enumerate(shared)}
    ordered = [
        *portfolio[:2],
        *(start.config for start in advice.starts if start.own),
        *sorted(portfolio[2:], key=lambda config: place.get(config, len(place))),
        *[config for config in shared if config not in portfolio][:OTHER_CONFIGS],
    ]
    advised = {start.config for start in advice.starts}
    proven = {one.config for one in advice.starts if one.own and one.distance <= SIBLING}
    return [
        Proposal(
            config,
            "prior" if config in advised else "portfolio",
            full if config in proven or (whole and is_anytime(config)) else 0,
        )
        for config in dict.fromkeys(ordered)
    ]


def race_proposals(space: Space, advice: Advice, full: int, n: int) -> list[Proposal]:
    """What is evaluated first where few fits can be made on all rows.

    What was learned from small tables is not asked: their ranks push forests and histogram boosting
    there. Members of a relative of one's own go to full size at once, as everywhere.
    """
    own = {start.config: start.distance for start in advice.starts if start.own}
    proven = [config for config, distance in own.items() if distance <= SIBLING]
    return [
        *(Proposal(config, "prior", full) for config in proven),
        *(Proposal(one, "portfolio") for one in large_portfolio(space, n) if one not in proven),
    ]


def task_histories(advice: Advice) -> tuple[TaskHistory, ...]:
    """Earlier tables as priors of the sampler."""
    return tuple(TaskHistory(one.configs, one.scores, one.weight) for one in advice.earlier)


def expected_seconds(advice: Advice, dataset: Dataset) -> Expected | None:
    """Seconds of one fit before any was made; None where nothing is known."""
    runtime = advice.runtime
    if runtime is None:
        return None

    def expected(config: Config, n_train: int) -> float | None:
        estimate = estimated(runtime, config, _size(dataset, n_train))
        return None if estimate is None else estimate.seconds

    return expected


def estimated(
    runtime: RuntimeModel, config: Config, size: TableSize, known_rows: float = KNOWN_ROWS
) -> Estimate | None:
    """Seconds of a fit: of the model up to some rows, from there by the learner's exponent."""
    rows = min(size.n_rows, known_rows)
    estimate = runtime.predict(config, replace(size, n_rows=rows))
    if estimate is None:
        return None
    beyond = predicted_scaling(config) * math.log(size.n_rows / rows)
    return replace(estimate, log_seconds=estimate.log_seconds + beyond)
