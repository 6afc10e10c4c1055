"""What a run leaves for the next: a second fit of seconds, on another half of the same table.

    python -m benchmarks.own_runs run      # appends to benchmarks/results/own-runs.jsonl
    python -m benchmarks.own_runs report > docs/benchmarks/own-runs.md

The first fit has half of the training rows and 60 s, and writes to a knowledge base that knows no
relative of the table. The second has the other half, 10 s, and that base; a third one the same rows
and time, and the base as it was before; both three times, with other seeds. Then the other half is
fitted as long as the first was, without it: what no second fit is likely to be better than. All are
scored on the same test rows.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

import automl
from benchmarks.common.paths import DATASETS, RESULTS, ROOT
from benchmarks.common.results import append_result, read_lines
from benchmarks.common.scoring import METRICS, score
from benchmarks.common.splits import make_split
from benchmarks.common.statistics import duel
from benchmarks.common.tables import Table, load_table, read_suite
from benchmarks.systems.bases import write_base

N_TABLES = 10
FIRST_SECONDS, SECOND_SECONDS = 60.0, 10.0
SEEDS = range(3)
LEVEL = 1.01
"""Two halves of the rows do not give the same loss even with the same pipelines."""
_WAYS = ("second", "without", "longer")


def first_fit(name: str, folder: Path, n_jobs: int) -> None:
    """Fit on one half, and keep the base that it writes to, and its loss."""
    table, halves, test = _halves(name)
    base = write_base([table.family], folder / "making")
    loss = _loss(table, halves[0], test, base, FIRST_SECONDS, n_jobs)
    Path(base, "first.json").write_text(json.dumps({"first": loss}))
    base.rename(folder / name)


def second_fits(name: str, folder: Path, n_jobs: int) -> dict[str, Any]:
    """Fit on the other half, with the base of the first fit, and with what it was before."""
    table, halves, test = _halves(name)
    found: dict[str, Any] = json.loads((folder / name / "first.json").read_text())
    for way in ("second", "without"):
        found[way] = []
    for seed in SEEDS:
        with tempfile.TemporaryDirectory(prefix="own-runs-") as temporary:
            base = Path(shutil.copytree(folder / name, Path(temporary, "base")))
            before = write_base([table.family], Path(temporary, "before"))
            for way, known in (("second", base), ("without", before)):
                loss = _loss(table, halves[1], test, known, SECOND_SECONDS, n_jobs, seed)
                found[way].append(loss)
    print(name, found, flush=True)
    return {"table": name, "n_rows": len(halves[0]), "n_jobs": n_jobs, **found}


def longer_fit(name: str, n_jobs: int) -> dict[str, Any]:
    """Fit on the other half for as long as the first fit, with the base as it was before."""
    table, halves, test = _halves(name)
    with tempfile.TemporaryDirectory(prefix="own-runs-") as temporary:
        before = write_base([table.family], Path(temporary, "before"))
        loss = _loss(table, halves[1], test, before, FIRST_SECONDS, n_jobs)
    print(name, loss, flush=True)
    return {"table": name, "longer": loss}


def _halves(name: str) -> tuple[Table, tuple[Any, Any], Any]:
    table = load_table(name)
    split = make_split(name, 0, table.y.to_numpy(), table.task)
    rows = np.random.default_rng(0).permutation(split.train)
    return table, (rows[: len(rows) // 2], rows[len(rows) // 2 :]), split.test


def _loss(
    table: Table, train: Any, test: Any, base: Path, seconds: float, n_jobs: int, seed: int = 0
) -> float:
    y = table.y.iloc[train]
    model = automl.fit(
        table.X.iloc[train].reset_index(drop=True),
        (y if table.task == "regression" else y.astype(str)).reset_index(drop=True),
        task=table.task,
        time_limit=seconds,
        metric=METRICS[table.task],
        test_size=0,
        knowledge_base=base,
        n_jobs=n_jobs,
        random_state=seed,
        verbose=0,
    )
    X, truth = table.X.iloc[test], table.y.iloc[test]
    if table.task == "regression":
        return score(table.task, truth.to_numpy(dtype=float), model.predict(X), [])[1]
    labels = truth.astype(str).to_numpy()
    known = np.isin(labels, model.classes_)  # a class may be in the other half alone
    shares, classes = model.predict_proba(X[known]), list(model.classes_)
    return score(table.task, labels[known], shares, classes)[1]


def report(path: Path) -> str:
    """A table, and how often the second fit reaches the first."""
    results = _by_table(path)
    cores = sorted({r["n_jobs"] for r in results})
    lines = [
        "# Own runs",
        "",
        "Losses on the same test rows: of a first fit on half of the rows, of a second one on the "
        "other half with what the first left in the knowledge base, and of the same without it "
        f"(means of {len(SEEDS)} seeds); last, of a fit on the other half that takes as long as "
        "the first, without it. The base knows no relative of the tables. "
        f"Cores: {', '.join(map(str, cores))} (`benchmarks.own_runs`).",
        "",
        "| table | rows | first, 60 s | second, 10 s | 10 s, without | longer, 60 s |",
        "|---|---|---|---|---|---|",
    ]
    for r in results:
        losses = " | ".join(f"{r[way]:.5g}" for way in ("first", *_WAYS))
        lines.append(f"| {r['table']} | {r['n_rows']} | {losses} |")
    for way in _WAYS:
        reached = sum(r[way] <= LEVEL * r["first"] for r in results)
        lines.append(
            f"\n{way}: the loss of the first fit reached (within {LEVEL - 1:.0%}) on {reached} of "
            f"{len(results)}"
        )
    for one, other in (("second", "without"), ("second", "longer"), ("without", "longer")):
        lines.append(f"\n{one} against {other}: {_compared(results, one, other)}")
    return "\n".join(lines)


def _by_table(path: Path) -> list[dict[str, Any]]:
    """What is known of each table, means over seeds."""
    found: dict[str, dict[str, Any]] = {}
    for line in read_lines(path):
        means = {way: float(np.mean(line[way])) for way in _WAYS if way in line}
        found.setdefault(line["table"], {}).update(line | means)
    return list(found.values())


def _compared(results: Sequence[dict[str, Any]], one: str, other: str) -> str:
    ours, others = [r[one] for r in results], [r[other] for r in results]
    found, ratio = duel(ours, others), np.exp(np.mean(np.log(np.divide(ours, others))))
    return (
        f"{found.wins} better, {found.ties} level, {found.losses} worse, p {found.p:.2g}, "
        f"ratio of losses {ratio:.3f}"
    )


def main(argv: Sequence[str] | None = None) -> None:
    """Run or report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=("run", "report"))
    parser.add_argument("--suite", nargs="+", default=[str(DATASETS / "bench.txt")])
    parser.add_argument("--bases", type=Path, default=ROOT / ".bases" / "own-runs")
    parser.add_argument("--n-jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=RESULTS / "own-runs.jsonl")
    arguments = parser.parse_args(argv)
    if arguments.what == "run":
        known: dict[str, set[str]] = {}
        for line in read_lines(arguments.out):
            known.setdefault(line["table"], set()).update(line)
        for name in sorted(read_suite(arguments.suite))[:N_TABLES]:
            if not (arguments.bases / name).exists():
                first_fit(name, arguments.bases, arguments.n_jobs)
            if "second" not in known.get(name, ()):
                append_result(arguments.out, second_fits(name, arguments.bases, arguments.n_jobs))
            if "longer" not in known.get(name, ()):
                append_result(arguments.out, longer_fit(name, arguments.n_jobs))
    print(report(arguments.out))


if __name__ == "__main__":
    main()
