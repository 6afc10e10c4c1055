"""What every sampler promises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo
from automl.space import Categorical, Config, Space

__all__ = ["Proposal", "Sampler", "families_of", "is_new"]


@dataclass(frozen=True)
class Proposal:
    """A configuration and who proposed it.

    Parameters
    ----------
    config : Config
        What to evaluate.
    origin : str
        "initial", "portfolio", "prior", "random", "grid", "sobol", "mutation" or "model".
    rung : int, default=0
        Fidelity to begin with, of what is known to be good; a lower one if that is refused.
    """

    config: Config
    origin: str
    rung: int = 0


class Sampler(Protocol):
    """Proposes configurations.

    A sampler reads the history and may remember what it computed from it, but keeps no other
    state: the same history, pending trials and generator give the same proposal. It tries to
    propose a configuration that is new; the caller checks whether it is.
    """

    def propose(
        self, history: History, rung: int, pending: Sequence[TrialInfo], rng: np.random.Generator
    ) -> Proposal:
        """Propose one configuration.

        Parameters
        ----------
        history : History
            All results so far.
        rung : int
            Fidelity at which the proposal will be evaluated.
        pending : sequence of TrialInfo
            Trials that are under way, or that the caller refuses for now.
        rng : numpy.random.Generator
            The only source of randomness.

        Returns
        -------
        Proposal
            With an origin that says truthfully how it was found.
        """
        ...


def is_new(config: Config, history: History, pending: Sequence[TrialInfo]) -> bool:
    """Whether a configuration was neither evaluated at any rung nor is about to be."""
    return history.find(config) is None and all(info.config != config for info in pending)


def families_of(space: Space, root: str | None) -> tuple[object, ...]:
    """Choices of the parameter that chooses the family; one nameless family without a root."""
    if root is None:
        return (None,)
    parameter = space.by_name.get(root)
    if not isinstance(parameter, Categorical) or parameter.when is not None:
        raise InvalidInputError(
            f"root must be a categorical parameter of the space that is always active, got "
            f"{root!r}; name the one that chooses the family, or None."
        )
    return parameter.choices
