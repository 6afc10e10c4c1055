"""One row per configuration at its highest fidelity, failures included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from automl.history import History, TrialResult
from automl.search.ranking import farthest_first

__all__ = ["leaderboard", "leaderboard_of_each", "tried"]


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
        Highest rung first, best score first within it, failures last, as the name of the columns
        says in the corner of what is displayed. Scores are comparable within one rung only, and
        the best of many flatters: rows that a pipeline was chosen on say less than the held-out
        ones (``holdout_``).
    """
    in_order = farthest_first(history.highest())
    table = pd.DataFrame([_row(result, weights) for result in in_order], columns=_COLUMNS)
    table.index.name = "rank"
    table.columns.name = f"by rung, then {metric}"
    return table


def leaderboard_of_each(boards: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Leaderboards below one another; where there are several, a column names the target."""
    if len(boards) == 1:
        return next(iter(boards.values()))
    named = [board.assign(target=name) for name, board in boards.items()]
    filled = [board for board in named if len(board)]
    found = pd.concat(filled if filled else named)
    return found[["target", *found.columns.drop("target")]]


def tried(histories: Sequence[History]) -> str:
    """Count what a leaderboard shows, in words.

    Examples
    --------
    >>> tried([History()])
    '0 configurations in 0 evaluations'
    """
    shown = [result for history in histories for result in history.highest()]
    n_failed = sum(not result.ok for result in shown)
    text = f"{len(shown)} configurations in {sum(map(len, histories))} evaluations"
    return f"{text}, {n_failed} without a score" if n_failed else text


_COLUMNS = [
    "learner",
    "rung",
    "fidelity",
    "val_score",
    "ensemble_weight",
    "wall_seconds",
    "cpu_seconds",
    "peak_memory_mb",
    "origin",
    "status",
    "message",
    "config",
]


def _row(result: TrialResult, weights: Mapping[str, float]) -> dict[str, object]:
    config = result.info.config
    return {
        "learner": config["learner"],
        "rung": result.info.rung,
        "fidelity": result.details.get("fraction"),
        "val_score": result.score,
        "ensemble_weight": weights.get(config.key, 0.0),
        "wall_seconds": round(result.wall_seconds, 3),
        "cpu_seconds": round(result.cpu_seconds, 3),
        "peak_memory_mb": round(result.peak_memory_mb, 1),
        "origin": result.info.origin,
        "status": result.status,
        "message": result.message,
        "config": config.to_dict(),
    }
