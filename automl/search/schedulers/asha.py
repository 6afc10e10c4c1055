"""Asynchronous successive halving [1]_ with Hyperband's hedge and a full evaluation per family.

.. [1] Li et al., A system for massively parallel hyperparameter tuning, MLSys 2020.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.search.schedulers.base import Decision, NewTrial, Promote
from automl.space import Config

__all__ = ["AshaScheduler"]


class AshaScheduler:
    """Promotes the best share of each rung as soon as it is known, else starts a new trial.

    Four rules, the first that applies decides:

    1. The configuration that was begun first goes up to rung `first_to` at once, so that one model
       of high fidelity exists early.
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

    def decide(self, history: History, pending: Sequence[TrialInfo]) -> Decision:
        """Apply the four rules."""
        taken = _Taken(history, pending)
        for result in self._candidates(history, taken):
            if not taken.at(result.info.config, result.info.rung + 1):
                return _promotion(result)
        return NewTrial(self._first_rung(history, pending))

    def leftover(self, history: History, pending: Sequence[TrialInfo]) -> Promote | None:
        """Promote the best of what is left, from the highest rung down."""
        taken = _Taken(history, pending)
        for rung in self._promoting_rungs():
            for result in history.ranking(rung):
                if not taken.at(result.info.config, rung + 1):
                    return _promotion(result)
        return None

    def _candidates(self, history: History, taken: _Taken) -> Iterator[TrialResult]:
        if self._first_to > 0:
            yield from self._pioneer(history, taken.pending_numbers)
        for rung in self._promoting_rungs():
            ranking = history.ranking(rung)
            if rung == self._n_rungs - 2 and len(ranking) < self._top_after:
                continue
            yield from ranking[: len(ranking) // self._eta]
            if self._family is not None and len(ranking) >= self._eta:
                yield from _family_heads(ranking, self._family, taken)

    def _pioneer(self, history: History, pending: Sequence[int]) -> Iterator[TrialResult]:
        """Yield the configuration that was begun first, of those not blocked by a failure.

        One that is begun and pending is waited for: with several workers a cheap later one would
        overtake it, and the portfolio begins with what is to be there first.
        """
        if any(history.ranking(rung) for rung in range(self._first_to, self._n_rungs)):
            return
        ready = [
            (min(_numbers(history, result.info.config, self._n_rungs)), result)
            for result in history.highest()
            if result.ok and history.find(result.info.config, result.info.rung + 1) is None
        ]
        if ready:
            number, result = min(ready, key=lambda pair: pair[0])
            if all(other > number for other in pending):
                yield result

    def _promoting_rungs(self) -> range:
        return range(self._n_rungs - 2, -1, -1)

    def _first_rung(self, history: History, pending: Sequence[TrialInfo]) -> int:
        if self._n_rungs == 1 or self._hedge_every is None:
            return 0
        begun = {info.config for info in pending if history.find(info.config) is None}
        n_begun = len(history.highest()) + len(begun)
        return 1 if n_begun % self._hedge_every == self._hedge_every - 1 else 0


class _Taken:
    """What was evaluated or is pending, by configuration and rung."""

    def __init__(self, history: History, pending: Sequence[TrialInfo]) -> None:
        self._history = history
        self._pending = {(info.config, info.rung) for info in pending}
        self.pending_numbers = [info.number for info in pending]

    def at(self, config: Config, rung: int) -> bool:
        evaluated = self._history.find(config, rung) is not None
        return evaluated or (config, rung) in self._pending


def _numbers(history: History, config: Config, n_rungs: int) -> list[int]:
    """Trial numbers of a configuration, over all rungs."""
    found = (history.find(config, rung) for rung in range(n_rungs))
    return [result.info.number for result in found if result is not None]


def _family_heads(
    ranking: Sequence[TrialResult], family: Callable[[Config], str], taken: _Taken
) -> Iterator[TrialResult]:
    """Yield the best of each family in the better half, where none of the family has gone up."""
    heads: dict[str, TrialResult] = {}
    risen: set[str] = set()
    for result in ranking:
        name = family(result.info.config)
        heads.setdefault(name, result)
        if taken.at(result.info.config, result.info.rung + 1):
            risen.add(name)
    better_half = list(heads.items())[: math.ceil(len(heads) / 2)]
    yield from (result for name, result in better_half if name not in risen)


def _promotion(result: TrialResult) -> Promote:
    return Promote(result.info.config, result.info.rung + 1, result.info.origin)
