"""Strategies by name: each is one small composition of a sampler and a scheduler."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.search.optimizer import Optimizer
from automl.search.samplers import Proposal, RandomSampler, Sampler, TPESampler
from automl.search.schedulers import AshaScheduler
from automl.space import Config, Space

__all__ = ["make_optimizer"]

_SAMPLERS: dict[str, Callable[[Space, str | None], Sampler]] = {
    "bohb": lambda space, root: TPESampler(space, root),
    "random": lambda space, _: RandomSampler(space),
}

# Known in the field and meant to come; told apart from a misspelt name.
_LATER = frozenset(
    {
        "asha",
        "cmaes",
        "dehb",
        "evolution",
        "grid",
        "hyperband",
        "nsga2",
        "parego",
        "pbt",
        "smac",
        "sobol",
        "successive_halving",
        "tpe",
    }
)


def make_optimizer(
    name: str,
    space: Space,
    n_rungs: int,
    initial: Sequence[Proposal] = (),
    seed: int = 0,
    root: str | None = None,
    first_to: int | None = None,
    top_after: int = 0,
) -> Optimizer:
    """Compose an optimizer by the name of its strategy.

    Parameters
    ----------
    name : {"bohb", "random"}
        "bohb" is a hierarchical TPE, "random" draws uniformly; both with asynchronous successive
        halving over the rungs.
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
        Rung to which the first configuration goes at once; None is the highest.
    top_after : int, default=0
        Losses that the rung below the highest must have before any is promoted from it.

    Returns
    -------
    Optimizer

    Raises
    ------
    UnsupportedSettingError
        If the strategy is known but not part of this version.
    InvalidInputError
        If there is no such strategy.

    Examples
    --------
    >>> from automl.space import Float
    >>> space = Space([Float("x", 0.0, 1.0, default=0.5)])
    >>> make_optimizer("bohb", space, n_rungs=1).ask().origin
    'random'
    """
    built = list(_SAMPLERS)
    if name in _LATER:
        raise UnsupportedSettingError(
            f"optimizer={name!r} is not part of this version, which has {built}; "
            f"choose one of them."
        )
    if name not in _SAMPLERS:
        raise InvalidInputError(
            f"optimizer must be one of {built}, got {name!r}; choose one of them."
        )
    family = None if root is None else _family_of(root)
    scheduler = AshaScheduler(n_rungs, family=family, first_to=first_to, top_after=top_after)
    return Optimizer(space, _SAMPLERS[name](space, root), scheduler, initial, seed)


def _family_of(root: str) -> Callable[[Config], str]:
    return lambda config: str(config[root])
