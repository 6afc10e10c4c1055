"""One row per configuration at its highest fidelity, failures included."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from automl.history import History
from automl.search.ranking import farthest_first

__all__ = ["leaderboard", "leaderboard_of_each"]

_COLUMNS = [
    "learner",
    "score",
    "fidelity",
    "weight",
    "wall_seconds",
    "cpu_seconds",
    "peak_memory_mb",
    "origin",
    "status",
    "message",
    "config",
]


def leaderboard(history: History, weights: Mapping[str, float], metric: str) -> pd.DataFrame:
    """Table of what was tried.

    Parameters
    ----------
    history : History
    weights : mapping
        Ensemble weight by configuration key.
    metric : str
        Names the score.

    Returns
    -------
    pandas.DataFrame
        Highest fidelity first, best score first within it, failures last. Scores are comparable
        within one fidelity only, and the best of many flatters: rows that a pipeline was chosen on
        say less than the held-out ones (``holdout_``).
    """
    rows = []
    for result in farthest_first(history.highest()):
        config = result.info.config
        rows.append(
            {
                "learner": config["learner"],
                "score": result.score,
                "fidelity": result.info.rung,
                "weight": weights.get(config.key, 0.0),
                "wall_seconds": round(result.wall_seconds, 3),
                "cpu_seconds": round(result.cpu_seconds, 3),
                "peak_memory_mb": round(result.peak_memory_mb, 1),
                "origin": result.info.origin,
                "status": result.status,
                "message": result.message,
                "config": config.to_dict(),
            }
        )
    table = pd.DataFrame(rows, columns=_COLUMNS).rename(columns={"score": metric})
    table.index.name = "rank"
    return table


def leaderboard_of_each(boards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Leaderboards of several targets below one another, with a column that names the target."""
    named = [board.assign(target=name) for name, board in boards.items()]
    filled = [board for board in named if len(board)]
    found = pd.concat(filled if filled else named)
    return found[["target", *found.columns.drop("target")]]
