"""How long an evaluation will take, learned while the run goes on."""

from __future__ import annotations

from collections import defaultdict
from statistics import median

from automl.pipelines import predicted_scaling
from automl.space import Config

__all__ = ["CostModel"]

_RECENT = 15


class CostModel:
    """Seconds of one fit, from the fits of the same configuration or else of its family.

    Cost grows as a power of the training rows, with the exponent that the learner declares. That is
    rough over a factor of nine (small fits stop early, and all have some constant cost), so that of
    a family only fits of at least half the rows count, where there are any.
    """

    def __init__(self) -> None:
        self._of_config: dict[str, float] = {}
        self._of_family: dict[str, list[tuple[int, float]]] = defaultdict(list)

    def observe(self, config: Config, n_train: int, seconds: float) -> None:
        """Record one fit (with its prediction of the validation rows)."""
        rate = seconds / n_train ** predicted_scaling(config)
        self._of_config[config.key] = rate
        self._of_family[config["learner"]].append((n_train, rate))

    def predict(self, config: Config, n_train: int) -> float | None:
        """Seconds of one fit on `n_train` rows; None if nothing like it has run."""
        rate = self._of_config.get(config.key)
        if rate is None:
            rates = self._of_family.get(config["learner"])
            if rates is None:
                return None
            near = [rate for n, rate in rates if 2 * n >= n_train]
            rate = median((near or [rate for _, rate in rates])[-_RECENT:])
        return float(rate * n_train ** predicted_scaling(config))
