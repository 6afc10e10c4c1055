"""What has been evaluated so far, fold by fold, and which of it can enter an ensemble."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.evaluation.evaluate import FoldResult
from automl.evaluation.problem import Problem
from automl.history import Losses
from automl.search import best_first
from automl.space import Config

__all__ = ["ENOUGH_WITH_ALL_FOLDS", "Book", "mean_losses"]

LIBRARY = 50
PER_FAMILY = 3
_SPARE = 60
"""Stored configurations beyond the library before files are removed."""
ENOUGH_WITH_ALL_FOLDS = 5
_MOST_SCALING = 1.5


class Book:
    """Fold results of configurations at full training size."""

    def __init__(self, problem: Problem):
        self._problem = problem
        self.configs: dict[str, Config] = {}
        self.folds: dict[str, dict[int, FoldResult]] = {}
        self._early: dict[str, dict[int, FoldResult]] = {}

    def add(self, config: Config, results: tuple[FoldResult, ...], full: bool) -> None:
        """Record folds of a configuration, and forget the models of hopeless ones.

        Results of row subsamples count only as long as there is nothing better: they are what a
        very short run returns.
        """
        if not results or not (full or not self.folds):
            return
        self.configs[config.key] = config
        folds = self.folds if full else self._early
        folds.setdefault(config.key, {}).update({result.fold: result for result in results})
        if len(self.folds) > LIBRARY + _SPARE:
            self._forget()

    def stored(self) -> dict[str, tuple[int, ...]]:
        """Folds of which predictions are stored, by configuration, best first."""
        keys = [*self._best(list(self.folds)), *self.folds, *self._early]
        return {key: tuple(sorted(self.of(key))) for key in dict.fromkeys(keys)}

    def drop(self, key: str) -> None:
        """Forget a configuration."""
        self.folds.pop(key, None)
        self._early.pop(key, None)
        self.configs.pop(key, None)

    def has_all_folds(self, key: str) -> bool:
        """Whether every fold of the problem has been run."""
        return len(self.of(key)) == len(self._problem.folds)

    def missing(self, config: Config, n_folds: int) -> tuple[int, ...]:
        """Folds among the first `n_folds` that have not been run at full size."""
        return tuple(k for k in range(n_folds) if k not in self.folds.get(config.key, {}))

    def losses(self, key: str) -> Losses:
        """Mean losses over the folds that have been run."""
        return mean_losses(self.of(key).values())

    def fit_seconds(self, key: str) -> float:
        """Seconds of one fit."""
        return float(median(result.fit_seconds for result in self.of(key).values()))

    def of(self, key: str) -> dict[int, FoldResult]:
        """Fold results of a configuration, by fold."""
        return self.folds[key] if key in self.folds else self._early[key]

    def rounds(self, key: str, n_rows: int) -> int | None:
        """Boosting rounds for a fit on `n_rows`: the median over folds, scaled by the rows."""
        known = [r for r in self.of(key).values() if r.rounds is not None]
        if not known:
            return None
        scale = min(_MOST_SCALING, n_rows / median(r.n_train for r in known))
        return max(1, round(median(r.rounds for r in known if r.rounds is not None) * scale))

    def library(self) -> tuple[list[str], tuple[int, ...]]:
        """Candidates for the ensemble, best first, and the folds that all of them predicted."""
        complete = [key for key in self.folds if self.has_all_folds(key)]
        if len(complete) >= ENOUGH_WITH_ALL_FOLDS:
            return self._best(complete), tuple(range(len(self._problem.folds)))
        some = self.folds if self.folds else self._early
        return self._best([key for key, folds in some.items() if 0 in folds]), (0,)

    def _best(self, keys: list[str]) -> list[str]:
        """The best 50, and the best three of each family."""
        ranked = best_first(keys, self._comparable_losses(keys))
        kept = set(ranked[:LIBRARY])
        by_family: dict[Any, list[str]] = defaultdict(list)
        for key in ranked:
            by_family[self.configs[key]["learner"]].append(key)
        for family in by_family.values():
            kept.update(family[:PER_FAMILY])
        return [key for key in ranked if key in kept]

    def _comparable_losses(self, keys: list[str]) -> Callable[[str], Losses]:
        """Losses are compared on the same rows: on all folds only if all keys have them."""
        if all(self.has_all_folds(key) for key in keys):
            return self.losses
        return lambda key: self.of(key)[0].losses

    def predictions(self, key: str, folds: tuple[int, ...]) -> npt.NDArray[Any]:
        """Stored out-of-fold predictions, fold after fold."""
        parts = [self._problem.prediction(key, k) for k in folds]
        return np.concatenate(parts)

    def validation_rows(self, folds: tuple[int, ...]) -> npt.NDArray[Any]:
        """Row numbers in the order of `predictions`."""
        return np.concatenate([self._problem.folds[k].validation for k in folds])

    def _forget(self) -> None:
        kept = set(self._best([key for key, folds in self.folds.items() if 0 in folds]))
        kept.update(key for key in self.folds if self.has_all_folds(key))
        for key in [key for key in self.folds if key not in kept]:
            for fold in self.folds[key]:
                self._problem.forget(key, fold)
            del self.folds[key], self.configs[key]


def mean_losses(results: Iterable[FoldResult]) -> Losses:
    """Mean over folds, objective by objective."""
    of_objectives = zip(*(result.losses for result in results), strict=True)
    return tuple(float(np.mean(losses)) for losses in of_objectives)
