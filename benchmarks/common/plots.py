"""Pictures of pages: normalised scores of all systems, one dot a table; how pictures are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["draw_scores", "save"]

_LOWEST = -0.1


def draw_scores(
    path: Path, scores: Mapping[str, Sequence[float]], latency: Mapping[str, float]
) -> None:
    """Write an SVG with scores on the left and seconds to predict on the right.

    Parameters
    ----------
    path : Path
    scores : mapping
        System to one normalised score a table (0 the prior, 1 the best seen), best system first.
    latency : mapping
        System to the median of its seconds for 10,000 rows.
    """
    from matplotlib.figure import Figure

    names = list(scores)
    rows = np.arange(len(names))[::-1]
    figure = Figure(figsize=(9, 0.6 + 0.5 * len(names)), layout="constrained")
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(3, 1))
    for row, name in zip(rows, names, strict=True):
        values = np.clip(scores[name], _LOWEST, 1.0)
        left.scatter(values, np.full(len(values), row), s=14, alpha=0.4, color="tab:blue")
        left.scatter(values.mean(), row, marker="|", s=220, color="black")
    left.set_yticks(rows, names)
    left.set_xlabel("normalised score of each table (bar: mean)")
    right.barh(rows, [latency[name] for name in names], color="tab:orange", height=0.5)
    right.set_xscale("log")
    right.set_xlabel("seconds for 10,000 rows")
    save(figure, path)


def save(figure: Any, path: Path) -> None:
    """Write an SVG that is the same to the byte wherever what it shows is the same."""
    from matplotlib import rc_context

    with rc_context({"svg.hashsalt": path.stem}):
        figure.savefig(path, metadata={"Date": None})
