"""Random-forest surrogate with expected improvement, as SMAC has it [1]_.

A forest predicts losses, its trees' disagreement says how sure it is, and the configuration with
the largest expected improvement over the best known is next. Inactive parameters are a value of
their own, outside of the unit interval: one split tells active from inactive, nothing is imputed.
Losses enter as normal scores of their ranks, so that a few huge ones do not flatten all others.

.. [1] Hutter, Hoos and Leyton-Brown, Sequential model-based optimization for general algorithm
   configuration, LION 2011.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from automl.history import History, TrialInfo
from automl.search.ranking import Ranking
from automl.search.samplers.base import Proposal, is_new
from automl.search.samplers.branch import Branch, Points
from automl.search.samplers.random import sample_new
from automl.search.samplers.sobol import SobolSampler
from automl.space import Config, Space

__all__ = ["SmacSampler"]

INACTIVE = -1.0
MOST_OBSERVED = 600  # the best third of them, else the newest
N_STARTS = 8  # of the local search, from the best known
N_STEPS = 3
N_NEIGHBOURS = 4
N_RANDOM = 80


class SmacSampler:
    """Proposes where a random forest expects the largest improvement, and now and then by chance.

    Parameters
    ----------
    space : Space
        What to search.
    root : str, optional
        Categorical parameter whose choices are the families, which the first design visits in turn.
    seed : int, default=0
        Of the first design, a Sobol sequence.
    min_results : int, default=10
        Results at one rung from which on there is a model; the highest such rung is modelled.
    random_share : float, default=0.2
        Share of proposals that do not ask the model.
    n_trees : int, default=10
        Size of the forest.
    """

    def __init__(
        self,
        space: Space,
        root: str | None = None,
        seed: int = 0,
        *,
        min_results: int = 10,
        random_share: float = 0.2,
        n_trees: int = 10,
    ) -> None:
        self._space = space
        self._branch = Branch(space, None, None)
        self._design = SobolSampler(space, root, seed)
        self._min_results = min_results
        self._random_share = random_share
        self._n_trees = n_trees
        self._ranking = Ranking()

    def propose(
        self,
        history: History,
        rung: int,
        pending: Sequence[TrialInfo],
        rng: np.random.Generator,
    ) -> Proposal:
        """Propose a configuration of the first design, by chance, or by the model."""
        ranking = self._ranking.follow(history)
        full = [r for r in ranking.rungs if ranking.count(r) >= self._min_results]
        if not full:
            return self._design.propose(history, rung, pending, rng)
        if rng.random() >= self._random_share:
            config = self._modelled(history, max(full), pending, rng)
            if config is not None:
                return Proposal(config, "model")
        return Proposal(sample_new(self._space, history, pending, rng), "random")

    def _modelled(
        self, history: History, rung: int, pending: Sequence[TrialInfo], rng: np.random.Generator
    ) -> Config | None:
        forest = self._forest(history, rung, pending, rng)
        best = self._ranking.best(rung, N_STARTS)
        found = dict.fromkeys(self._space.sample(rng) for _ in range(N_RANDOM))
        edge = list(best)
        for _ in range(N_STEPS):  # several local searches at once, each from the best it found
            steps = [[self._space.mutate(c, rng) for _ in range(N_NEIGHBOURS)] for c in edge]
            flat = [config for step in steps for config in step]
            gains = forest.improvement(self._encode(flat)).reshape(len(edge), N_NEIGHBOURS)
            edge = [step[i] for step, i in zip(steps, gains.argmax(axis=1), strict=True)]
            found.update(dict.fromkeys(flat))
        candidates = [config for config in found if is_new(config, history, pending)]
        if not candidates:
            return None
        return candidates[int(forest.improvement(self._encode(candidates)).argmax())]

    def _forest(
        self, history: History, rung: int, pending: Sequence[TrialInfo], rng: np.random.Generator
    ) -> _Forest:
        """Fit results at a rung; failures count like the worst, what is under way like the middle.

        The latter is the constant liar of Ginsbourger et al. (2010): parallel asks keep a distance.
        """
        observed = self._observed(history, rung)
        ranks = self._ranking.ranks(rung, observed)
        known = sorted(rank for rank in ranks if rank is not None)
        targets = [known[-1] if rank is None else rank for rank in ranks]
        running = list(dict.fromkeys(i.config for i in pending if i.config not in set(observed)))
        targets += [known[len(known) // 2]] * len(running)
        return _Forest(self._encode([*observed, *running]), targets, self._n_trees, rng)

    def _observed(self, history: History, rung: int) -> list[Config]:
        chosen = dict.fromkeys(self._ranking.best(rung, MOST_OBSERVED // 3))
        for config in self._ranking.newest():
            if len(chosen) >= MOST_OBSERVED:
                break
            result = history.find(config, rung)
            if result is not None and (result.ok or result.failed):
                chosen[config] = None
        return list(chosen)

    def _encode(self, configs: Sequence[Config]) -> Points:
        points = self._branch.encode(configs)
        return np.where(np.isnan(points), INACTIVE, points)


class _Forest:
    """Regression forest with mean and variance, and the improvement that follows from them."""

    def __init__(
        self, points: Points, ranks: Sequence[int], n_trees: int, rng: np.random.Generator
    ) -> None:
        from scipy.special import ndtri
        from scipy.stats import rankdata
        from sklearn.tree import DecisionTreeRegressor

        scores = ndtri((rankdata(ranks) - 0.5) / len(ranks))
        self._best = float(scores.min())
        rows, targets = points.astype(np.float32), scores[:, None]
        self._trees: list[Any] = []
        for _ in range(n_trees):  # a forest of its own: scikit-learn's costs ten times as much here
            tree = DecisionTreeRegressor(
                min_samples_leaf=2, max_features=5 / 6, random_state=int(rng.integers(2**31))
            )
            drawn = rng.integers(len(rows), size=len(rows))
            tree.fit(rows[drawn], targets[drawn], check_input=False)
            self._trees.append(tree.tree_)

    def improvement(self, points: Points) -> Points:
        """Expected improvement, (f - m) Phi(z) + s phi(z) with z = (f - m) / s ([1]_, eq. 4)."""
        from scipy.special import ndtr

        rows = points.astype(np.float32)
        leaves = [tree.apply(rows) for tree in self._trees]
        means = np.array([t.value[leaf, 0, 0] for t, leaf in zip(self._trees, leaves, strict=True)])
        within = np.array([t.impurity[leaf] for t, leaf in zip(self._trees, leaves, strict=True)])
        mean = means.mean(axis=0)
        # law of total variance: of the trees' means, and within their leaves
        spread = np.sqrt(means.var(axis=0) + within.mean(axis=0) + 1e-12)
        z = (self._best - mean) / spread
        density = np.exp(-0.5 * z**2) / np.sqrt(2.0 * np.pi)
        return np.asarray(spread * (z * ndtr(z) + density))
