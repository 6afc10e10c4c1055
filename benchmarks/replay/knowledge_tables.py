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
from metadata.blocks import LARGE, METADATA, ORIGINS, SHIPPED_BLOCKS, SHIPPED_ORIGINS
from metadata.compile import compile_task, read_shards, size_of
from metadata.configurations import SharedConfig, read_configurations
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

    ``halves`` are pairs (to choose on, to judge on) of matrices of shape (n_configs, n_configs);
    ``comparable`` are the configurations that no search on a relative found.
    """

    name: str
    family: str
    halves: tuple[tuple[Array, Array], ...]
    comparable: tuple[int, ...]
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
        """Loss of some configurations, 0 that of all comparable and 1 that of the prior."""
        best = self.loss(self.comparable)
        scale = max(self.prior - best, 1e-9)
        return float(np.clip((self.loss(chosen) - best) / scale, -1.0, 1.0))


@dataclass(frozen=True, eq=False)
class Task:
    """All tables of a task type that some blocks have."""

    name: str
    known: CompiledTask
    listed: tuple[SharedConfig, ...]
    tables: tuple[Replayed, ...]
    described: Mapping[str, Mapping[str, float]]
    by_hand: int  # configurations of the list that are the portfolio written by hand
    shards: Mapping[str, Shard]
    large: Mapping[str, Shard]  # of the same tables, with all rows

    def base_without(
        self,
        family: str,
        names: Collection[str] | None = None,
        origins: Collection[str] = ORIGINS,
    ) -> CompiledTask:
        """Compile what is known without a family, or only of some tables or configurations."""
        left = {
            name: shard
            for name, shard in self.shards.items()
            if shard.head["family"] != family and (names is None or name in names)
        }
        large = [shard for name, shard in self.large.items() if name in left]
        listed = [e for e in self.listed if e.origin in origins and e.family != family]
        return compile_task(left, self.described, listed, large)

    def places(self, base: CompiledTask) -> Array:
        """Where the configurations of a base stand in the list of all."""
        place = {entry.id: i for i, entry in enumerate(self.listed)}
        return np.array([place[name] for name in base.config_keys])


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


def load_task(
    name: str,
    blocks: Sequence[str] = SHIPPED_BLOCKS,
    origins: Collection[str] = SHIPPED_ORIGINS,
) -> Task:
    """Read the tables of a task type of some blocks that have run all configurations asked for."""
    listed = read_configurations(name, origins=origins)  # type: ignore[arg-type]
    described, found = read_metafeatures(METADATA, blocks), read_shards(METADATA, blocks, name)
    shards = {table: shard for table, shard in found.items() if _has_all(shard, listed)}
    known = compile_task(shards, described, listed)
    tables = [
        _replayed(table, shards[table], described[table], known.seconds[row], listed)
        for row, table in enumerate(known.tables)
    ]
    by_hand = sum(entry.origin == "portfolio" for entry in listed)
    large = read_shards(METADATA, [LARGE], name)
    return Task(name, known, tuple(listed), tuple(tables), described, by_hand, shards, large)


def _has_all(shard: Shard, listed: Sequence[SharedConfig]) -> bool:
    return {e.id for e in listed} <= {name for entry in shard.evals for name in entry["ids"]}


def _replayed(
    table: str,
    shard: Shard,
    meta: Mapping[str, float],
    seconds: Array,
    listed: Sequence[SharedConfig],
) -> Replayed:
    head = shard.head
    folders = Folders(METADATA, head["block"])
    kept = folders.read_predictions(table)
    if kept is None:
        raise FileNotFoundError(folders.predictions_path(table))
    truth = _truth(kept.truth, head["task"])
    keys = {name: entry["key"] for entry in shard.evals for name in entry["ids"]}
    stored = [kept.by_key.get(keys[entry.id]) for entry in listed]
    errors = np.array([_errors(one, truth, head["task"]) for one in stored])
    spent = np.where(np.isfinite(seconds), seconds, 30.0)
    return Replayed(
        name=table,
        family=head["family"],
        halves=_halves(errors),
        comparable=tuple(i for i, e in enumerate(listed) if e.family != head["family"]),
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
    return np.asarray(np.eye(codes.max() + 1)[codes])


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
