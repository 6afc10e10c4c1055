"""What the ensembles of the knowledge base are worth without some of their pipelines.

The shared configurations have run on every table of the base, and predictions of at most 500 rows
were kept. On half of them an ensemble is chosen as `fit` does it, on the other half it is judged
(two divisions, both ways).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.metrics import METRICS, Metric
from benchmarks.replay.pipelines import Rule, heaviest, today
from benchmarks.systems.ablations import (
    FEATURES,
    LEARNERS,
    REGRESSION,
    LeftOut,
    best_single,
    has_any,
)
from metadata.blocks import FIRST, METADATA
from metadata.configurations import FOLDER, TASKS, read_configurations
from metadata.evaluate import as_predicted
from metadata.shards import Folders

__all__ = [
    "GROUPS",
    "MEMBERS",
    "PARTS",
    "Kept",
    "Replayed",
    "read_kept",
    "replay_table",
    "replayed_loss",
]

MEMBERS = (2, 3, 4, 5, 8, 12)
"""Numbers of members that are tried instead of today's."""
_DIVISIONS = 2
_CHANCES = 3

Array = npt.NDArray[Any]

GROUPS: Mapping[str, LeftOut] = {
    "features": FEATURES,
    "learners": LEARNERS,
    "regression": REGRESSION,
}
PARTS: Mapping[str, LeftOut] = {
    "feature steps": {"features": FEATURES["features"]},
    "target encoding": {"encoding": FEATURES["encoding"]},
    "networks": {"learner": ("mlp",)},
    "Gaussian process": {"learner": ("gaussian_process",)},
    "discriminant analysis": {"learner": ("discriminant_analysis",)},
    "random cuts": {"extra_trees": (True,)},
    "linear leaves": {"linear_tree": (True,)},
    "bases of linear models and networks": {"basis": LEARNERS["basis"]},
}
"""Of the groups, one by one; discriminants and linear leaves are in stored results alone."""


@dataclass(frozen=True, eq=False)
class Kept:
    """What is kept of one table.

    Parameters
    ----------
    name, task : str
    y : ndarray of shape (n_rows,)
        Class codes, or values less their mean in units of their spread.
    configs : tuple of mapping
    predictions : tuple of ndarray
        Probabilities or values, one for each configuration.
    """

    name: str
    task: str
    y: Array
    configs: tuple[Mapping[str, Any], ...]
    predictions: tuple[Array, ...]

    @property
    def metric(self) -> Metric:
        """Log loss for classes, and RMSE."""
        return METRICS["rmse" if self.task == "regression" else "log_loss"]

    def without(self, left_out: LeftOut) -> list[int]:
        """Places of the configurations that have none of the choices."""
        return [i for i, config in enumerate(self.configs) if not has_any(config, left_out)]


def read_kept(
    root: Path = METADATA, unwanted: Iterable[str] = (), retired: bool = False
) -> list[Kept]:
    """Read the tables of the first block that are not of some families.

    Parameters
    ----------
    root : Path
    unwanted : iterable of str
        Families.
    retired : bool
        Whether configurations that the space has no more are read.
    """
    folders, families = Folders(root, FIRST), set(unwanted)
    ids: dict[str, set[str]] = {
        task: {entry.id for entry in read_configurations(task, root / FOLDER.name, retired=retired)}
        for task in TASKS
    }
    found = [_read_table(folders, name, ids) for name in folders.finished()]
    return [kept for family, kept in found if family not in families]


def _read_table(folders: Folders, name: str, ids: Mapping[str, set[str]]) -> tuple[str, Kept]:
    shard, stored = folders.read_shard(name), folders.read_predictions(name)
    if shard is None or stored is None:
        raise FileNotFoundError(folders.predictions_path(name))
    task = shard.head["task"]
    evals = [
        entry
        for entry in shard.evals
        if entry["key"] in stored.by_key and not ids[task].isdisjoint(entry["ids"])
    ]
    predictions = [as_predicted(stored.by_key[entry["key"]], task) for entry in evals]
    configs = tuple(entry["config"] for entry in evals)
    kept = Kept(name, task, _target(stored.truth, task), configs, tuple(predictions))
    return shard.head["family"], kept


def _target(truth: Array, task: str) -> Array:
    if task != "regression":
        return truth.astype(int)
    spread = float(truth.std())
    return np.asarray((truth - truth.mean()) / (spread if spread > 0 else 1.0))


def replayed_loss(kept: Kept, places: Sequence[int], rule: Rule = today, n_draws: int = 1) -> float:
    """Mean loss, over divisions and draws of bags, of the ensemble that a rule makes."""
    losses = []
    for seed in range(_DIVISIONS):
        rows = np.random.default_rng(seed).permutation(len(kept.y))
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        for (choose, judge), draw in product((halves, halves[::-1]), range(n_draws)):
            rng = np.random.default_rng(seed + _DIVISIONS * draw)
            seen = [kept.predictions[i][choose] for i in places]
            weights = rule(seen, kept.y[choose], kept.metric, rng)
            mixed = sum(
                weight * kept.predictions[i][judge]
                for weight, i in zip(weights, places, strict=True)
            )
            losses.append(kept.metric.loss(kept.y[judge], np.asarray(mixed)))
    return float(np.mean(losses))


@dataclass(frozen=True)
class Replayed:
    """Losses on one table.

    Parameters
    ----------
    whole : float
        Of the whole library.
    without, by_chance : mapping of str to float
        Without a group, and without as many pipelines drawn by chance.
    by_members : mapping of int to float
        Of the whole library with another number of members at most.
    """

    whole: float
    without: Mapping[str, float]
    by_chance: Mapping[str, float]
    by_members: Mapping[int, float]


def replay_table(kept: Kept) -> Replayed:
    """Judge a table's ensemble whole, without each group, and with other numbers of members."""
    everything = list(range(len(kept.configs)))
    without = {"ensembles": replayed_loss(kept, everything, best_single)}
    by_chance = {}
    for name, left_out in {**GROUPS, **PARTS}.items():
        places = kept.without(left_out)
        if len(places) < len(everything):
            without[name] = replayed_loss(kept, places)
            by_chance[name] = _by_chance(kept, len(places))
    by_members = {most: replayed_loss(kept, everything, heaviest(most)) for most in MEMBERS}
    return Replayed(replayed_loss(kept, everything), without, by_chance, by_members)


def _by_chance(kept: Kept, n_places: int) -> float:
    """Mean loss where any pipelines are left out, until so many remain."""
    drawn = [
        sorted(np.random.default_rng(k).permutation(len(kept.configs))[:n_places].tolist())
        for k in range(_CHANCES)
    ]
    return float(np.mean([replayed_loss(kept, places) for places in drawn]))
