"""No fidelities: every configuration is evaluated once, with everything."""

from __future__ import annotations

from collections.abc import Sequence

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.search.schedulers.base import Decision, NewTrial, Promote, best_leftover

__all__ = ["FullScheduler"]


class FullScheduler:
    """Begins every trial at the highest rung.

    Parameters
    ----------
    n_rungs : int
        Number of fidelities.

    Raises
    ------
    InvalidInputError
        If there is none.
    """

    def __init__(self, n_rungs: int) -> None:
        if n_rungs < 1:
            raise InvalidInputError(
                f"n_rungs must be at least 1, got {n_rungs}; choose a larger number."
            )
        self._n_rungs = n_rungs
        self._ranking = Ranking()

    def decide(
        self,
        history: History,  # noqa: ARG002 - the same whatever is known
        pending: Sequence[TrialInfo],  # noqa: ARG002
    ) -> Decision:
        """Begin a new trial."""
        return NewTrial(self._n_rungs - 1)

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Promote what the caller's veto has made begin at a lower rung."""
        return best_leftover(history, self._ranking.follow(history), self._n_rungs, pending)
