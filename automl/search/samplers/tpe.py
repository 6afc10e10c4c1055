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

from collections.abc import Sequence

import numpy as np

from automl.history import History, TrialInfo
from automl.search.ranking import ALL, Ranking
from automl.search.samplers.base import Proposal, families_of, is_new
from automl.search.samplers.branch import Branch, Points
from automl.search.samplers.density import ParzenDensity
from automl.search.samplers.observations import NOTHING, Observations, observe
from automl.search.samplers.priors import MOST_OWN, EarlierTasks, TaskHistory
from automl.search.samplers.random import sample_new
from automl.space import Config, Space

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
    priors : sequence of TaskHistory
        What was found on earlier tasks; with them there is a model from the first trial on.
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
        priors: Sequence[TaskHistory] = (),
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
        self._branches = {
            family: Branch(space, root, family) for family in families_of(space, root)
        }
        self._ranking = Ranking(None if root is None else lambda config: config[root])
        useful = [task for task in priors if task.weight > 0.0 and task.configs]
        self._earlier = EarlierTasks(useful, self._branches, root, good_share) if useful else None

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
            ranking = self._ranking.follow(history)
            modelled = _modelled_rung(ranking, self._min_results)
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
        rung = _fullest_rung(self._ranking) if modelled is None else modelled
        best = () if rung is None else self._ranking.best(rung, MUTATED_BEST)
        if not best:
            return None
        parent = best[int(rng.integers(len(best)))]
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
        """Draw a family, then where l/g of its own parameters is largest ([1]_, eq. 2)."""
        if modelled is None and self._earlier is None:
            return None
        credit = self._credit()
        family = self._draw_family(history, modelled, credit, rng)
        branch = self._branches[family]
        warm = credit > 0.0 and self._n_kernels(family) > 0
        rung = self._family_rung(family, 1 if warm else self._min_family_results)
        if rung is None and not warm:
            nothing = ParzenDensity(branch.encode(()), branch.n_choices)
            config = branch.decode(branch.deactivate(nothing.sample(1, rng))[0])
            return Proposal(config, "random")
        known = NOTHING if rung is None else self._observe(history, rung, self._group(family))
        # What is under way counts as bad until it is known: parallel proposals keep a distance.
        running = [info.config for info in pending if self._belongs(info.config, family)]
        good, bad = self._densities(family, known.good, (*known.bad, *running), credit)
        drawn, kernel = good.draw(self._n_candidates, rng)
        candidates = branch.deactivate(drawn)
        ratio = good.log_density(candidates) - bad.log_density(candidates)
        for i in np.argsort(-ratio, kind="stable"):
            config = branch.decode(candidates[i])
            if is_new(config, history, pending):
                own = rung is not None and not len(known.good) <= kernel[i] < good.n_points
                return Proposal(config, "model" if own else "prior")
        return None

    def _densities(
        self, family: object, good: Sequence[Config], bad: Sequence[Config], credit: float
    ) -> tuple[ParzenDensity, ParzenDensity]:
        """Model l and g; earlier tasks add kernels, `credit` times as heavy as they came."""
        branch = self._branches[family]
        own_good, own_bad = branch.encode(good), branch.encode(bad)
        if self._earlier is None or credit == 0.0:
            return (
                ParzenDensity(own_good, branch.n_choices),
                ParzenDensity(own_bad, branch.n_choices),
            )
        prior = self._earlier.families[family]
        return (
            _mixed(own_good, prior.good, credit * prior.good_weights, branch.n_choices),
            _mixed(own_bad, prior.bad, credit * prior.bad_weights, branch.n_choices),
        )

    def _draw_family(
        self, history: History, rung: int | None, credit: float, rng: np.random.Generator
    ) -> object:
        """Draw a family with probability l(f) times its share of good results.

        That share is the expected improvement of [1]_, eq. 3, for a categorical parameter.
        """
        families = list(self._branches)
        if self._root is None or len(families) == 1:
            return families[0]
        known = NOTHING if rung is None else self._observe(history, rung, ALL)
        good = np.array([_count(known.good, self._root, family) for family in families], float)
        bad = np.array([_count(known.bad, self._root, family) for family in families], float)
        if self._earlier is not None:
            priors = [self._earlier.families[family] for family in families]
            good += [credit * prior.good_weights.sum() for prior in priors]
            bad += [credit * prior.bad_weights.sum() for prior in priors]
        average = good.sum() / max(good.sum() + bad.sum(), 1e-12)
        success = (good + RATE_PRIOR * average) / (good + bad + RATE_PRIOR)
        weight = (good + FAMILY_PRIOR) * success
        if weight.sum() == 0.0:  # no prior is trusted, and there are no own results
            return families[int(rng.integers(len(families)))]
        return families[int(rng.choice(len(families), p=weight / weight.sum()))]

    def _observe(self, history: History, rung: int, group: object) -> Observations:
        return observe(history, self._ranking, rung, self._good_share, group)

    def _credit(self) -> float:
        """How far earlier tasks are trusted, 0 where there are none.

        They are judged where the evidence is largest, whatever the rung that is modelled: eight
        results at full size say less about them than eighty cheap ones.
        """
        if self._earlier is None:
            return 0.0
        rung = _fullest_rung(self._ranking)
        return self._earlier.trust(() if rung is None else self._ranking.best(rung, MOST_OWN + 1))

    def _family_rung(self, family: object, least: int) -> int | None:
        """Find the highest rung with plenty of results of a family, else the one with most."""
        group = self._group(family)
        counts = {rung: self._ranking.count(rung, group) for rung in reversed(self._ranking.rungs)}
        for rung, count in counts.items():
            if count >= self._min_results:
                return rung
        fullest = max(counts, key=counts.__getitem__, default=None)
        return None if fullest is None or counts[fullest] < least else fullest

    def _n_kernels(self, family: object) -> int:
        return 0 if self._earlier is None else self._earlier.families[family].n_kernels

    def _group(self, family: object) -> object:
        return ALL if self._root is None else family

    def _belongs(self, config: Config, family: object) -> bool:
        return self._root is None or bool(config[self._root] == family)


def _mixed(own: Points, other: Points, weights: np.ndarray, n_choices: np.ndarray) -> ParzenDensity:
    """Model own points, and others that weigh less."""
    both = np.concatenate([np.ones(len(own)), weights])
    return ParzenDensity(np.concatenate([own, other]), n_choices, both)


def _modelled_rung(ranking: Ranking, enough: int) -> int | None:
    full = [rung for rung in ranking.rungs if ranking.count(rung) >= enough]
    return max(full, default=None)


def _fullest_rung(ranking: Ranking) -> int | None:
    return max(reversed(ranking.rungs), key=ranking.count, default=None)


def _count(configs: Sequence[Config], root: str, family: object) -> int:
    return sum(config[root] == family for config in configs)
