"""The check of several targets, in the form of the check of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from automl.data import Rows
from automl.metrics import mean_interval
from automl.run.finish import Holdout

__all__ = ["CheckedTarget", "MeanHoldout", "mean_of"]


@dataclass(frozen=True)
class MeanHoldout(Holdout):
    """Mean score over targets, on rows that nothing had seen.

    Parameters
    ----------
    score, metric, ci_low, ci_high, n_rows, scores
        As of a single target: means over the targets, and the interval of the mean; `n_rows` are
        those in which any target was scored.
    targets : dict
        Check of each target that was scored, by its name.
    """

    targets: Mapping[str, Holdout] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{super().__str__()}, mean of {len(self.targets)} targets"

    __repr__ = __str__


@dataclass(frozen=True, eq=False)
class CheckedTarget:
    """A target that was scored.

    Parameters
    ----------
    holdout : Holdout
    errors : ndarray of shape (n_checked,)
        What each row adds to the score.
    rows : ndarray of int64
        Which rows these are, in a numbering that all targets share.
    """

    holdout: Holdout
    errors: npt.NDArray[np.float64]
    rows: Rows


def mean_of(checked: Mapping[str, CheckedTarget]) -> MeanHoldout | None:
    """Put the checks of targets together; None where none was scored."""
    if not checked:
        return None
    found = [one.holdout for one in checked.values()]
    n_rows = 1 + max(int(one.rows.max()) for one in checked.values())
    errors = np.full((n_rows, len(found)), np.nan)
    for k, one in enumerate(checked.values()):
        errors[one.rows, k] = one.errors
    errors = errors[~np.isnan(errors).all(axis=1)]
    scores, lows, highs = (
        np.array([getattr(one, name) for one in found]) for name in ("score", "ci_low", "ci_high")
    )
    low, high = mean_interval(scores, lows, highs, errors)
    return MeanHoldout(
        score=float(scores.mean()),
        metric=found[0].metric,
        ci_low=low,
        ci_high=high,
        n_rows=len(errors),
        scores={name: float(np.mean([h.scores[name] for h in found])) for name in found[0].scores},
        targets={name: one.holdout for name, one in checked.items()},
    )
