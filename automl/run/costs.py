"""How long an evaluation will take, learned while the run goes on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from statistics import median
from typing import TypeAlias

from automl.pipelines import predicted_scaling
from automl.space import Config

__all__ = ["CostModel", "Expected"]

Expected: TypeAlias = Callable[[Config, int], float | None]
"""Seconds of a fit on so many rows, before any was made; None for a family that is not known."""

_RECENT = 15


class CostModel:
    """Seconds of one fit, from the fits of the same configuration or else of its family.

    Cost grows as a power of the training rows, with the exponent that the learner declares. That is
    rough over a factor of nine (small fits stop early, and all have some constant cost), so that of
    a family only fits of at least half the rows count, where there are any. Where earlier runs tell
    what to expect, fits tell how far this table and machine are from it.

    Parameters
    ----------
    expected : callable, optional
    """

    def __init__(self, expected: Expected | None = None) -> None:
        self._expected = expected
        self._of_config: dict[str, float] = {}
        self._of_family: dict[str, list[tuple[int, float]]] = defaultdict(list)
        self._ratios: dict[str, list[float]] = defaultdict(list)

    def observe(self, config: Config, n_train: int, seconds: float) -> None:
        """Record one fit (with its prediction of the validation rows)."""
        rate = seconds / n_train ** predicted_scaling(config)
        self._of_config[config.key] = rate
        self._of_family[config["learner"]].append((n_train, rate))
        expected = None if self._expected is None else self._expected(config, n_train)
        if expected is not None:
            self._ratios[config["learner"]].append(seconds / expected)

    def predict(self, config: Config, n_train: int) -> float | None:
        """Seconds of one fit on `n_train` rows; None if nothing like it is known."""
        rate = self._of_config.get(config.key)
        if rate is None:
            expected = None if self._expected is None else self._expected(config, n_train)
            if expected is not None:
                return expected * self._ratio(config["learner"])
            rates = self._of_family.get(config["learner"])
            if rates is None:
                return None
            near = [rate for n, rate in rates if 2 * n >= n_train]
            rate = median((near or [rate for _, rate in rates])[-_RECENT:])
        return float(rate * n_train ** predicted_scaling(config))

    def _ratio(self, family: str) -> float:
        """How much longer than expected fits take here: of the family, else of all."""
        own = self._ratios.get(family, [])
        if own:
            return median(own[-_RECENT:])
        everything = [ratio for ratios in self._ratios.values() for ratio in ratios]
        return median(everything[-_RECENT:]) if everything else 1.0
