"""What each group of parts is worth: by replay of the knowledge base, and on bench.txt.

python -m benchmarks.run --systems automl automl-without-features automl-without-learners \
    automl-without-ensembles --n-jobs 1 --splits 1 --out benchmarks/results/groups.jsonl
python -m benchmarks.groups           # docs/benchmarks/groups.md, minutes

Replay: the shared configurations have run on every table of the base, and predictions of at most
500 rows were kept. On half of them an ensemble is chosen as `fit` does it, on the other half it is
judged (two divisions, both ways), with the pipelines of a group and without them. What becomes of
the time that a group takes is seen on bench.txt alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

from automl.ensemble import MOST_MEMBERS
from automl.evaluation.metrics import METRICS, Metric
from benchmarks.ablation import FEATURES, LEARNERS, REGRESSION, LeftOut, has_any
from benchmarks.replay import Rule, best_single, heaviest, today
from benchmarks.report import PAGES, contender, markdown, mean_losses
from benchmarks.results import read_results
from benchmarks.run import RESULTS
from benchmarks.statistics import duel, holm
from benchmarks.tables import DATASETS, read_suite
from metadata.blocks import METADATA, read_index
from metadata.configurations import FOLDER, TASKS, read_configurations
from metadata.shards import Folders

__all__ = ["Kept", "read_kept", "replayed_loss", "write_page"]

BLOCK = "first"
MEMBERS = (2, 3, 4, 5, 8, 12)
_DIVISIONS = 2
_CHANCES = 3
_WHOLE = "automl"

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
    "random cuts": {"extra_trees": (True,)},
    "linear leaves": {"linear_tree": (True,)},
    "bases of linear models and networks": {"basis": LEARNERS["basis"]},
}
"""Of the groups, one by one."""

_LEFT_OUT = (
    "Is this system better with each group of its parts than without it? Left out are: "
    "**features**, all steps that make columns, and target encoding; **learners**, networks, "
    "Gaussian processes, random cuts, linear leaves (which are gone since), bases of linear "
    "models; **ensembles**, for which the best single pipeline stands; **regression**, transforms "
    "of a skewed target."
)
_REPLAY = (
    "{n_tables} tables of the knowledge base, none of a family in bench.txt; the ensemble of about "
    "forty pipelines with the group against the one without it, and the one from which as many "
    "pipelines were left out by chance against the one without the group. Ratio of losses "
    "(geometric mean), tables won / tied / lost, p of the Wilcoxon signed-rank test; log loss for "
    "classes, RMSE for values."
)
_REPLAY_HEADER = (
    *("part", "tables", "with / without", "won / tied / lost", "p"),
    *("chance / without", "won / tied / lost", "p"),
)
_MEMBERS = f"Other numbers of members than {MOST_MEMBERS} at most, against these, in the same way:"
_MEMBERS_HEADER = ("members", "tables", "ratio", "won / tied / lost", "p")
_BENCH = (
    "{budget:g} s, {n_jobs} core a run, two runs side by side, one split, cold; the whole system "
    "against the one without the group. p is adjusted after Holm. Without regression: tables with "
    "a target that may be transformed."
)
_BENCH_HEADER = ("without", "tables", "with / without", "won / tied / lost", "p (Holm)")


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
    folders, families = Folders(root, BLOCK), set(unwanted)
    ids = {
        task: {entry.id for entry in read_configurations(task, root / FOLDER.name, retired)}
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
    predictions = [_as_predicted(stored.by_key[entry["key"]], task) for entry in evals]
    configs = tuple(entry["config"] for entry in evals)
    kept = Kept(name, task, _target(stored.truth, task), configs, tuple(predictions))
    return shard.head["family"], kept


def _target(truth: Array, task: str) -> Array:
    if task != "regression":
        return truth.astype(int)
    spread = float(truth.std())
    return np.asarray((truth - truth.mean()) / (spread if spread > 0 else 1.0))


def _as_predicted(stored: npt.NDArray[np.float16], task: str) -> Array:
    """Undo `metadata.evaluate.as_stored`."""
    values = stored.astype(np.float64)
    if task == "regression":
        return values
    if task == "binary":
        positive = 1.0 / (1.0 + np.exp(-values))
        return np.column_stack([1.0 - positive, positive])
    return np.asarray(np.exp(values) / np.exp(values).sum(axis=1, keepdims=True))


def replayed_loss(kept: Kept, places: Sequence[int], rule: Rule = today) -> float:
    """Mean loss, over the divisions, of the ensemble that a rule makes of some pipelines."""
    losses = []
    for seed in range(_DIVISIONS):
        rows = np.random.default_rng(seed).permutation(len(kept.y))
        halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
        for choose, judge in (halves, halves[::-1]):
            rng = np.random.default_rng(seed)
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


def _replay_table(kept: Kept) -> Replayed:
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


def _replay_lines(tables: Sequence[Replayed]) -> list[list[str]]:
    lines = []
    for name in (*GROUPS, "ensembles", *PARTS):
        having = [table for table in tables if name in table.without]
        if not having:
            continue
        whole = [table.whole for table in having]
        without = [table.without[name] for table in having]
        chance = [table.by_chance[name] for table in having if name in table.by_chance]
        lines.append(
            [
                name,
                *_figures(whole, without),
                *(_figures(chance, without)[1:] if chance else ["-", "-", "-"]),
            ]
        )
    return lines


def _members_lines(tables: Sequence[Replayed]) -> list[list[str]]:
    whole = [table.whole for table in tables]
    return [
        [str(most), *_figures([table.by_members[most] for table in tables], whole)]
        for most in MEMBERS
    ]


def _figures(ours: Sequence[float], others: Sequence[float]) -> list[str]:
    """Tables, ratio, won / tied / lost, p."""
    found = duel(ours, others)
    ratio = float(np.exp(np.mean(np.log(np.array(ours) / np.array(others)))))
    counts = f"{found.wins} / {found.ties} / {found.losses}"
    return [str(len(ours)), f"{ratio:.3f}", counts, f"{found.p:.2g}"]


def _bench_lines(losses: Mapping[str, Mapping[str, float]]) -> list[list[str]]:
    systems = [name for name in sorted(losses) if name.startswith(f"{_WHOLE}-without")]
    whole = next(name for name in losses if name.split()[0] == _WHOLE)
    pairs = []
    for system in systems:
        tables = sorted(losses[system])
        pairs.append(([losses[whole][t] for t in tables], [losses[system][t] for t in tables]))
    adjusted = holm([duel(*pair).p for pair in pairs])
    return [
        [system, *_figures(*pair)[:-1], f"{p:.2g}"]
        for system, pair, p in zip(systems, pairs, adjusted, strict=True)
    ]


def _loss_lines(losses: Mapping[str, Mapping[str, float]]) -> tuple[list[str], list[list[str]]]:
    systems = sorted(losses)
    tables = sorted({table for system in systems for table in losses[system]})
    lines = [
        [table, *(f"{losses[s][table]:.5g}" if table in losses[s] else "-" for s in systems)]
        for table in tables
    ]
    return ["table", *systems], lines


def write_page(path: Path, replayed: Sequence[Replayed], results: Sequence[Any]) -> str:
    """Write both tables and what they are made of."""
    by_system: dict[str, dict[str, float]] = {}
    for name in {contender(result) for result in results}:
        own = [r for r in results if contender(r) == name]
        by_system[name] = mean_losses(own).get(name, {})
    sections = ["# Benchmark: groups of parts", _LEFT_OUT, "## By replay"]
    sections += [_REPLAY.format(n_tables=len(replayed))]
    sections += [markdown(_REPLAY_HEADER, _replay_lines(replayed))]
    sections += [_MEMBERS, markdown(_MEMBERS_HEADER, _members_lines(replayed)), "## On bench.txt"]
    budget, n_jobs = results[0]["budget"], results[0]["machine"]["n_jobs"]
    sections += [_BENCH.format(budget=budget, n_jobs=n_jobs)]
    sections += [markdown(_BENCH_HEADER, _bench_lines(by_system))]
    sections += ["Losses (1 - AUC, log loss, RMSE) on test rows:"]
    sections += [markdown(*_loss_lines(by_system))]
    page = "\n\n".join(sections)
    path.write_text(page + "\n", encoding="utf-8")
    return page


def main(argv: Sequence[str] | None = None) -> None:
    """Replay, and write the page."""
    parser = argparse.ArgumentParser(prog="benchmarks.groups", description=__doc__.splitlines()[0])
    parser.add_argument("--results", type=Path, default=RESULTS / "groups.jsonl")
    parser.add_argument("--retired", action="store_true", help="with what the space has no more")
    parser.add_argument("--n-jobs", type=int, default=2)
    arguments = parser.parse_args(argv)
    index = read_index()
    families = {index[name].family for name in read_suite([str(DATASETS / "bench.txt")])}
    tables = read_kept(unwanted=families, retired=arguments.retired)
    replayed = Parallel(arguments.n_jobs)(delayed(_replay_table)(kept) for kept in tables)
    print(write_page(PAGES / "groups.md", replayed, read_results([arguments.results])))


if __name__ == "__main__":
    main()
