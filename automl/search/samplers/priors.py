"""Earlier tasks as kernels of the two densities, with a weight that fades as own results come in.

All earlier tasks together count like `PRIOR_RESULTS` own results, whatever their number: beside n
own ones their share is PRIOR_RESULTS / (PRIOR_RESULTS + n). Where the order that they predict for
the own results is not the order that was seen, they count less: the weight is multiplied by a lower
bound of the rank correlation of the two, which begins at one and follows the evidence. A history of
another world (permuted on purpose, say) is thereby silenced after about nine results.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from automl.exceptions import InvalidInputError
from automl.search.ranking import best_first
from automl.search.samplers.branch import Branch, Points
from automl.search.samplers.density import ParzenDensity
from automl.space import Config

__all__ = ["MOST_OWN", "EarlierTasks", "FamilyPrior", "TaskHistory"]

PRIOR_RESULTS = 20.0
TRUST_RESULTS = 3.0  # results that count as agreeing; a prior that predicts nothing is out after 9
BEST_SHARE = 0.15  # of a task's configurations make its kernels of the good density
MOST_OWN = 300  # own results from which on earlier tasks are left out
LEAST_MASS = 0.1  # results that every family is credited with, so that a ratio exists
MOST_KERNELS = 300  # of either density; where there are more, the best and an even choice of others


@dataclass(frozen=True)
class TaskHistory:
    """What was found on an earlier task.

    Parameters
    ----------
    configs : tuple of Config
        What was evaluated, of the space that is searched now.
    scores : tuple of float
        One for each configuration, higher is better; compared within the task only. NaN and
        negative infinity stand for failures.
    weight : float, default=1.0
        How much the task is like the new one, from 0 to 1.

    Raises
    ------
    InvalidInputError
        If the lengths differ or the weight is out of range.
    """

    configs: tuple[Config, ...]
    scores: tuple[float, ...]
    weight: float = 1.0

    def __post_init__(self) -> None:
        if len(self.configs) != len(self.scores):
            raise InvalidInputError(
                f"scores must have one number for each configuration, got {len(self.scores)} for "
                f"{len(self.configs)}; leave out configurations without a score."
            )
        if not 0.0 <= self.weight <= 1.0:
            raise InvalidInputError(
                f"weight must be from 0 to 1, got {self.weight}; scale the weights of all tasks."
            )

    def ranked(self) -> list[Config]:
        """Configurations, best first, failures last."""
        worth = [-math.inf if math.isnan(score) else score for score in self.scores]
        order = best_first(range(len(worth)), lambda i: (-worth[i],))
        return [self.configs[i] for i in order]


class FamilyPrior:
    """Kernels of one family, with weights in units of own results.

    Parameters
    ----------
    good, bad : sequence of _Kernel
    branch : Branch
        Of the family.

    Attributes
    ----------
    good, bad : ndarray of shape (n, n_columns)
        Centres; there are none where no task has tried the family.
    good_weights, bad_weights : ndarray of shape (n,)
    """

    def __init__(self, good: list[_Kernel], bad: list[_Kernel], branch: Branch) -> None:
        self._branch = branch
        self.good, self.good_weights = _points(_best_of_each(good), _mass(good), branch)
        self.bad, self.bad_weights = _points(_even_choice(bad), _mass(bad), branch)
        self._likely = ParzenDensity(self.good, branch.n_choices, self.good_weights)
        self._unlikely = ParzenDensity(self.bad, branch.n_choices, self.bad_weights)

    @property
    def n_kernels(self) -> int:
        """Number of kernels of the good density."""
        return len(self.good)

    def predict(self, configs: Sequence[Config]) -> Points:
        """Log of how much likelier configurations of the family are to be good than bad."""
        points = self._branch.encode(configs)
        ratio = self._likely.log_density(points) - self._unlikely.log_density(points)
        masses = (self.good_weights.sum() + LEAST_MASS, self.bad_weights.sum() + LEAST_MASS)
        return ratio + math.log(masses[0] / masses[1])


class EarlierTasks:
    """What earlier tasks say about all families, and how far they are trusted.

    Parameters
    ----------
    tasks : sequence of TaskHistory
        At least one of them with a weight and configurations.
    branches : mapping of family to Branch
    root : str, optional
        Name of the parameter that chooses the family; None: there is one.
    good_share : float
        Share of own results that are good; those of the tasks are divided alike.

    Attributes
    ----------
    families : dict of family to FamilyPrior
    """

    def __init__(
        self,
        tasks: Sequence[TaskHistory],
        branches: Mapping[object, Branch],
        root: str | None,
        good_share: float,
    ) -> None:
        self._root = root
        good, bad = _divide(tasks, good_share)
        self.families = {
            family: FamilyPrior(self._of(family, good), self._of(family, bad), branch)
            for family, branch in branches.items()
        }
        self._predicted: dict[Config, float] = {}

    def trust(self, ranked: Sequence[Config]) -> float:
        """How far the order that is predicted for own results is right.

        A lower bound of the rank correlation (one standard error below it), shrunk to 1 as if
        `TRUST_RESULTS` results had agreed.

        Parameters
        ----------
        ranked : sequence of Config
            Own results, best first.

        Returns
        -------
        float
            1 before there are any; 0 where the order says nothing, and where own results are so
            many that the prior no longer matters.
        """
        n = len(ranked)
        if n > MOST_OWN:
            return 0.0
        if n < 2:
            return 1.0
        for config in ranked:
            if config not in self._predicted:
                family = None if self._root is None else config[self._root]
                self._predicted[config] = float(self.families[family].predict([config])[0])
        predicted = np.array([self._predicted[config] for config in ranked])
        place = np.empty(n)
        place[np.argsort(-predicted, kind="stable")] = np.arange(n)
        squares = ((place - np.arange(n)) ** 2).sum()
        agreement = 1.0 - 6.0 * squares / (n * (n**2 - 1.0))  # Spearman's rank correlation
        agreement -= 1.0 / math.sqrt(n)
        return float(max(0.0, (TRUST_RESULTS + n * agreement) / (TRUST_RESULTS + n)))

    def _of(self, family: object, kernels: list[_Kernel]) -> list[_Kernel]:
        if self._root is None:
            return kernels
        return [kernel for kernel in kernels if kernel.config[self._root] == family]


@dataclass(frozen=True)
class _Kernel:
    config: Config
    rank: int
    weight: float


def _divide(tasks: Sequence[TaskHistory], good_share: float) -> tuple[list[_Kernel], list[_Kernel]]:
    """Good and bad kernels of all tasks; together they weigh like `PRIOR_RESULTS` results.

    That is so for a task of weight 1 among them; where all are less alike, they weigh less.
    """
    known = [task for task in tasks if task.configs and task.weight > 0.0]
    total = sum(task.weight for task in known)
    good: list[_Kernel] = []
    bad: list[_Kernel] = []
    for task in known:
        results = PRIOR_RESULTS * max(one.weight for one in known) * task.weight / total
        ranked = task.ranked()
        n_good = math.ceil(BEST_SHARE * len(ranked))
        n_bad = max(len(ranked) - n_good, 1)
        for rank, config in enumerate(ranked):
            if rank < n_good:
                good.append(_Kernel(config, rank, good_share * results / n_good))
            else:
                bad.append(_Kernel(config, rank, (1.0 - good_share) * results / n_bad))
    return good, bad


def _best_of_each(kernels: list[_Kernel]) -> list[_Kernel]:
    return sorted(kernels, key=lambda kernel: kernel.rank)[:MOST_KERNELS]


def _even_choice(kernels: list[_Kernel]) -> list[_Kernel]:
    if len(kernels) <= MOST_KERNELS:
        return kernels
    return [kernels[i] for i in np.linspace(0, len(kernels) - 1, MOST_KERNELS).astype(int)]


def _mass(kernels: list[_Kernel]) -> float:
    return sum(kernel.weight for kernel in kernels)


def _points(kernels: list[_Kernel], mass: float, branch: Branch) -> tuple[Points, np.ndarray]:
    """Encode kernels; what was left out hands its weight to those that stay."""
    weights = np.array([kernel.weight for kernel in kernels])
    if kernels:
        weights *= mass / weights.sum()
    return branch.encode([kernel.config for kernel in kernels]), weights
