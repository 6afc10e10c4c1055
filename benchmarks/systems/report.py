"""Turn files of results into one page; see README.md beside this file.

python -m benchmarks.systems.report benchmarks/results/runs.jsonl --name first
python -m benchmarks.systems.report A.jsonl B.jsonl --name peers --only "automl 60 s" lightgbm
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean, median
from typing import Any

from benchmarks.common.arguments import make_parser
from benchmarks.common.paths import PAGES
from benchmarks.common.plots import draw_scores
from benchmarks.common.results import read_results
from benchmarks.common.scoring import is_late
from benchmarks.common.statistics import duel, holm, mean_interval, mean_ranks, normalised

_PRIOR = "prior"

Result = dict[str, Any]
Losses = dict[str, dict[str, float]]
"""System (with its budget) to table to mean loss over splits."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the page and write it; exit code 1 if there is nothing to report."""
    parser = make_parser("benchmarks.systems.report", __doc__)
    parser.add_argument(
        "results", nargs="+", type=Path, help="files written by benchmarks.systems.run"
    )
    parser.add_argument("--name", required=True, help="of the page: docs/benchmarks/NAME.md")
    parser.add_argument("--pages", type=Path, default=PAGES, help="folder of the page")
    parser.add_argument("--only", nargs="+", help="these alone, such as 'automl 60 s' or lightgbm")
    arguments = parser.parse_args(argv)
    results = [
        result
        for result in read_results(arguments.results)
        if arguments.only is None or contender(result) in arguments.only
    ]
    if not results:
        print("there are no results in these files", file=sys.stderr)
        return 1
    arguments.pages.mkdir(parents=True, exist_ok=True)
    page = render(arguments.name, results)
    if _scored_tables(mean_losses(results)):
        draw(arguments.pages / f"{arguments.name}.svg", results)
    (arguments.pages / f"{arguments.name}.md").write_text(page, encoding="utf-8")
    print(page)
    return 0


def render(name: str, results: Sequence[Result]) -> str:
    """Write the page as Markdown."""
    losses = mean_losses(results)
    sections = [
        f"# Benchmark: {name}",
        _conditions(results),
        "## Systems",
        _systems(results, losses),
        *([f"![Scores of all systems]({name}.svg)"] if _scored_tables(losses) else []),
        "## One against one",
        "Tables won, tied (losses within 0.1 %) and lost by the first; p of the Wilcoxon "
        "signed-rank test on relative losses, adjusted after Holm. Both have run on these tables. "
        "Score: mean difference of the normalised scores on the tables that all have run, with its "
        "95 % interval.",
        _duels(losses),
        "## Mean loss by table",
        "1 - AUC, log loss or RMSE on test rows, averaged over splits; `failed` where a run was.",
        _tables(results, losses),
        *_failures(results),
    ]
    return "\n\n".join(sections) + "\n"


def draw(path: Path, results: Sequence[Result]) -> None:
    """Draw the scores on the tables that all systems have run."""
    losses = mean_losses(results)
    common = _scored_tables(losses)
    seconds: dict[str, list[float]] = {}
    for result in results:
        if result["status"] == "ok" and result["system"] != _PRIOR:
            seconds.setdefault(contender(result), []).append(result["latency_10k_seconds"])
    scores = {system: _normalised(system, common, losses) for system in seconds}
    latency = {system: median(values) for system, values in seconds.items()}
    best_first = dict(sorted(scores.items(), key=lambda item: -fmean(item[1])))
    draw_scores(path, best_first, latency)


def _scored_tables(losses: Losses) -> list[str]:
    """Tables that all systems have run; none without the prior, whose score is 0."""
    if _PRIOR not in losses:
        return []
    return sorted(set.intersection(*(set(tables) for tables in losses.values())))


def contender(result: Result) -> str:
    """Name of a system together with its budget."""
    budget = result["budget"]
    return str(result["system"]) if budget is None else f"{result['system']} {budget:g} s"


def mean_losses(results: Iterable[Result]) -> Losses:
    """Average splits first; only splits that every system has run on a table count."""
    runs: dict[str, dict[str, dict[int, float]]] = {}
    for result in results:
        loss = result["loss"] if result["status"] == "ok" else math.inf
        of_table = runs.setdefault(result["table"], {})
        of_table.setdefault(contender(result), {})[result["split"]] = loss
    losses: Losses = {}
    for table, systems in runs.items():
        common = set.intersection(*(set(splits) for splits in systems.values()))
        for system, splits in systems.items():
            if common:
                losses.setdefault(system, {})[table] = fmean(splits[k] for k in sorted(common))
    return losses


def _conditions(results: Sequence[Result]) -> str:
    tables = {result["table"] for result in results}
    machines = {
        f"{r['machine']['cpus']} cores, {r['machine']['system']}, n_jobs={r['machine']['n_jobs']}"
        for r in results
    }
    dates = sorted(result["date"][:10] for result in results)
    versions = {
        f"{contender(r)}: {', '.join(f'{k} {v}' for k, v in sorted(r['versions'].items()))}"
        for r in results
        if r["versions"]
    }
    lines = [
        f"{len(results)} runs on {len(tables)} tables, {dates[0]} to {dates[-1]}; "
        f"{'; '.join(sorted(machines))}.",
        "",
        *(f"- {line}" for line in sorted(versions)),
    ]
    return "\n".join(lines)


def _systems(results: Sequence[Result], losses: Losses) -> str:
    """One line a system; ranks and scores on the tables that all systems have run."""
    common = sorted(set.intersection(*(set(tables) for tables in losses.values())))
    ranks = mean_ranks({s: [losses[s][t] for t in common] for s in losses}) if common else {}
    rows = []
    for system in sorted(losses, key=lambda s: ranks.get(s, math.inf)):
        runs = [result for result in results if contender(result) == system]
        rows.append(
            [
                system,
                str(len(losses[system])),
                str(sum(run["status"] != "ok" for run in runs)),
                _figure(ranks.get(system), ".2f"),
                _figure(_mean_normalised(system, common, losses), ".3f"),
                *_costs([run for run in runs if run["status"] == "ok"]),
            ]
        )
    header = [
        "system",
        "tables",
        "errors",
        "mean rank",
        "normalised score",
        "fit s (mean)",
        "late runs",
        "most over limit s",
        "predict 10,000 rows s (median, max)",
        "saved model MB (median, max)",
        "peak memory MB (median, max)",
        "worker utilisation",
    ]
    note = (
        f"Ranks and scores over the {len(common)} tables that all have run; score 0 is the prior, "
        "1 the best seen. Late: more than limit x 1.02 + 1 s."
    )
    return f"{note}\n\n{markdown(header, rows)}"


def _mean_normalised(system: str, tables: Sequence[str], losses: Losses) -> float | None:
    if _PRIOR not in losses or not tables:
        return None
    return fmean(_normalised(system, tables, losses))


def _normalised(system: str, tables: Sequence[str], losses: Losses) -> list[float]:
    return [
        normalised(
            losses[system][table],
            prior=losses[_PRIOR][table],
            best=min(of_tables[table] for of_tables in losses.values()),
        )
        for table in tables
    ]


def _costs(runs: Sequence[Result]) -> list[str]:
    if not runs:
        return ["-"] * 7
    late = [r for r in runs if r["budget"] and is_late(r["fit_seconds"], r["budget"])]
    latency = [run["latency_10k_seconds"] for run in runs]
    memory = [run["peak_memory_mb"] for run in runs]
    busy = [r["extras"]["worker_utilization"] for r in runs if "worker_utilization" in r["extras"]]
    sizes = [run["model_bytes"] for run in runs if run.get("model_bytes")]
    limited = runs[0]["budget"] is not None
    return [
        f"{fmean(run['fit_seconds'] for run in runs):.1f}",
        str(len(late)) if limited else "-",
        f"{max(run['overrun'] for run in runs):.2f}" if limited else "-",
        f"{median(latency):.2f}, {max(latency):.2f}",
        f"{median(sizes) / 1e6:.1f}, {max(sizes) / 1e6:.1f}" if sizes else "-",
        f"{median(memory):.0f}, {max(memory):.0f}",
        f"{fmean(busy):.0%}" if busy else "-",
    ]


def _duels(losses: Losses) -> str:
    found = []
    for first, second in combinations(sorted(losses), 2):
        tables = sorted(set(losses[first]) & set(losses[second]))
        if tables:
            one, other = ([losses[s][t] for t in tables] for s in (first, second))
            found.append((first, second, duel(one, other)))
    adjusted = holm([one.p for _, _, one in found])
    rows = [
        [
            first,
            second,
            f"{one.wins} / {one.ties} / {one.losses}",
            f"{one.points:g} of {one.wins + one.ties + one.losses}",
            f"{p:.2g}",
            _score_difference(first, second, losses),
        ]
        for (first, second, one), p in zip(found, adjusted, strict=True)
    ]
    header = ["first", "second", "won / tied / lost", "points", "p (Holm)", "score"]
    return markdown(header, rows)


def _score_difference(first: str, second: str, losses: Losses) -> str:
    """How much higher the first scores, on the tables that all have run."""
    tables = _scored_tables(losses)
    if not tables:
        return "-"
    ours, theirs = (_normalised(system, tables, losses) for system in (first, second))
    mean, low, high = mean_interval([a - b for a, b in zip(ours, theirs, strict=True)])
    return f"{mean:+.3f} ({low:+.3f} to {high:+.3f})"


def _tables(results: Sequence[Result], losses: Losses) -> str:
    facts = {r["table"]: (r["metric"], r["n_rows"], r["n_features"]) for r in results}
    systems = sorted(losses)
    rows = []
    for table in sorted(facts):
        values = {s: losses[s][table] for s in systems if table in losses[s]}
        best = min(values.values(), default=math.inf)
        cells = [_loss_cell(values.get(system), best) for system in systems]
        rows.append([table, *map(str, facts[table]), *cells])
    return markdown(["table", "metric", "rows", "columns", *systems], rows)


def _loss_cell(loss: float | None, best: float) -> str:
    if loss is None:
        return "-"
    if math.isinf(loss):
        return "failed"
    return f"**{loss:.5g}**" if loss == best else f"{loss:.5g}"


def _failures(results: Sequence[Result]) -> list[str]:
    failed = [result for result in results if result["status"] != "ok"]
    left = [result for result in results if result["left_behind"]]
    lines = [
        f"- {contender(r)} on {r['table']}, split {r['split']}: {r['status']}, {r['error']}"
        for r in failed
    ]
    lines += [
        f"- {contender(r)} on {r['table']}, split {r['split']}: {r['left_behind']} processes "
        "were alive after it"
        for r in left
    ]
    return ["## What went wrong", "\n".join(lines)] if lines else []


def _figure(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
