"""Replay of the knowledge base: how soon does a way to begin reach what all configurations give.

python -m benchmarks.knowledge_replay           # docs/benchmarks/knowledge.md, minutes

The shared configurations of a block have run on every table, and their predictions were kept. So
any order of them can be replayed: what is the ensemble of the first k worth, or of those that
end within s CPU seconds? Each table is looked up in a base without its family. An ensemble is
chosen by greedy selection on half of the kept rows and judged on the other half (three divisions,
both ways), by squared error of values or probabilities, for which sums of products are all that is
needed. Regret: 0 is the ensemble of all configurations, 1 the prior.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.knowledge import TableSize
from automl.knowledge.compiled import NOT_RUN, CompiledTask
from automl.knowledge.shared import order_configs, table_ranks, table_weights
from automl.knowledge.similarity import rank_neighbours
from benchmarks.knowledge_page import TODAY, write_page
from metadata.blocks import FIRST, LARGE, METADATA
from metadata.compile import compile_task, read_shards, size_of
from metadata.configurations import TASKS, read_configurations
from metadata.describe import read_metafeatures
from metadata.evaluate import as_predicted
from metadata.runtimes import LEAST_SECONDS
from metadata.shards import Folders, Shard

__all__ = ["COUNTS", "SECONDS", "WAYS", "Curve", "Task", "load_task", "replay"]

COUNTS = (1, 2, 3, 5, 10, 16, 32)
SECONDS = (2.0, 5.0, 10.0, 20.0, 40.0)
SIZES = (10, 30, 60)
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


@dataclass(frozen=True, eq=False)
class Task:
    """All tables of a task type."""

    name: str
    known: CompiledTask
    tables: tuple[Replayed, ...]
    by_hand: int  # configurations of the list that are the portfolio written by hand
    shards: Mapping[str, Shard]
    large: Mapping[str, Shard]  # of the same tables, with all rows


@dataclass(frozen=True)
class Curve:
    """Mean regrets of one way to begin: after so many evaluations, within so many seconds."""

    counts: Array
    seconds: Array


@dataclass(frozen=True, eq=False)
class Question:
    """A table that is looked up in a base without its relatives."""

    task: Task
    base: CompiledTask
    table: Replayed
    rng: np.random.Generator

    def distances(self) -> Array:
        """From the tables of the base."""
        found = rank_neighbours(self.table.meta, self.base.records(self.task.name))
        by_name = {neighbour.record.name: neighbour.distance for neighbour in found}
        return np.array([by_name[name] for name in self.base.tables])


Way = Callable[[Question], list[int]]
"""Question -> order of the configurations."""


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


def load_task(name: str, root: Path = METADATA) -> Task:
    """Read a block."""
    folders, described = Folders(root, FIRST), read_metafeatures(root, FIRST)
    shards = read_shards(folders, name)
    listed = read_configurations(name)  # type: ignore[arg-type]
    known = compile_task(name, shards, described, root / "configurations")
    tables = [
        _replayed(folders, table, shards[table], described[table], known.seconds[row])
        for row, table in enumerate(known.tables)
    ]
    by_hand = sum(entry.origin == "portfolio" for entry in listed)
    large = read_shards(Folders(root, LARGE), name)
    return Task(name, known, tuple(tables), by_hand, shards, large)


def _replayed(
    folders: Folders, table: str, shard: Shard, meta: Mapping[str, float], seconds: Array
) -> Replayed:
    kept, head = folders.read_predictions(table), shard.head
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


def _by_hand(asked: Question) -> list[int]:
    """Take the list written by hand, then the others by chance."""
    others = np.arange(asked.task.by_hand, len(asked.base.configs))
    return [*range(asked.task.by_hand), *asked.rng.permutation(others).tolist()]


def _by_chance(asked: Question) -> list[int]:
    return list(asked.rng.permutation(len(asked.base.configs)).tolist())


def _incumbents(asked: Question) -> list[int]:
    """Take turns among the best configurations of the five nearest tables."""
    nearest = np.argsort(asked.distances(), kind="stable")[:5]
    order: dict[int, None] = {}
    for turn in zip(*(np.argsort(asked.base.losses[row]).tolist() for row in nearest), strict=True):
        order.update(dict.fromkeys(turn))
    return list(order)


def _shared(weighted: bool, costly: bool) -> Way:
    """Order as `fit` does, without weights of tables or without looking at the cost."""

    def way(asked: Question) -> list[int]:
        base = asked.base
        ranks = table_ranks(base.losses, base.statuses != NOT_RUN)
        uniform = np.full(len(ranks), 1.0 / len(ranks))
        weights = table_weights(asked.distances()) if weighted else uniform
        found = [base.runtime.predict(config, asked.table.size) for config in base.configs]
        seconds = [0.0 if one is None or not costly else one.log_seconds for one in found]
        families = [config["learner"] for config in base.configs]
        return order_configs(weights @ ranks, np.array(seconds), families, len(families))

    return way


def _advised(asked: Question) -> list[int]:
    """Take the default and the cheap second, the others by hand in the order of ranks, the rest."""
    order = _shared(weighted=True, costly=True)(asked)
    by_hand = [i for i in order if 1 < i < asked.task.by_hand]
    return [0, 1, *by_hand, *(i for i in order if i >= asked.task.by_hand)]


WAYS: dict[str, Way] = {
    "by chance": _by_chance,
    "written by hand": _by_hand,
    "nearest incumbents": _incumbents,
    "mean ranks": _shared(weighted=False, costly=False),
    "mean ranks, cost": _shared(weighted=False, costly=True),
    "ranks, weights": _shared(weighted=True, costly=False),
    "ranks, weights, cost": _shared(weighted=True, costly=True),
    "written by hand, as advised": _advised,
}
"""The last is what `fit` does."""


def base_without(task: Task, family: str, n_known: int | None, chance: int) -> CompiledTask:
    """Compile what is known without a family, or only of some tables drawn by chance."""
    described = {table.name: table.meta for table in task.tables}
    left = {n: s for n, s in task.shards.items() if s.head["family"] != family}
    if n_known is not None:
        drawn = np.random.default_rng(chance).permutation(sorted(left))[:n_known]
        left = {name: left[name] for name in drawn.tolist()}
    large = [shard for name, shard in task.large.items() if name in left]
    return compile_task(task.name, left, described, METADATA / "configurations", large)


def replay(
    task: Task, number: int, ways: Mapping[str, Way], n_known: int | None = None
) -> dict[str, Curve]:
    """Regrets of ways to begin on one table.

    Parameters
    ----------
    task : Task
    number : int
        Of the table.
    ways : mapping of str to callable
    n_known : int, optional
        Tables in the base; None is all without relatives.
    """
    table = task.tables[number]
    base = base_without(task, table.family, n_known, number)
    found = {}
    for title, way in ways.items():
        order = way(Question(task, base, table, np.random.default_rng(number)))
        within = np.cumsum(table.seconds[order])
        counts = [_regret(table, order[:k]) for k in COUNTS]
        seconds = [_regret(table, order[: int((within <= s).sum())]) for s in SECONDS]
        found[title] = Curve(np.array(counts), np.array(seconds))
    return found


def _regret(table: Replayed, chosen: Sequence[int]) -> float:
    best = table.loss(range(len(table.seconds)))
    scale = max(table.prior - best, 1e-9)
    return float(np.clip((table.loss(chosen) - best) / scale, -1.0, 1.0))


def runtimes(task: Task, number: int) -> tuple[list[float], list[bool]]:
    """How far runtimes on a table are off, as factors; whether they are below the quantile."""
    table = task.tables[number]
    base = base_without(task, table.family, None, number)
    factors, inside = [], []
    for column, config in enumerate(base.configs):
        spent = float(task.known.seconds[number, column])
        expected = base.runtime.predict(config, table.size)
        if np.isfinite(spent) and not task.known.cut[number, column] and expected is not None:
            off = abs(np.log(max(spent, LEAST_SECONDS)) - expected.log_seconds)
            factors.append(float(np.exp(off)))
            inside.append(spent <= max(expected.at_most, LEAST_SECONDS))
    return factors, inside


def main(argv: Sequence[str] | None = None) -> None:
    """Replay everything and write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.knowledge_replay")
    parser.add_argument("--docs", type=Path, default=Path(__file__).parents[1] / "docs/benchmarks")
    parser.add_argument("--without", type=Path, help="file of tables that are not replayed")
    arguments = parser.parse_args(argv)
    hidden = set() if arguments.without is None else set(arguments.without.read_text().split())
    curves: dict[str, dict[str, Curve]] = {way: {} for way in WAYS}
    grown: dict[str, list[float]] = {str(size): [] for size in (*SIZES, "all")}
    factors: list[float] = []
    inside: list[bool] = []
    for name in TASKS:
        task = load_task(name)
        for number in (i for i, table in enumerate(task.tables) if table.name not in hidden):
            for title, curve in replay(task, number, WAYS).items():
                curves[title][task.tables[number].name] = curve
            for size in SIZES:
                found = replay(task, number, {TODAY: WAYS[TODAY]}, size)
                grown[str(size)].append(found[TODAY].counts[COUNTS.index(10)])
            grown["all"].append(curves[TODAY][task.tables[number].name].counts[COUNTS.index(10)])
            off, below = runtimes(task, number)
            factors += off
            inside += below
        print(name, len(task.tables), "tables", flush=True)
    measured = np.array(factors), np.array(inside)
    print(write_page(arguments.docs, curves, grown, *measured, COUNTS, SECONDS))


if __name__ == "__main__":
    main()
