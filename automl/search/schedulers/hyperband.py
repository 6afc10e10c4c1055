"""Hyperband [1]_: successive halving that hedges how far cheap fidelities can be trusted.

.. [1] Li, Jamieson, DeSalvo, Rostamizadeh and Talwalkar, Hyperband: a novel bandit-based approach
   to hyperparameter optimization, JMLR 2018.
"""

from __future__ import annotations

from automl.search.schedulers.brackets import (
    BracketScheduler,
    check_bracket_settings,
    hyperband_brackets,
)

__all__ = ["HyperbandScheduler"]


class HyperbandScheduler(BracketScheduler):
    """Cycles through brackets that begin at rung 0, rung 1, and so on up to the highest.

    Parameters
    ----------
    n_rungs : int
        Number of fidelities.
    eta : int, default=3
        One in eta configurations of a rung is promoted.

    Raises
    ------
    InvalidInputError
        If a number is too small.
    """

    def __init__(self, n_rungs: int, eta: int = 3) -> None:
        check_bracket_settings(n_rungs, eta)
        super().__init__(n_rungs, hyperband_brackets(n_rungs, eta))
