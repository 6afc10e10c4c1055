"""Hierarchical tree-structured Parzen estimator, as BOHB uses it, for spaces of several families.

Bergstra et al. [1]_ model the good and the bad configurations with one density each, l and g, and
propose where l/g is largest; BOHB [2]_ does so at the highest fidelity that has enough results.
Here the family is drawn first, and then only the parameters that are active in it: nothing is
imputed, and the model starts after a few results, however many parameters the whole space has.

.. [1] Bergstra, Bardenet, Bengio and Kegl, Algorithms for hyper-parameter optimization,
   NeurIPS 2011.
.. [2] Falkner, Klein and Hutter, BOHB: robust and efficient hyperparameter optimization at scale,
   ICML 2018.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo
from automl.search.samplers.base import Proposal, is_new
from automl.search.samplers.branch import Branch
from automl.search.samplers.density import ParzenDensity
from automl.search.samplers.observations import n_ranked, observe
from automl.search.samplers.random import sample_new
from automl.space import Categorical, Config, Space

__all__ = ["TPESampler"]

MUTATED_BEST = 3  # a mutation starts from one of so many best configurations
MUTATION_TRIES = 8
FAMILY_PRIOR = 0.25  # good results that every family is credited with, so that none vanishes
RATE_PRIOR = 3.0  # results with average success that every family is credited with


class TPESampler:
    """Proposes by density ratio within a family, and now and then by chance or mutation.

    Parameters
    ----------
    space : Space
        What to search.
    root : str, optional
        Categorical parameter without condition whose choices are the families; None treats the
        space as one family.
    min_results : int, default=8
        Results at one rung from which on there is a model; the highest such rung is modelled.
    min_family_results : int, default=4
        The same within a family; below, a configuration of the family is drawn.
    good_share : float, default=0.2
        Share of results that count as good.
    random_share, mutation_share : float, default=0.2 and 0.1
        Shares of proposals that do not ask the model.
    n_candidates : int, default=48
        Draws from the good density among which the ratio decides.

    Raises
    ------
    InvalidInputError
        If the root is not a categorical parameter without condition.
    """

    def __init__(
        self,
        space: Space,
        root: str | None = None,
        *,
        min_results: int = 8,
        min_family_results: int = 4,
        good_share: float = 0.2,
        random_share: float = 0.2,
        mutation_share: float = 0.1,
        n_candidates: int = 48,
    ) -> None:
        self._space = space
        self._root = root
        self._min_results = min_results
        self._min_family_results = min_family_results
        self._good_share = good_share
        self._random_share = random_share
        self._mutation_share = mutation_share
        self._n_candidates = n_candidates
        self._branches = {family: Branch(space, root, family) for family in _families(space, root)}

    def propose(
        self,
        history: History,
        rung: int,  # noqa: ARG002 - what is good is judged where most is known
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal:
        """Propose a configuration: by chance, by mutation of one of the best, or by the model."""
        way = rng.random() - self._random_share
        if way >= 0.0:
            modelled = _modelled_rung(history, self._min_results)
            if way < self._mutation_share:
                proposal = self._mutation(history, modelled, pending, rng)
            else:
                proposal = self._modelled(history, modelled, pending, rng)
            if proposal is not None:
                return proposal
        return Proposal(sample_new(self._space, history, pending, rng), "random")

    def _mutation(
        self,
        history: History,
        modelled: int | None,
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal | None:
        rung = _fullest_rung(history) if modelled is None else modelled
        best = () if rung is None else history.ranking(rung)[:MUTATED_BEST]
        if not best:
            return None
        parent = best[int(rng.integers(len(best)))].info.config
        for _ in range(MUTATION_TRIES):
            config = self._space.mutate(parent, rng)
            if is_new(config, history, pending):
                return Proposal(config, "mutation")
        return None

    def _modelled(
        self,
        history: History,
        modelled: int | None,
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal | None:
        if modelled is None:
            return None
        family = self._draw_family(history, modelled, rng)
        branch, belongs = self._branches[family], self._member_test(family)
        rung = self._family_rung(history, belongs)
        if rung is None:
            nothing = ParzenDensity(branch.encode(()), branch.n_choices)
            config = branch.decode(branch.deactivate(nothing.sample(1, rng))[0])
            return Proposal(config, "random")
        known = observe(history, rung, belongs, self._good_share)
        # What is under way counts as bad until it is known: parallel proposals keep a distance.
        running = [info.config for info in pending if belongs(info.config)]
        good = ParzenDensity(branch.encode(known.good), branch.n_choices)
        bad = ParzenDensity(branch.encode((*known.bad, *running)), branch.n_choices)
        candidates = branch.deactivate(good.sample(self._n_candidates, rng))
        ratio = good.log_density(candidates) - bad.log_density(candidates)
        for i in np.argsort(-ratio, kind="stable"):
            config = branch.decode(candidates[i])
            if is_new(config, history, pending):
                return Proposal(config, "model")
        return None

    def _draw_family(self, history: History, rung: int, rng: np.random.Generator) -> object:
        """Draw a family with probability l(f) times its share of good results.

        That share is the expected improvement of [1]_, eq. 3, for a categorical parameter.
        """
        families = list(self._branches)
        if self._root is None or len(families) == 1:
            return families[0]
        known = observe(history, rung, lambda _: True, self._good_share)
        n_good, n_bad = len(known.good), len(known.bad)
        good = np.array([_count(known.good, self._root, family) for family in families])
        bad = np.array([_count(known.bad, self._root, family) for family in families])
        average = n_good / (n_good + n_bad)
        success = (good + RATE_PRIOR * average) / (good + bad + RATE_PRIOR)
        weight = (good + FAMILY_PRIOR) * success
        return families[int(rng.choice(len(families), p=weight / weight.sum()))]

    def _family_rung(self, history: History, belongs: Callable[[Config], bool]) -> int | None:
        """Find the highest rung with plenty of results of a family, else the one with most."""
        counts = {rung: n_ranked(history, rung, belongs) for rung in reversed(history.rungs)}
        for rung, count in counts.items():
            if count >= self._min_results:
                return rung
        fullest = max(counts, key=counts.__getitem__)
        return fullest if counts[fullest] >= self._min_family_results else None

    def _member_test(self, family: object) -> Callable[[Config], bool]:
        root = self._root
        if root is None:
            return lambda _: True
        return lambda config: bool(config[root] == family)


def _families(space: Space, root: str | None) -> tuple[object, ...]:
    if root is None:
        return (None,)
    parameter = space.by_name.get(root)
    if not isinstance(parameter, Categorical) or parameter.when is not None:
        raise InvalidInputError(
            f"root must be a categorical parameter of the space that is always active, got "
            f"{root!r}; name the one that chooses the family, or None."
        )
    return parameter.choices


def _modelled_rung(history: History, enough: int) -> int | None:
    full = [rung for rung in history.rungs if len(history.ranking(rung)) >= enough]
    return max(full, default=None)


def _fullest_rung(history: History) -> int | None:
    return max(reversed(history.rungs), key=lambda rung: len(history.ranking(rung)), default=None)


def _count(configs: Sequence[Config], root: str, family: object) -> int:
    return sum(config[root] == family for config in configs)
