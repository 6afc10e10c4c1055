"""What may make the score too good is told, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl.data import Dataset, repeats_by_chance, rows_in_both, telling_columns
from automl.exceptions import warn_user

__all__ = ["Suspects", "find_suspects", "warn_of_suspects"]

_MANY = 0.05


@dataclass(frozen=True)
class Suspects:
    """Signs of leakage.

    Parameters
    ----------
    columns : tuple of str
        Each alone predicts the target almost perfectly.
    shared_rows : int
        Rows of the check that are among the training rows too, target included.
    shared_share : float
    by_chance : bool
        Whether the columns are so coarse that rows repeat without having been copied.
    """

    columns: tuple[str, ...]
    shared_rows: int
    shared_share: float
    by_chance: bool

    def to_dict(self) -> dict[str, object]:
        """As plain values."""
        return {
            "columns": list(self.columns),
            "shared_rows": self.shared_rows,
            "shared_by_chance": self.by_chance,
        }


def find_suspects(training: Dataset, held_out: Dataset, seed: int) -> Suspects:
    """Look for columns that give the answer away and for rows on both sides of the check."""
    rng = np.random.default_rng([seed, 1])  # of its own: nothing else may change by looking
    telling = telling_columns(training.X, training.y, training.task, rng)
    shared = 0
    if held_out.n_rows:
        shared = rows_in_both((held_out.X, held_out.y), (training.X, training.y))
    share = shared / max(1, held_out.n_rows)
    return Suspects(
        columns=tuple(training.features[i].name for i in telling),
        shared_rows=shared,
        shared_share=share,
        by_chance=share > _MANY and repeats_by_chance(training.X),
    )


def warn_of_suspects(found: Suspects) -> None:
    """Tell the user, in a sentence each."""
    if found.columns:
        warn_user(
            f"The target is almost perfectly told by {' or '.join(map(repr, found.columns[:5]))} "
            "alone: if that is not known where you predict, set column_types={name: 'ignore'}, or "
            "the score is far too good."
        )
    if found.shared_share > _MANY and not found.by_chance:
        warn_user(
            f"{found.shared_rows} of the held-out rows ({found.shared_share:.0%}) are among the "
            "training rows, too, target included: if rows were copied, drop the copies or name "
            "what belongs together in `groups`, or the score is too good."
        )
