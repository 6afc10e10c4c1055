"""Strategies by name: each is one small composition of a sampler and a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.search.optimizer import Optimizer
from automl.search.samplers import (
    GridSampler,
    Proposal,
    RandomSampler,
    Sampler,
    SmacSampler,
    SobolSampler,
    TaskHistory,
    TPESampler,
    Variations,
    VariationSampler,
)
from automl.search.schedulers import (
    AshaScheduler,
    FullScheduler,
    HyperbandScheduler,
    Race,
    RaceScheduler,
    Scheduler,
    SuccessiveHalvingScheduler,
)
from automl.space import Config, Space

__all__ = ["STRATEGIES", "make_optimizer", "make_race_optimizer"]


@dataclass(frozen=True)
class _Parts:
    """What strategies are composed from."""

    space: Space
    n_rungs: int
    eta: int
    seed: int
    root: str | None
    first_to: int | None
    top_after: int
    priors: tuple[TaskHistory, ...]

    def grid(self) -> Sampler:
        return GridSampler(self.space, self.root)

    def random(self) -> Sampler:
        return RandomSampler(self.space)

    def sobol(self) -> Sampler:
        return SobolSampler(self.space, self.root, self.seed)

    def tpe(self) -> Sampler:
        return TPESampler(self.space, self.root, self.priors)

    def smac(self) -> Sampler:
        return SmacSampler(self.space, self.root, self.seed)

    def full(self) -> Scheduler:
        return FullScheduler(self.n_rungs)

    def halving(self) -> Scheduler:
        return SuccessiveHalvingScheduler(self.n_rungs, self.eta)

    def hyperband(self) -> Scheduler:
        return HyperbandScheduler(self.n_rungs, self.eta)

    def asha(self) -> Scheduler:
        return AshaScheduler(self.n_rungs, self.eta, first_to=0, hedge_every=None)

    def hedged(self) -> Scheduler:
        """Asynchronous halving as the pipeline search wants it, with Hyperband's hedge."""
        return AshaScheduler(
            self.n_rungs,
            self.eta,
            None if self.root is None else _family_of(self.root),
            first_to=self.first_to,
            top_after=self.top_after,
        )


_COMPOSITIONS: dict[str, tuple[Callable[[_Parts], Sampler], Callable[[_Parts], Scheduler]]] = {
    "bohb": (_Parts.tpe, _Parts.hedged),
    "grid": (_Parts.grid, _Parts.full),
    "random": (_Parts.random, _Parts.full),
    "sobol": (_Parts.sobol, _Parts.full),
    "tpe": (_Parts.tpe, _Parts.full),
    "smac": (_Parts.smac, _Parts.full),
    "successive_halving": (_Parts.random, _Parts.halving),
    "hyperband": (_Parts.random, _Parts.hyperband),
    "asha": (_Parts.random, _Parts.asha),
}

STRATEGIES = tuple(_COMPOSITIONS)
"""Names that `make_optimizer` knows, the default first."""

# Known in the field and meant to come; told apart from a misspelt name.
_LATER = frozenset({"cmaes", "dehb", "evolution", "nsga2", "parego", "pbt"})


def make_optimizer(
    name: str,
    space: Space,
    n_rungs: int,
    initial: Sequence[Proposal] = (),
    seed: int = 0,
    root: str | None = None,
    first_to: int | None = None,
    top_after: int = 0,
    *,
    priors: Sequence[TaskHistory] = (),
    eta: int = 3,
) -> Optimizer:
    """Compose an optimizer by the name of its strategy.

    Parameters
    ----------
    name : str
        One of `STRATEGIES`; docs/strategies.md says which one when. "grid", "random", "sobol",
        "tpe" and "smac" evaluate at the highest rung alone; "successive_halving", "hyperband" and
        "asha" draw at random and stop early; "bohb" is "tpe" with asynchronous halving.
    space : Space
        What to search.
    n_rungs : int
        Number of fidelities.
    initial : sequence of Proposal
        Configurations to begin with.
    seed : int, default=0
        Not negative.
    root : str, optional
        Categorical parameter whose choices are the families.
    first_to : int, optional
        Rung to which the first configuration of "bohb" goes at once; None is the highest.
    top_after : int, default=0
        Losses that the rung below the highest must have before "bohb" promotes any from it.
    priors : sequence of TaskHistory
        What was found on earlier tasks, for "bohb" and "tpe"; the others do not look at it.
    eta : int, default=3
        One in so many configurations of a rung is promoted.

    Returns
    -------
    Optimizer

    Raises
    ------
    UnsupportedSettingError
        If the strategy is known but not part of this version.
    InvalidInputError
        If there is no such strategy, or a setting is out of range.

    Examples
    --------
    >>> from automl.space import Float
    >>> space = Space([Float("x", 0.0, 1.0, default=0.5)])
    >>> make_optimizer("bohb", space, n_rungs=1).ask().origin
    'random'
    """
    built = list(STRATEGIES)
    if name in _LATER:
        raise UnsupportedSettingError(
            f"optimizer={name!r} is not part of this version, which has {built}; "
            f"choose one of them."
        )
    if name not in _COMPOSITIONS:
        raise InvalidInputError(
            f"optimizer must be one of {built}, got {name!r}; choose one of them."
        )
    if seed < 0:
        raise InvalidInputError(f"seed must not be negative, got {seed}; choose 0 or more.")
    parts = _Parts(space, n_rungs, eta, seed, root, first_to, top_after, tuple(priors))
    sampler, scheduler = _COMPOSITIONS[name]
    return Optimizer(space, sampler(parts), scheduler(parts), initial, seed)


def make_race_optimizer(
    space: Space,
    n_rungs: int,
    initial: Sequence[Proposal],
    seed: int,
    root: str,
    *,
    variations: Variations,
    race: Race,
    priors: Sequence[TaskHistory] = (),
) -> Optimizer:
    """Compose what "bohb" does where only a few evaluations of the highest rung can be paid for.

    Parameters
    ----------
    space, n_rungs, initial, seed, root, priors
        As for `make_optimizer`.
    variations : callable
        Changes to the configuration that leads.
    race : Race
        How many take part at each rung.
    """
    sampler = VariationSampler(variations, TPESampler(space, root, tuple(priors)))
    return Optimizer(space, sampler, RaceScheduler(n_rungs, race), initial, seed)


def _family_of(root: str) -> Callable[[Config], str]:
    return lambda config: str(config[root])
