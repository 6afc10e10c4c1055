"""Tables whose predictions were kept: what an ensemble of shared configurations is worth on them.

The shared configurations of a block have run on every table, and their predictions were kept. An
ensemble is chosen by greedy selection on half of the kept rows and judged on the other half (three
divisions, both ways), by squared error of values or probabilities, for which sums of products are
all that is needed. Regret: 0 is the ensemble of all configurations, 1 the prior.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.knowledge import TableSize
from automl.knowledge.compiled import CompiledTask
from metadata.blocks import LARGE, METADATA, SHIPPED_BLOCKS
from metadata.compile import compile_task, read_shards, size_of
from metadata.configurations import FOLDER, read_configurations
from metadata.describe import read_metafeatures
from metadata.evaluate import as_predicted
from metadata.shards import Folders, Shard

__all__ = ["Replayed", "Task", "load_task"]

_ROUNDS = 20
_DIVISIONS = 3

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Replayed:
    """One table: products of errors on the halves, and what configurations cost.

    ``halves`` are pairs (to choose on, to judge on) of matrices of shape (n_configs, n_configs).
    """

    name: str
    family: str
    halves: tuple[tuple[Array, Array], ...]
    prior: float
    seconds: Array
    meta: Mapping[str, float]
    size: TableSize

    def loss(self, chosen: Sequence[int]) -> float:
        """Mean squared error of the ensemble of some configurations."""
        if not chosen:
            return self.prior
        places = np.array(chosen)
        return float(np.mean([_ensemble_loss(a, b, places) for a, b in self.halves]))

    def regret(self, chosen: Sequence[int]) -> float:
        """Loss of the ensemble of some configurations, 0 that of all and 1 that of the prior."""
        best = self.loss(range(len(self.seconds)))
        scale = max(self.prior - best, 1e-9)
        return float(np.clip((self.loss(chosen) - best) / scale, -1.0, 1.0))


@dataclass(frozen=True, eq=False)
class Task:
    """All tables of a task type that some blocks have."""

    name: str
    known: CompiledTask
    tables: tuple[Replayed, ...]
    by_hand: int  # configurations of the list that are the portfolio written by hand
    shards: Mapping[str, Shard]
    large: Mapping[str, Shard]  # of the same tables, with all rows

    def base_without(self, family: str, names: Collection[str] | None = None) -> CompiledTask:
        """Compile what is known without a family, or only of some tables."""
        described = {table.name: table.meta for table in self.tables}
        left = {
            name: shard
            for name, shard in self.shards.items()
            if shard.head["family"] != family and (names is None or name in names)
        }
        large = [shard for name, shard in self.large.items() if name in left]
        return compile_task(self.name, left, described, METADATA / FOLDER.name, large)


def _ensemble_loss(choose: Array, judge: Array, places: Array) -> float:
    """Greedy selection with replacement on one matrix, the best prefix judged on the other."""
    chosen, judged = choose[np.ix_(places, places)], judge[np.ix_(places, places)]
    counts, sums, total = np.zeros(len(places)), np.zeros(len(places)), 0.0
    best, weights = np.inf, counts
    for k in range(1, _ROUNDS + 1):
        added = 2.0 * sums + np.diag(chosen)
        i = int(added.argmin())
        total, sums = total + added[i], sums + chosen[i]
        counts = counts + np.eye(len(places))[i]
        if total / k**2 < best:
            best, weights = total / k**2, counts / k
    return float(weights @ judged @ weights)


def load_task(name: str, blocks: Sequence[str] = SHIPPED_BLOCKS) -> Task:
    """Read the tables of a task type of some blocks."""
    described, shards = read_metafeatures(METADATA, blocks), read_shards(METADATA, blocks, name)
    listed = read_configurations(name)  # type: ignore[arg-type]
    known = compile_task(name, shards, described, METADATA / FOLDER.name)
    tables = [
        _replayed(table, shards[table], described[table], known.seconds[row])
        for row, table in enumerate(known.tables)
    ]
    by_hand = sum(entry.origin == "portfolio" for entry in listed)
    large = read_shards(METADATA, [LARGE], name)
    return Task(name, known, tuple(tables), by_hand, shards, large)


def _replayed(table: str, shard: Shard, meta: Mapping[str, float], seconds: Array) -> Replayed:
    head = shard.head
    folders = Folders(METADATA, head["block"])
    kept = folders.read_predictions(table)
    if kept is None:
        raise FileNotFoundError(folders.predictions_path(table))
    truth = _truth(kept.truth, head["task"])
    keys = {name: entry["key"] for entry in shard.evals for name in entry["ids"]}
    ids = [entry.id for entry in read_configurations(head["task"])]
    errors = np.array([_errors(kept.by_key.get(keys[name]), truth, head["task"]) for name in ids])
    spent = np.where(np.isfinite(seconds), seconds, 30.0)
    return Replayed(
        name=table,
        family=head["family"],
        halves=_halves(errors),
        prior=float(((truth - truth.mean(axis=0)) ** 2).sum(axis=1).mean()),
        seconds=spent,
        meta=meta,
        size=size_of(head),
    )


def _truth(truth: Array, task: str) -> Array:
    """Values in units of their spread, or indicators of classes; one row a row."""
    if task == "regression":
        spread = truth.std() if truth.std() > 0 else 1.0
        return np.asarray((truth - truth.mean()) / spread)[:, None]
    codes = truth.astype(int)
    return np.eye(codes.max() + 1)[codes]


def _errors(stored: Array | None, truth: Array, task: str) -> Array:
    """What a configuration predicts less the truth; a failure predicts nonsense."""
    if stored is None:
        return np.full(truth.shape, 1e3)
    values = as_predicted(stored, task)
    if task == "regression":
        return np.clip(values, -20.0, 20.0)[:, None] - truth
    likely = values[:, : truth.shape[1]]
    return np.asarray(likely / likely.sum(axis=1, keepdims=True) - truth)


def _halves(errors: Array) -> tuple[tuple[Array, Array], ...]:
    found = []
    for seed in range(_DIVISIONS):
        rows = np.random.default_rng(seed).permutation(errors.shape[1])
        middle = len(rows) // 2
        one, other = _products(errors, rows[:middle]), _products(errors, rows[middle:])
        found += [(one, other), (other, one)]
    return tuple(found)


def _products(errors: Array, rows: Array) -> Array:
    flat = errors[:, rows].reshape(len(errors), -1)
    return np.asarray(flat @ flat.T / len(rows))
