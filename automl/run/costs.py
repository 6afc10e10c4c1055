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

    Cost grows as a power of the training rows, with the exponent that the learner declares.
    """

    def __init__(self) -> None:
        self._of_config: dict[str, float] = {}
        self._of_family: dict[str, list[float]] = defaultdict(list)

    def observe(self, config: Config, n_train: int, seconds: float) -> None:
        """Record one fit (with its prediction of the validation rows)."""
        rate = seconds / n_train ** predicted_scaling(config)
        self._of_config[config.key] = rate
        self._of_family[config["learner"]].append(rate)

    def predict(self, config: Config, n_train: int) -> float | None:
        """Seconds of one fit on `n_train` rows; None if nothing like it has run."""
        rate = self._of_config.get(config.key)
        if rate is None:
            rates = self._of_family.get(config["learner"])
            if rates is None:
                return None
            rate = median(rates[-_RECENT:])
        return float(rate * n_train ** predicted_scaling(config))
