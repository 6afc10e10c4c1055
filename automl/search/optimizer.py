"""Ask and tell: a sampler and a scheduler, the initial configurations, and what is under way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import TypeAlias

import numpy as np

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.search.samplers import Proposal, Sampler
from automl.search.samplers.base import is_new
from automl.search.schedulers import NewTrial, Scheduler, Wait
from automl.space import Config, Space
from automl.threads import limit_threads

__all__ = ["Acceptable", "Optimizer"]

Acceptable: TypeAlias = Callable[[Config, int], bool]
"""The caller's veto: whether a configuration at a rung may be evaluated now."""

SAMPLER_TRIES = 8
UNIFORM_TRIES = 64
MOST_LISTED = 10_000  # configurations of a finite space that are looked through for a new one
MOST_REFUSED = 64  # promotions


class Optimizer:
    """Decides what to evaluate next.

    Trial number k draws from a generator seeded with (seed, k): telling the same results to a new
    optimizer continues exactly where another one stopped.

    Parameters
    ----------
    space : Space
        What to search.
    sampler : Sampler
        Which configuration.
    scheduler : Scheduler
        At which fidelity.
    initial : sequence of Proposal
        Configurations to begin with, before the sampler is asked.
    seed : int
        Not negative.

    Raises
    ------
    InvalidInputError
        If the seed is negative.

    Examples
    --------
    >>> from automl.search import AshaScheduler, RandomSampler, ranked
    >>> from automl.space import Float
    >>> space = Space([Float("x", -1.0, 1.0, default=0.0)])
    >>> optimizer = Optimizer(space, RandomSampler(space), AshaScheduler(n_rungs=1), seed=0)
    >>> for _ in range(20):
    ...     trial = optimizer.ask()
    ...     loss = trial.config["x"] ** 2
    ...     optimizer.tell(TrialResult(trial, "ok", (loss,), -loss, 0.0, 0.0, 0.0, 0.0))
    >>> ranked(optimizer.history, 0)[0].loss < 0.1
    True
    """

    def __init__(
        self,
        space: Space,
        sampler: Sampler,
        scheduler: Scheduler,
        initial: Sequence[Proposal] = (),
        seed: int = 0,
    ) -> None:
        if seed < 0:
            raise InvalidInputError(f"seed must not be negative, got {seed}; choose 0 or more.")
        self._space = space
        self._sampler = sampler
        self._scheduler = scheduler
        self._initial = tuple(initial)
        self._seed = seed
        self._history = History()
        self._pending: dict[int, TrialInfo] = {}
        self._told: set[int] = set()
        self._next_number = 0

    @property
    def history(self) -> History:
        """Everything that was told."""
        return self._history

    @property
    def pending(self) -> tuple[TrialInfo, ...]:
        """Trials that were asked for and not told yet."""
        return tuple(self._pending.values())

    def ask(self, acceptable: Acceptable | None = None) -> TrialInfo | None:
        """Choose the next trial.

        Parameters
        ----------
        acceptable : callable, optional
            Veto of the caller, called with a configuration and a rung; None accepts all. A new
            trial that is refused at a higher rung is looked for at lower ones.

        Returns
        -------
        TrialInfo or None
            Never a configuration that was evaluated or is pending at that rung. None where a
            bounded number of tries found nothing acceptable, or a finite space is exhausted; a
            later call may find something again, when more was told.
        """
        number = self._next_number
        allowed = _accept_all if acceptable is None else acceptable
        rng = np.random.default_rng([self._seed, number])
        with limit_threads():  # the workers keep all cores busy
            chosen = next(self._choices(number, allowed, rng), None)
        if chosen is not None:
            self._pending[number] = chosen
            self._next_number = number + 1
        return chosen

    def tell(self, result: TrialResult) -> None:
        """Take in a result, of a trial that was asked for or of an earlier run.

        Raises
        ------
        InvalidInputError
            If the trial was told before, or another one was asked for under its number.
        """
        info = result.info
        if info.number in self._told:
            raise InvalidInputError(
                f"Each trial can be told once, got number {info.number} again; leave it out."
            )
        if self._pending.get(info.number, info) != info:
            raise InvalidInputError(
                f"Trial {info.number} was asked for with another configuration or rung than the "
                f"one told; tell the results of earlier runs before the first ask."
            )
        self._pending.pop(info.number, None)
        self._told.add(info.number)
        self._next_number = max(self._next_number, info.number + 1)
        self._history.append(result)

    def _choices(
        self, number: int, allowed: Acceptable, rng: np.random.Generator
    ) -> Iterator[TrialInfo]:
        """Yield acceptable trials, in the order of preference; the caller takes the first.

        Within one ask, what was refused counts as pending, so that nobody proposes it again.
        """
        refused: list[TrialInfo] = []
        highest_start = 0
        for _ in range(MOST_REFUSED):
            decision = self._scheduler.decide(self._history, (*self.pending, *refused))
            if isinstance(decision, NewTrial):
                highest_start = decision.rung
                break
            if isinstance(decision, Wait):
                if self._pending:
                    return
                # what it waits for was refused: the next best, before anything new
                yield from self._leftovers(number, refused, allowed)
                break
            info = TrialInfo(number, decision.config, decision.rung, decision.origin)
            if allowed(info.config, info.rung):
                yield info
            refused.append(info)
        for rung in range(highest_start, -1, -1):
            yield from self._new_trials(number, rung, allowed, rng)
        yield from self._leftovers(number, refused, allowed)

    def _new_trials(
        self, number: int, rung: int, allowed: Acceptable, rng: np.random.Generator
    ) -> Iterator[TrialInfo]:
        refused: list[TrialInfo] = []
        for proposal in self._proposals(rung, refused, rng):
            if is_new(proposal.config, self._history, (*self.pending, *refused)):
                for start in dict.fromkeys((max(rung, proposal.rung), rung)):
                    info = TrialInfo(number, proposal.config, start, proposal.origin)
                    if allowed(info.config, start):
                        yield info
                refused.append(info)

    def _proposals(
        self, rung: int, refused: Sequence[TrialInfo], rng: np.random.Generator
    ) -> Iterator[Proposal]:
        """Run through the initial queue, the sampler, uniform draws, what is left of the space."""
        yield from self._initial
        for _ in range(SAMPLER_TRIES):
            yield self._sampler.propose(self._history, rung, (*self.pending, *refused), rng)
        for _ in range(UNIFORM_TRIES):
            yield Proposal(self._space.sample(rng), "random")
        if self._space.finite:
            listed = list(islice(self._space.configs(), MOST_LISTED))
            for i in rng.permutation(len(listed)):
                yield Proposal(listed[i], "random")

    def _leftovers(
        self, number: int, refused: list[TrialInfo], allowed: Acceptable
    ) -> Iterator[TrialInfo]:
        """Promote beyond the usual share where no new trial is to be had."""
        for _ in range(MOST_REFUSED):
            decision = self._scheduler.leftover(self._history, (*self.pending, *refused))
            if decision is None:
                return
            info = TrialInfo(number, decision.config, decision.rung, decision.origin)
            if allowed(info.config, info.rung):
                yield info
            refused.append(info)


def _accept_all(config: Config, rung: int) -> bool:  # noqa: ARG001
    return True
