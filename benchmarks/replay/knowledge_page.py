"""The page about the replay of the knowledge base: tables of regrets, and two pictures."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.common.plots import save
from benchmarks.common.statistics import duel

__all__ = ["BASELINE", "TODAY", "regret_duel", "write_page"]

BASELINE = "written by hand"
TODAY = "written by hand, as advised"


def write_page(
    folder: Path,
    curves: Mapping[str, Mapping[str, Any]],
    grown: Mapping[str, Sequence[float]],
    factors: Any,
    inside: Any,
    counts: Sequence[int],
    seconds: Sequence[float],
) -> Path:
    """Write ``knowledge.md`` and its pictures.

    Parameters
    ----------
    folder : Path
    curves : mapping of way to mapping of table to Curve
    grown : mapping of number of tables in the base to regrets after ten evaluations
    factors, inside : ndarray
        Of the model of runtimes: how far off, and whether below the quantile.
    counts, seconds : sequence
        Where the curves were read.
    """
    n_tables = len(next(iter(curves.values())))
    lines = [
        "# Replay of the knowledge base",
        "",
        f"{n_tables} tables, each looked up in a base without its family; made on "
        f"{time.strftime('%Y-%m-%d')} by `python -m benchmarks.replay.knowledge`.",
        "Regret is 0 for the ensemble of all forty shared configurations and 1 for the prior; the "
        "module says how it is measured. `fit` begins like the last line.",
        "",
        "## Mean regret after so many evaluations",
        "",
        *_table(curves, "counts", [str(k) for k in counts]),
        "",
        "## Mean regret within so many CPU seconds",
        "",
        *_table(curves, "seconds", [f"{s:g} s" for s in seconds]),
        "",
        f"## One against one: tables won, tied and lost against `{BASELINE}`",
        "",
        *_duels(curves, seconds),
        "",
        "![Regret by seconds](knowledge-seconds.svg)",
        "",
        "## How it grows",
        "",
        "Mean regret after ten evaluations, by the number of tables in the base (of one task type, "
        "drawn by chance).",
        "",
        "| tables | " + " | ".join(grown) + " |",
        "| --- |" + " --- |" * len(grown),
        "| regret | " + " | ".join(f"{np.mean(values):.4f}" for values in grown.values()) + " |",
        "",
        "![Regret by tables in the base](knowledge-growth.svg)",
        "",
        "## Runtimes",
        "",
        f"{len(factors)} fits on tables whose family the model had not seen:",
        f"the median is off by a factor of {np.median(factors):.2f};",
        f"{100 * inside.mean():.1f} % end below the predicted 95 % quantile.",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    _pictures(folder, curves, grown, seconds)
    path = folder / "knowledge.md"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _table(curves: Mapping[str, Mapping[str, Any]], part: str, heads: Sequence[str]) -> list[str]:
    lines = ["| way | " + " | ".join(heads) + " |", "| --- |" + " --- |" * len(heads)]
    for way, found in curves.items():
        means = np.mean([getattr(curve, part) for curve in found.values()], axis=0)
        lines.append(f"| {way} | " + " | ".join(f"{mean:.4f}" for mean in means) + " |")
    return lines


def regret_duel(ours: Sequence[float], theirs: Sequence[float]) -> str:
    """Tables won, tied and lost; losses are 1 + regret, so that ratios exist."""
    pair = duel([1.0 + one for one in ours], [1.0 + one for one in theirs])
    return f"{pair.wins} / {pair.ties} / {pair.losses} (p {pair.p:.2g})"


def _duels(curves: Mapping[str, Mapping[str, Any]], seconds: Sequence[float]) -> list[str]:
    lines = ["| way | " + " | ".join(f"{s:g} s" for s in seconds) + " |"]
    lines.append("| --- |" + " --- |" * len(seconds))
    base = [curve.seconds for curve in curves[BASELINE].values()]
    for way, found in curves.items():
        if way == BASELINE:
            continue
        ours = [curve.seconds for curve in found.values()]
        pairs = zip(np.transpose(ours), np.transpose(base), strict=True)
        cells = [regret_duel(*pair) for pair in pairs]
        lines.append(f"| {way} | " + " | ".join(cells) + " |")
    return lines


def _pictures(
    folder: Path,
    curves: Mapping[str, Mapping[str, Any]],
    grown: Mapping[str, Sequence[float]],
    seconds: Sequence[float],
) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 4), layout="tight")
    axes = figure.subplots()
    for way, found in curves.items():
        means = np.mean([curve.seconds for curve in found.values()], axis=0)
        axes.plot(seconds, means, marker="o", linewidth=2.5 if way == TODAY else 1.0, label=way)
    axes.set(xscale="log", xlabel="CPU seconds", ylabel="mean regret")
    axes.legend(fontsize=8)
    save(figure, folder / "knowledge-seconds.svg")
    figure = Figure(figsize=(5, 3), layout="tight")
    axes = figure.subplots()
    axes.plot(list(grown), [np.mean(values) for values in grown.values()], marker="o")
    axes.set(xlabel="tables in the base", ylabel="mean regret after 10")
    save(figure, folder / "knowledge-growth.svg")
