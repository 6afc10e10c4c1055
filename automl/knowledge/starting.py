"""Where to start: the configurations that did best on the tables most like a new one."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from automl.knowledge.base import KnowledgeBase
from automl.knowledge.records import EvalRecord, RunRecord
from automl.knowledge.similarity import Neighbour
from automl.space import Config, Space

__all__ = ["Selection", "WarmStart", "likeness", "select_configs", "warm_start"]

FARTHEST = 0.9
"""Tables farther away are passed over: about a quarter of all pairs of real tables are nearer."""
_BEST_SHARE = 0.5
_PER_FAMILY = 3

_PHRASES = {
    "log_n_rows": "rows",
    "log_n_features": "columns",
    "log_rows_per_feature": "rows per column",
    "share_categorical": "share of categories",
    "share_boolean": "share of yes/no columns",
    "share_missing": "missing cells",
    "share_columns_missing": "columns with missing cells",
    "log_median_levels": "levels of categories",
    "log_n_classes": "classes",
    "class_entropy": "balance of classes",
    "minority_share": "share of the rarest class",
    "majority_share": "share of the largest class",
    "mean_abs_skew": "skew of columns",
    "mean_kurtosis": "tails of columns",
    "mean_zero_share": "share of zeros",
    "share_whole_numbers": "columns of whole numbers",
    "share_two_valued": "columns with two values",
    "share_rows_missing": "rows with missing cells",
    "robust_skew_q50": "skew of columns",
    "robust_tails_q50": "tails of columns",
    "share_outliers": "outliers",
    "share_distinct_q50": "distinct values",
    "mean_abs_correlation": "correlation of columns",
    "log_effective_rank": "independent columns",
    "information_q50": "what a column tells",
    "information_q90": "what the best columns tell",
    "landmark_stump": "what one cut explains",
    "landmark_linear": "what a linear model explains",
    "landmark_nearest": "what the nearest row explains",
    "target_skew": "skew of the target",
    "target_kurtosis": "tails of the target",
}


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
    """

    config: Config
    source: str
    distance: float
    why: str


@dataclass(frozen=True)
class Selection:
    """What was looked up.

    Parameters
    ----------
    starts : tuple of WarmStart
        Most promising first.
    n_tasks : int
        Tables that are near enough.
    n_illegal : int
        Configurations that the space does not hold (any more) and that were passed over.
    """

    starts: tuple[WarmStart, ...]
    n_tasks: int
    n_illegal: int


def warm_start(
    kb: KnowledgeBase,
    meta: Mapping[str, float],
    task: str,
    metric: str,
    space: Space,
    k_tasks: int,
    n_configs: int,
) -> list[WarmStart]:
    """Look up configurations to begin with, see `select_configs`."""
    return list(select_configs(kb, meta, task, metric, space, k_tasks, n_configs).starts)


def select_configs(
    kb: KnowledgeBase,
    meta: Mapping[str, float],
    task: str,
    metric: str,
    space: Space,
    k_tasks: int,
    n_configs: int,
) -> Selection:
    """Take turns among the nearest tables, each handing over its best configurations.

    Parameters
    ----------
    kb : KnowledgeBase
        What is known.
    meta : mapping of str to float
        Meta-features of the new table.
    task, metric : str
        Only runs with both are looked at.
    space : Space
        The space of the new run.
    k_tasks, n_configs : int
        At most so many tables and configurations.

    Returns
    -------
    Selection
        Without repetitions.
    """
    near = [n for n in kb.nearest(meta, task, k_tasks, metric) if n.distance <= FARTHEST]
    starts: dict[Config, WarmStart] = {}
    illegal: set[str] = set()
    root = _root(space)
    for neighbour, evaluation in _take_turns(near, root):
        if len(starts) == n_configs:
            break
        config = space.adapt(evaluation.config)
        if root is not None and config[root] != evaluation.config.get(root):
            illegal.add(evaluation.config_key)  # a family that this space does not have: counted
            continue
        starts.setdefault(config, _start(config, neighbour))
    n_tasks = len({neighbour.record.dataset_key for neighbour in near})
    return Selection(tuple(starts.values()), n_tasks, len(illegal))


def _take_turns(near: list[Neighbour], root: str | None) -> Iterator[tuple[Neighbour, EvalRecord]]:
    """Best of the nearest, best of the next, and so on; then the second best of each."""
    for turn in zip_longest(*(_best(neighbour.record, root) for neighbour in near)):
        for neighbour, evaluation in zip(near, turn, strict=True):
            if evaluation is not None:
                yield neighbour, evaluation


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


def _root(space: Space) -> str | None:
    """Name of the parameter that chooses the family, the first with children; None if flat."""
    for parameter in space.parameters:
        if parameter.when is not None:
            return parameter.when.parameter
    return None


def _start(config: Config, neighbour: Neighbour) -> WarmStart:
    name = neighbour.record.name
    return WarmStart(config, name, neighbour.distance, f"won on {name!r}, {likeness(neighbour)}")


def likeness(neighbour: Neighbour) -> str:
    """Say what two tables have in common."""
    if neighbour.distance == 0.0:
        return "which looks the same as this table"
    phrases = [_PHRASES[name] for name in neighbour.alike if name in _PHRASES][:2]
    inside = f" in {' and '.join(phrases)}" if phrases else " on the whole"
    return f"which is like this table{inside}"
