"""Successive halving [1]_: brackets in which the best 1/eta go up, without idle workers.

.. [1] Jamieson and Talwalkar, Non-stochastic best arm identification and hyperparameter
   optimization, AISTATS 2016.
"""

from __future__ import annotations

from automl.search.schedulers.brackets import (
    BracketScheduler,
    check_bracket_settings,
    halving_bracket,
)

__all__ = ["SuccessiveHalvingScheduler"]


class SuccessiveHalvingScheduler(BracketScheduler):
    """Repeats the smallest bracket that ends with one configuration at the highest rung.

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
        super().__init__(n_rungs, (halving_bracket(n_rungs, eta),))
