"""The page of the optimizers: regret, comparisons, priors, workers, seconds; and its picture.

The task is the unit: seeds are averaged first. Only tasks that all systems of a table have run are
compared in it, and in a duel only seeds that both have run: a mean over five runs and a single one
differ in distribution even where the systems do not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import fmean, median
from typing import Any

import numpy as np

from benchmarks.common.plots import save
from benchmarks.common.statistics import holm

__all__ = ["area", "regret_at", "write_page"]

AT = (25.0, 50.0, 100.0)
LAST = 100.0
FIRST = "bohb"
YARDSTICK = "random"

_REAL = (
    "The pipelines of this library on three small tables, 50 evaluations by five-fold "
    "cross-validation: loss over the best that any run found on the table, in per cent, mean over "
    "tables and seeds, and the rank of the loss at the end (`benchmarks.optimizers.real`)."
)

Result = dict[str, Any]
Trace = Sequence[Sequence[float]]
Runs = dict[str, dict[str, dict[int, Result]]]
"""System (with its mode where it is not cold) to task to seed to run."""


def regret_at(trace: Trace, cost: float) -> float:
    """Regret of the incumbent after a cost; 1 before there is any.

    Examples
    --------
    >>> regret_at([(1.0, 0.5), (3.0, 0.2)], 2.0)
    0.5
    """
    known = [regret for spent, regret in trace if spent <= cost + 1e-9]
    return known[-1] if known else 1.0


def area(trace: Trace, end: float = LAST) -> float:
    """Mean regret over all costs up to the end.

    Examples
    --------
    >>> area([(10.0, 0.5)], end=20.0)
    0.75
    """
    steps = [(0.0, 1.0), *((c, r) for c, r in trace if c <= end), (end, 0.0)]
    return sum((b[0] - a[0]) * a[1] for a, b in pairwise(steps)) / end


def write_page(path: Path, results: Iterable[Result], real: str = "") -> str:
    """Write the page and its picture, and return the page; `real` is a table for its end."""
    listed = list(results)
    runs = _runs(listed)
    sections = ["# Benchmark: optimizers", _conditions(listed, runs)]
    if YARDSTICK in runs and FIRST in runs:
        path.parent.mkdir(parents=True, exist_ok=True)
        draw(path.with_suffix(".svg"), runs)
        sections += [
            "## Regret",
            _regrets(runs),
            f"![Mean regret by cost]({path.stem}.svg)",
            f"## {FIRST} against each",
            "Tasks on which the mean regret over the seeds that both have run is lower / equal / "
            "higher, and p of the Wilcoxon signed-rank test over tasks, adjusted after Holm for "
            "all comparisons.",
            _duels(runs),
            *_priors(runs),
        ]
    sections += [*_workers(listed), *_speed(listed), *_errors(listed)]
    if real:
        sections += ["## On real pipelines", _REAL, real]
    page = "\n\n".join(sections) + "\n"
    path.write_text(page, encoding="utf-8")
    return page


def draw(path: Path, runs: Runs) -> None:
    """Draw mean regret against cost, both on logarithmic scales."""
    from matplotlib.figure import Figure

    tasks = _common(runs, _cold(runs))
    costs = np.geomspace(1.0, LAST, 60)
    figure = Figure(figsize=(8, 5), layout="constrained")
    axes = figure.subplots()
    for system in runs:
        if set(tasks) <= set(runs[system]):
            curve = [fmean(_values(runs, system, tasks, cost)) for cost in costs]
            own = system.split()[0] == FIRST
            axes.plot(costs, curve, label=system, linewidth=2.2 if own else 1.1)
    axes.set(xscale="log", yscale="log", xlabel="full-size evaluations", ylabel="mean regret")
    axes.legend(fontsize=8)
    save(figure, path)


def _runs(results: Sequence[Result]) -> Runs:
    runs: Runs = defaultdict(lambda: defaultdict(dict))
    for result in results:
        if result["kind"] == "run" and "trace" in result:
            mode = result["mode"]
            name = result["system"] if mode == "cold" else f"{result['system']} {mode}"
            runs[name][result["task"]][result["seed"]] = result
    return {name: dict(tasks) for name, tasks in runs.items()}


def _cold(runs: Runs) -> list[str]:
    """Systems without earlier tasks that have run on all tasks."""
    return [name for name in runs if " " not in name and set(runs[FIRST]) <= set(runs[name])]


def _common(runs: Runs, systems: Sequence[str]) -> list[str]:
    return sorted(set.intersection(*(set(runs[system]) for system in systems)))


def _values(
    runs: Runs, system: str, tasks: Sequence[str], cost: float, beside: str | None = None
) -> list[float]:
    """Mean regret over seeds for each task; over those that another system has run, too."""
    means = []
    for task in tasks:
        own = runs[system][task]
        seeds = own if beside is None else [s for s in own if s in runs[beside][task]]
        means.append(fmean(regret_at(own[seed]["trace"], cost) for seed in seeds))
    return means


def _conditions(results: Sequence[Result], runs: Runs) -> str:
    counts = {name: sum(len(seeds) for seeds in tasks.values()) for name, tasks in runs.items()}
    versions = {r["system"]: r["version"] for r in results if r.get("version")}
    listed = [
        f"- {name}{' ' + versions[name.split()[0]] if name.split()[0] in versions else ''}: "
        f"{count} runs on {len(runs[name])} tasks"
        for name, count in counts.items()
    ]
    return (
        "Surrogate `rbv2_xgboost` of YAHPO Gym; AUC is maximised, an evaluation costs its share of "
        "the training rows, and regret is normalised by the worst and the best of all real runs "
        "on a task (below 0 where the best is beaten). The incumbent is the best at the largest "
        "fidelity so far, judged at full size. Findings here want a confirmation on real tables."
        "\n\n" + "\n".join(listed)
    )


def _regrets(runs: Runs) -> str:
    tasks = _common(runs, _cold(runs))
    rows = []
    for system in _cold(runs):
        means = [fmean(_values(runs, system, tasks, cost)) for cost in AT]
        per_ask = [
            1000.0 * run["optimizer_seconds"] / max(run["n"], 1)
            for task in tasks
            for run in runs[system][task].values()
        ]
        rows.append([system, *(f"{mean:.4f}" for mean in means), f"{fmean(per_ask):.2f}"])
    rows.sort(key=lambda row: float(row[-2]))
    head = ["system", *(f"after {cost:.0f}" for cost in AT), "ms an evaluation"]
    partly = [name for name in runs if " " not in name and name not in _cold(runs)]
    left_out = f" Not on all tasks yet, and left out: {', '.join(partly)}." if partly else ""
    return f"Means over {len(tasks)} tasks and all seeds.{left_out}\n\n" + _table(head, rows)


def _duels(runs: Runs) -> str:
    from scipy.stats import wilcoxon

    rows, p_values = [], []
    for system in (system for system in _cold(runs) if system != FIRST):
        tasks = [
            t for t in _common(runs, [FIRST, system]) if {*runs[FIRST][t]} & {*runs[system][t]}
        ]
        for cost in AT:
            ours = _values(runs, FIRST, tasks, cost, beside=system)
            theirs = _values(runs, system, tasks, cost, beside=FIRST)
            difference = np.round(np.subtract(ours, theirs), 9)
            p = float(wilcoxon(difference, zero_method="zsplit").pvalue) if any(difference) else 1.0
            signs = [int((difference < 0).sum()), int((difference == 0).sum())]
            won = f"{signs[0]} / {signs[1]} / {len(tasks) - sum(signs)}"
            rows.append([system, f"{cost:.0f}", f"{difference.mean():+.4f}", won])
            p_values.append(p)
    adjusted = holm(p_values)
    rows = [[*row, f"{p:.3g}"] for row, p in zip(rows, adjusted, strict=True)]
    head = ["against", "after", "mean difference", "lower / equal / higher", "p (Holm)"]
    return _table(head, rows)


def _priors(runs: Runs) -> list[str]:
    """Earlier tasks: how soon the yardstick is reached, and what a wrong base costs."""
    rows = []
    for system in runs:
        cold = system.split()[0]
        if not any(f"{cold} {mode}" in runs for mode in ("warm", "permuted")):
            continue
        tasks = _common(runs, [system, cold, YARDSTICK])
        targets = dict(zip(tasks, _values(runs, YARDSTICK, tasks, 2 * LAST), strict=True))
        costs = [_reached(runs[system][task], targets[task]) for task in tasks]
        areas, before = (_areas(runs, one, tasks, beside=system) for one in (system, cold))
        difference = fmean(areas) - fmean(before)
        figures = (f"{median(costs):.1f}", f"{fmean(areas):.4f}", f"{difference:+.4f}")
        rows.append([system, str(len(tasks)), *figures])
    if not rows:
        return []
    head = ["system", "tasks", "cost to random's 200", "area under the curve", "against cold"]
    text = (
        "Earlier runs: 100 random evaluations on each task of another family; permuted: with their "
        "scores shuffled within each task. Median cost at which the regret of random search after "
        "200 evaluations is reached (200 where it never is), and mean regret over all costs."
    )
    return ["## Earlier tasks", text, _table(head, rows)]


def _areas(runs: Runs, system: str, tasks: Sequence[str], beside: str) -> list[float]:
    """Mean area over the seeds that another system has run, too, for each task."""
    return [
        fmean(
            area(run["trace"]) for seed, run in runs[system][t].items() if seed in runs[beside][t]
        )
        for t in tasks
    ]


def _reached(seeds: Mapping[int, Result], target: float) -> float:
    def one(trace: Trace) -> float:
        return next((cost for cost, regret in trace if regret <= target + 1e-9), 2 * LAST)

    return median(one(run["trace"]) for run in seeds.values())


def _workers(results: Sequence[Result]) -> list[str]:
    found: dict[str, list[float]] = defaultdict(list)
    for result in results:
        if result["kind"] == "workers" and "utilisation" in result:
            found[result["system"]].append(result["utilisation"])
    if not found:
        return []
    rows = [
        [name, f"{100 * fmean(shares):.1f} %", f"{100 * min(shares):.1f} %", str(len(shares))]
        for name, shares in found.items()
    ]
    text = "Share of simulated time in which eight workers are busy; durations vary log-normally."
    return ["## Workers", text, _table(["system", "mean", "least", "runs"], rows)]


def _speed(results: Sequence[Result]) -> list[str]:
    keys = ("strategy", "space", "rungs", "trials")
    found = {tuple(r[key] for key in keys): r for r in results if r["kind"] == "speed"}
    if not found:
        return []
    rows = [
        [*map(str, key), f"{r['milliseconds']:.1f}", f"{r['slow_milliseconds']:.1f}"]
        for key, r in found.items()
    ]
    text = (
        "CPU time of one ask with 60 parameters, after another result has been told. Beside other "
        "work on the same cores it is up to three times what it is on a machine that does nothing "
        "else."
    )
    return ["## Seconds of one ask", text, _table([*keys, "median ms", "95 % ms"], rows)]


def _errors(results: Sequence[Result]) -> list[str]:
    installs = {r["system"]: r["error"] for r in results if r["kind"] == "install"}
    lines = [f"- {name} does not install: {error}" for name, error in installs.items() if error]
    failed: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for result in results:
        if result["kind"] in ("run", "workers") and "error" in result:
            failed[result["system"]][result["error"]] += 1
    for name, errors in failed.items():
        lines += [f"- {name}: {count} runs ended with {error}" for error, count in errors.items()]
    return ["## Errors", "\n".join(lines)] if lines else []


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
