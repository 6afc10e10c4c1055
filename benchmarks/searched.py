"""Libraries of real searches: which candidates an ensemble should be chosen from, and how.

python -m benchmarks.searched collect --store DIR --n-jobs 2   # half an hour; can be taken up
python -m benchmarks.searched compare --store DIR

Random pipelines, as `benchmarks.replay` stores them, differ more and are chosen less than those
that a search ends with: a rule that is good for the former may be misled by the latter. Here `fit`
searches as a user's call does; then folds that the search left out are run for the best candidates,
and each is fitted on all rows. Two fifths of the rows are for the test, of large tables all but
2,000. What is compared is the loss there of the single fits, as `fit` returns them. Where a
search ran all folds of many candidates, the first fifty are kept. The ten best are also run on a
second division into folds: were they chosen because they suit the first?
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import joblib
import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed

import automl
import automl.run.fit as steps
from automl.ensemble import MOST_MEMBERS, greedy_weights, select_weights, selection
from automl.evaluation.evaluate import EvaluationJob, RefitJob, evaluate, refit
from automl.evaluation.prediction import predict
from automl.evaluation.rungs import SMALL
from automl.execution import JobError
from automl.metrics import Metric, default_metric
from automl.run.book import ENOUGH_WITH_ALL_FOLDS
from automl.run.search import Search, config_seed
from benchmarks.replay import Rule, ratio_line, stored_pipelines
from benchmarks.second_folds import predict_again
from benchmarks.tables import DATASETS, Table, load_table, read_suite

SUITE = Path(__file__).with_name("searched.txt")
TRAIN_SHARE, MOST_ROWS = 0.6, 2_000
LONGEST_FIT = 6.0
BEST, BEST_OF_FAMILY, MOST_COMPLETE, BEST_AGAIN = 12, 2, 50, 10
N_DRAWS = 10
_SEED = 0

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Candidate:
    """A pipeline of the library: validation predictions of all folds, and its fit on all rows.

    ``second`` are predictions for the same rows by other folds; empty where there are none.
    """

    key: str
    config: dict[str, Any]
    losses: list[float]
    n_searched: int
    out_of_fold: Array
    second: Array
    whole: Any


@dataclass(frozen=True, eq=False)
class Found:
    """What a search ended with; ``y`` are the targets of the validation rows, fold after fold."""

    y: Array
    n_rows: int
    fold_sizes: list[int]
    candidates: tuple[Candidate, ...]


def collect(name: str, arguments: argparse.Namespace) -> None:
    """Search on one table and store its library; nothing where that has been done."""
    folder = arguments.store / name
    if (folder / "truth.npz").exists():
        return
    table = load_table(name, arguments.datasets)
    train, test = _parts(table)
    found: list[Found] = []

    def instead(checked: Any, search: Search, *_: Any) -> Any:
        found.append(_found(search))
        return checked

    with mock.patch.object(steps, "_refit", instead):
        model = automl.fit(
            table.X.iloc[train].reset_index(drop=True),
            table.y.iloc[train].reset_index(drop=True),
            task=table.task,
            time_limit=arguments.seconds,
            test_size=0,
            knowledge_base=None,
            n_jobs=1,
            random_state=_SEED,
            verbose=0,
        )
    X, y = model.encoder_.transform(table.X.iloc[test]), table.y.iloc[test].to_numpy()
    if table.task != "regression":
        labels = [str(label) for label in model.classes_]
        y = np.array([labels.index(str(label)) for label in y])
    _store(folder, table.task, found[0], X, y, model.model_.n_classes)
    print(f"{name}: {len(train)} rows, {len(found[0].candidates)} candidates", flush=True)


def _parts(table: Table) -> tuple[Array, Array]:
    """Rows to train and to test on; no class of the test is missing in the training."""
    n_rows = len(table.y)
    order = np.random.default_rng(_SEED).permutation(n_rows)
    n_train = min(round(TRAIN_SHARE * n_rows), MOST_ROWS)
    train, test = np.sort(order[:n_train]), np.sort(order[n_train:])
    if table.task != "regression":
        known = set(table.y.iloc[train].astype(str))
        test = test[table.y.iloc[test].astype(str).isin(known).to_numpy()]
    return train, test


def _found(search: Search) -> Found:
    """Read the library before the folder goes; run missing folds, and fit on all rows."""
    problem, book, submit = search.problem, search.book, search.executor.submit
    folds = tuple(range(len(problem.folds)))
    n_rows = len(problem.folds[0].train) + len(problem.folds[0].validation)
    waiting = {}
    for key in _keys(search):
        config, seed = book.configs[key], config_seed(search.seed, book.configs[key])
        folder, missing = str(problem.folder), book.missing(config, len(folds))
        again = EvaluationJob(folder, config, 1.0, True, missing, seed, len(folds) * LONGEST_FIT)
        whole = RefitJob(folder, config, seed, book.rounds(key, n_rows), LONGEST_FIT)
        waiting[key] = submit(evaluate, again), submit(refit, whole)
    second = predict_again(search, book.library()[0][:BEST_AGAIN], len(folds) * LONGEST_FIT)
    candidates = []
    for key, (rest, fitted) in waiting.items():
        try:
            results = {r.fold: r for r in rest.result().value} | book.of(key)
            model = joblib.load(fitted.result().value.path)
        except JobError as error:
            print(f"{book.configs[key]['learner']} is left out: {error}", flush=True)
            continue
        if len(results) == len(folds):
            candidates.append(
                Candidate(
                    key=key,
                    config=book.configs[key].to_dict(),
                    losses=[results[k].loss for k in folds],
                    n_searched=len(book.of(key)),
                    out_of_fold=book.predictions(key, folds),
                    second=second.get(key, np.empty(0)),
                    whole=model,
                )
            )
    y = np.load(problem.folder / "y.npy")[book.validation_rows(folds)]
    return Found(y, n_rows, [len(f.validation) for f in problem.folds], tuple(candidates))


def _keys(search: Search) -> list[str]:
    """The best of the first fold, the best of each family, and the first that had all folds."""
    book = search.book
    by_first = sorted(book.folds, key=lambda key: book.of(key)[0].loss)
    kept = [key for key in book.folds if book.has_all_folds(key)][:MOST_COMPLETE]
    kept += by_first[:BEST]
    for family in {book.configs[key]["learner"] for key in by_first}:
        own = [key for key in by_first if book.configs[key]["learner"] == family]
        kept += own[:BEST_OF_FAMILY]
    return list(dict.fromkeys(kept))


def _store(folder: Path, task: str, found: Found, X: Array, y: Array, n_classes: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for one in found.candidates:
        np.savez(
            folder / f"{one.key[:16]}.npz",
            config=json.dumps(one.config),
            losses=one.losses,
            n_searched=one.n_searched,
            out_of_fold=one.out_of_fold,
            second=one.second,
            refit=predict(one.whole, X, n_classes).astype(np.float32),
        )
    # last: a table with this file is complete
    np.savez(
        folder / "truth.npz",
        y=found.y,
        y_test=y,
        task=task,
        n_rows=found.n_rows,
        fold_sizes=found.fold_sizes,
    )


@dataclass(frozen=True, eq=False)
class Stored:
    """A candidate as it is stored."""

    learner: str
    losses: Array
    n_searched: int
    out_of_fold: Array
    second: Array
    refit: Array


@dataclass(frozen=True, eq=False)
class Library:
    """All candidates of one table."""

    table: str
    task: str
    n_rows: int
    y: Array
    y_test: Array
    first_fold: int
    candidates: tuple[Stored, ...]

    def complete(self) -> list[Stored]:
        """Those of which the search had run all folds."""
        return [one for one in self.candidates if one.n_searched == len(one.losses)]


def load(store: Path) -> list[Library]:
    """Read all tables of a store that are complete."""
    return [_load_table(path.parent) for path in sorted(store.glob("*/truth.npz"))]


def _load_table(folder: Path) -> Library:
    truth = np.load(folder / "truth.npz")
    candidates = [
        Stored(
            json.loads(str(raw["config"]))["learner"],
            raw["losses"],
            int(raw["n_searched"]),
            raw["out_of_fold"],
            raw["second"],
            raw["refit"],
        )
        for raw in stored_pipelines(folder)
    ]
    return Library(
        folder.name,
        str(truth["task"]),
        int(truth["n_rows"]),
        truth["y"],
        truth["y_test"],
        int(truth["fold_sizes"][0]),
        tuple(candidates),
    )


def today(library: Library, rule: Rule | None = None) -> float:
    """Loss on test rows of what `fit` chooses: with few complete candidates by the first fold."""
    complete = library.complete()
    if len(complete) >= ENOUGH_WITH_ALL_FOLDS:
        return loss_of_choice(library, complete, rule=rule)
    return loss_of_choice(library, library.candidates, library.first_fold, rule)


def loss_of_choice(
    library: Library,
    candidates: Sequence[Stored],
    n_seen: int | None = None,
    rule: Rule | None = None,
) -> float:
    """Loss on test rows of an ensemble, weighted by the first `n_seen` validation rows.

    Without a rule the weights are those of `fit`.
    """
    metric, rng = default_metric(library.task), np.random.default_rng(_SEED)
    first = n_seen == library.first_fold
    ranked = sorted(candidates, key=lambda c: c.losses[0] if first else c.losses.mean())
    seen = [one.out_of_fold[:n_seen].astype(np.float64) for one in ranked]
    y = library.y[:n_seen]
    if rule is None:
        weights = select_weights(seen, y, metric, rng, library.n_rows < SMALL)
    else:
        weights = rule(seen, y, metric, rng)
    mixed = sum(w * one.refit for w, one in zip(weights, ranked, strict=True) if w > 0.0)
    return metric.loss(library.y_test, np.asarray(mixed, dtype=np.float64))


def _of_family(candidates: Sequence[Stored], most: int) -> list[Stored]:
    """The best few of each family."""
    kept: list[Stored] = []
    for one in sorted(candidates, key=lambda c: c.losses.mean()):
        if sum(other.learner == one.learner for other in kept) < most:
            kept.append(one)
    return kept


def _drawn_rows(
    predictions: list[Array], y: Array, metric: Metric, rng: np.random.Generator
) -> Array:
    """Mean of selections, each on rows drawn with replacement."""
    total = np.zeros(len(predictions))
    while total.sum() < N_DRAWS - 0.5:
        rows = rng.choice(len(y), len(y))
        if metric.needs == "value" or len(np.unique(y[rows])) == len(np.unique(y)):
            total += greedy_weights([p[rows] for p in predictions], y[rows], metric)
    return np.asarray(total / total.sum())


def _equal(predictions: list[Array], *_: Any) -> Array:
    n = min(MOST_MEMBERS, len(predictions))
    return np.repeat([1.0 / n, 0.0], [n, len(predictions) - n])


def _shrunk(predictions: list[Array], y: Array, metric: Metric, rng: np.random.Generator) -> Array:
    """Today's members, half way from today's weights to equal ones."""
    weights = select_weights(predictions, y, metric, rng, len(y) < SMALL)
    members = weights > 0.0
    return np.asarray((weights + members / members.sum()) / 2)


def _ten_best(library: Library, seen: Callable[[Stored], Array], times: int = 1) -> float:
    """Choose among those that were run again by what `seen` makes of both divisions."""
    again = [one for one in library.candidates if one.second.size]
    if not again:
        return today(library)
    scored = [replace(one, out_of_fold=seen(one)) for one in again]
    return loss_of_choice(replace(library, y=np.tile(library.y, times)), scored)


def _more_members(library: Library) -> float:
    with mock.patch.object(selection, "MOST_MEMBERS", 12):
        return today(library)


WAYS: dict[str, Callable[[Library], float]] = {
    "all kept, with all folds": lambda b: loss_of_choice(b, b.candidates),
    "all kept, first fold": lambda b: loss_of_choice(b, b.candidates, b.first_fold),
    "best of each family": lambda b: loss_of_choice(b, _of_family(b.candidates, 1)),
    "two best of each family": lambda b: loss_of_choice(b, _of_family(b.candidates, 2)),
    "12 members": _more_members,
    "best six, equal weights": lambda b: today(b, _equal),
    "half way to equal weights": lambda b: today(b, _shrunk),
    "rows drawn ten times": lambda b: today(b, _drawn_rows),
    "ten best": lambda b: _ten_best(b, lambda c: c.out_of_fold),
    "ten best, second folds": lambda b: _ten_best(b, lambda c: c.second),
    "ten best, mean of both": lambda b: _ten_best(b, lambda c: (c.out_of_fold + c.second) / 2),
    "ten best, one after the other": lambda b: _ten_best(
        b, lambda c: np.concatenate([c.out_of_fold, c.second]), 2
    ),
}


def compare(libraries: Sequence[Library]) -> None:
    """Print each way against today's."""
    base = [today(library) for library in libraries]
    for name, way in WAYS.items():
        print(ratio_line(name, [way(library) for library in libraries], base), flush=True)


def main(argv: Sequence[str] | None = None) -> None:
    """Collect libraries, or compare ways to choose from them."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.searched", description=__doc__.splitlines()[0]
    )
    parser.add_argument("command", choices=["collect", "compare"])
    parser.add_argument("--store", type=Path, required=True)
    parser.add_argument("--suite", nargs="+", default=[str(SUITE)])
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--seconds", type=float, default=60.0, help="of each search, on one core")
    parser.add_argument("--n-jobs", type=int, default=1, help="tables side by side")
    arguments = parser.parse_args(argv)
    if arguments.command == "compare":
        return compare(load(arguments.store))
    Parallel(n_jobs=arguments.n_jobs, batch_size=1)(
        delayed(collect)(name, arguments) for name in read_suite(arguments.suite)
    )
    return None


if __name__ == "__main__":
    main()
