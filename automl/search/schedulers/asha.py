"""Asynchronous successive halving [1]_ with Hyperband's hedge and a full evaluation per family.

.. [1] Li et al., A system for massively parallel hyperparameter tuning, MLSys 2020.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import takewhile

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.search.schedulers.base import Decision, NewTrial, Promote, best_leftover, promotion
from automl.space import Config

__all__ = ["AshaScheduler"]


class AshaScheduler:
    """Promotes the best share of each rung as soon as it is known, else starts a new trial.

    Four rules, the first that applies decides:

    1. The configuration that was begun first goes from its first rung straight to `first_to`, so
       that one model of high fidelity exists early.
    2. From the highest rung down, the best 1/eta of a rung are promoted, best first.
    3. At the same rung, the best configuration of each family in the better half of the families
       is promoted, once for each family: a family that shines late is not judged by its cheap
       evaluations alone. A rung with fewer than eta losses promotes nothing by rules 2 and 3.
    4. A new trial begins at rung 0, one in `hedge_every` at rung 1.

    Parameters
    ----------
    n_rungs : int
        Number of fidelities; with one there is nothing to promote.
    eta : int, default=3
        One in eta configurations of a rung is promoted.
    family : callable, optional
        From a configuration to its family; None leaves rule 3 out.
    first_to : int, optional
        The rung of rule 1; None is the highest, 0 leaves the rule out.
    top_after : int, default=0
        Losses that the rung below the highest must have before rules 2 and 3 promote from it: a
        last rung that costs several times more is not begun before the choice is wide.
    hedge_every : int, optional
        One in so many new trials begins one rung up (default 5); None never does.

    Raises
    ------
    InvalidInputError
        If a number is too small.
    """

    def __init__(
        self,
        n_rungs: int,
        eta: int = 3,
        family: Callable[[Config], str] | None = None,
        *,
        first_to: int | None = None,
        top_after: int = 0,
        hedge_every: int | None = 5,
    ) -> None:
        for name, value, least in (
            ("n_rungs", n_rungs, 1),
            ("eta", eta, 2),
            ("hedge_every", 1 if hedge_every is None else hedge_every, 1),
        ):
            if value < least:
                raise InvalidInputError(
                    f"{name} must be at least {least}, got {value}; choose a larger number."
                )
        self._n_rungs = n_rungs
        self._eta = eta
        self._family = family
        self._first_to = n_rungs - 1 if first_to is None else first_to
        self._top_after = top_after
        self._hedge_every = hedge_every
        self._ranking = Ranking(family)

    def decide(self, history: History, pending: Sequence[TrialInfo]) -> Decision:
        """Apply the four rules."""
        ranking = self._ranking.follow(history)
        taken = {(info.config, info.rung) for info in pending}
        pioneer = self._pioneer(history, ranking, pending)
        if pioneer is not None and (pioneer.config, pioneer.rung) not in taken:
            return pioneer
        for rung in self._promoting_rungs():
            if rung == self._n_rungs - 2 and ranking.count(rung) < self._top_after:
                continue
            for config in self._candidates(ranking, rung, pending):
                if (config, rung + 1) not in taken and not self._past(history, taken, config, rung):
                    return promotion(history, config, rung)
        return NewTrial(self._first_rung(history, pending))

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Promote the best of what is left, from the highest rung down."""
        return best_leftover(history, self._ranking.follow(history), self._n_rungs, pending)

    def _candidates(
        self, ranking: Ranking, rung: int, pending: Sequence[TrialInfo]
    ) -> Iterator[Config]:
        """Yield who may go up from a rung and was not run above, by rules 2 and 3."""
        n_best = ranking.count(rung) // self._eta
        if n_best == 0:
            return
        last = ranking.place_at(rung, n_best - 1)
        for place in takewhile(lambda place: place <= last, ranking.waiting(rung)):
            yield ranking.config(rung, place)
        if self._family is not None:
            heads = ranking.heads(rung)
            risen = ranking.risen(rung) | _rising(ranking, rung, pending)
            for family, place in heads[: math.ceil(len(heads) / 2)]:
                if family not in risen:
                    yield ranking.config(rung, place)

    def _past(
        self, history: History, taken: set[tuple[Config, int]], config: Config, rung: int
    ) -> bool:
        """Whether a configuration that skipped the next rung is, or was with success, above it."""
        higher = range(rung + 2, self._n_rungs)
        results = (history.find(config, one) for one in higher)
        return any((config, one) in taken for one in higher) or any(
            result is not None and result.ok for result in results
        )

    def _pioneer(
        self, history: History, ranking: Ranking, pending: Sequence[TrialInfo]
    ) -> Promote | None:
        """Take the configuration that was begun first, of those not blocked by a failure.

        One that is begun and pending is waited for: with several workers a cheap later one would
        overtake it, and the portfolio begins with what is to be there first.
        """
        reached = (ranking.count(rung) for rung in range(self._first_to, self._n_rungs))
        if self._first_to <= 0 or any(reached):
            return None
        ready = [
            (min(_numbers(history, result.info.config, self._n_rungs)), result.info)
            for result in history.highest()
            if result.ok and history.find(result.info.config, self._first_to) is None
        ]
        if ready:
            number, info = min(ready, key=lambda pair: pair[0])
            if all(other.number > number for other in pending):
                return Promote(info.config, self._first_to, info.origin)
        return None

    def _promoting_rungs(self) -> range:
        return range(self._n_rungs - 2, -1, -1)

    def _first_rung(self, history: History, pending: Sequence[TrialInfo]) -> int:
        if self._n_rungs == 1 or self._hedge_every is None:
            return 0
        begun = {info.config for info in pending if history.find(info.config) is None}
        n_begun = len(history.highest()) + len(begun)
        return 1 if n_begun % self._hedge_every == self._hedge_every - 1 else 0


def _numbers(history: History, config: Config, n_rungs: int) -> list[int]:
    """Trial numbers of a configuration, over all rungs."""
    found = (history.find(config, rung) for rung in range(n_rungs))
    return [result.info.number for result in found if result is not None]


def _rising(ranking: Ranking, rung: int, pending: Sequence[TrialInfo]) -> set[object]:
    """Groups of which one configuration with a loss at a rung is pending one rung up."""
    up = (info.config for info in pending if info.rung == rung + 1)
    return {ranking.group_of(c) for c in up if ranking.place(rung, c) is not None}
