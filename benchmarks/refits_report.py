"""The page about final models of one search: losses, CPU seconds and bytes against fold models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from statistics import median
from typing import Any

import numpy as np

from benchmarks.common.statistics import duel

__all__ = ["page"]

BASE = "folds"
SIZES = (
    ("below 2,000 rows", 0, 2_000),
    ("2,000 to 10,000", 2_000, 10_000),
    ("more", 10_000, 10**9),
)
HEAD = """# Benchmark: what the final model consists of

Several final models from the same search, on the same test rows, {n_tables} tables, {seconds:g} s
of search each; `python -m benchmarks.refits run`, then `... report`. Ratios of losses are against
`{base}`: five fold models of a member where the search made them, else one fit on all rows. CPU
seconds are for 10,000 encoded rows, MB those of the compressed models; both are medians.

"""
COLUMNS = ("model", "tables", "loss ratio", "won / tied / lost", "p", "models", "CPU s", "MB")

Results = list[dict[str, Any]]


def page(results: Results) -> str:
    """Markdown of all sizes together and of each alone."""
    seconds = max((result["budget"] for result in results), default=0.0)
    n_tables = len({result["table"] for result in results})
    parts = [HEAD.format(n_tables=n_tables, seconds=seconds, base=BASE)]
    for title, low, high in (("All tables", 0, 10**9), *SIZES):
        some = [result for result in results if low <= result["n_rows"] < high]
        if some:
            parts.append(f"## {title}\n\n{_table(some)}\n")
    return "\n".join(parts)


def _table(results: Results) -> str:
    names = results[0]["variants"]
    base = _by_table(results, BASE, "loss")
    lines = [_row(COLUMNS), _row(["---"] * len(COLUMNS))]
    for name in names:
        losses = _by_table(results, name, "loss")
        found = duel(losses, base)
        ratio = np.exp(np.mean(np.log(np.maximum(losses, 1e-12) / np.maximum(base, 1e-12))))
        lines.append(
            _row(
                [
                    name,
                    str(len(losses)),
                    f"{ratio:.4f}",
                    f"{found.wins} / {found.ties} / {found.losses}",
                    f"{found.p:.2g}",
                    f"{median(_by_table(results, name, 'n_models')):g}",
                    f"{median(_by_table(results, name, 'cpu_seconds')):.2f}",
                    f"{median(_by_table(results, name, 'bytes')) / 1e6:.2f}",
                ]
            )
        )
    return "\n".join(lines)


def _by_table(results: Results, name: str, value: str) -> list[float]:
    """The mean over splits of each table."""
    found: dict[str, list[float]] = defaultdict(list)
    for result in results:
        found[result["table"]].append(result["variants"][name][value])
    return [float(np.mean(values)) for values in found.values()]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"
