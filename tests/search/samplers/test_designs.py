"""Samplers that follow a plan: grid, Sobol points, and the forest that begins with them."""

from collections import Counter

import numpy as np
import pytest

from automl.history import History, TrialInfo
from automl.search import GridSampler, Proposal, RandomSampler, SmacSampler, SobolSampler
from automl.search.ranking import ranked
from automl.search.samplers.grid import coarse_values
from automl.space import Categorical, Float, Integer, Space, When


def begun(world, sampler, n, judge=None):
    """Propose and evaluate, one after another."""
    history = History()
    for number in range(n):
        proposal = sampler.propose(history, 0, [], np.random.default_rng([3, number]))
        info = TrialInfo(number, proposal.config, 0, proposal.origin)
        history.append(world.result(info, loss=world.loss(info.config)))
    return history


def test_a_grid_has_at_most_three_values_with_the_default_first():
    assert coarse_values(Float("x", 0.0, 6.0, default=0.5)) == (0.5, 3.0, 5.0)
    assert coarse_values(Float("x", 0.01, 1.0, default=0.1, log=True))[0] == 0.1
    assert coarse_values(Integer("n", 1, 2, default=2)) == (2, 1)
    assert coarse_values(Categorical("k", tuple("abcd"), default="c")) == ("c", "a", "b")


def test_a_grid_grows_by_one_parameter_after_the_other():
    space = Space([Integer(name, 1, 300, default=150) for name in "xyz"])
    sampler, history, found = GridSampler(space), History(), []
    for number in range(30):
        pending = [TrialInfo(i, config, 0, "grid") for i, config in enumerate(found)]
        proposal = sampler.propose(history, 0, pending, np.random.default_rng(number))
        found.append(proposal.config)
        assert proposal.origin == ("grid" if number < 27 else "random")
    assert found[0] == space.default()
    assert len(set(found[:3])) == len({c["x"] for c in found[:3]}) == 3
    assert {c["y"] for c in found[:3]} == {150}
    assert len({(c["x"], c["y"]) for c in found[:9]}) == 9
    assert {c["z"] for c in found[:9]} == {150}
    assert len(set(found)) == 30


def test_a_grid_of_families_takes_turns_and_leaves_out_what_is_inactive(world):
    history = begun(world, GridSampler(world.space(), "family"), 60)
    configs = [result.info.config for result in history]
    assert [c["family"] for c in configs[:8]] == list(world.families) * 2
    assert len(set(configs)) == 60
    # x, rate: 9 points; kind u and w: 2 x 9, v with three n: 3 x 9
    whole = Counter(c["family"] for c in GridSampler(world.space(), "family")._points())
    assert set(whole.values()) == {45}


def test_the_grid_of_a_flat_conditional_space_covers_its_branches():
    space = Space(
        [
            Categorical("kind", ("a", "b"), default="a"),
            Integer("n", 1, 3, default=2, when=When("kind", ("b",))),
        ]
    )
    points = list(GridSampler(space)._points())
    assert len(points) == len(set(points)) == 4
    assert set(points) == set(space.configs())


def discrepancy(configs, names):
    from scipy.stats.qmc import discrepancy as measure

    return measure(np.array([[config[name] for name in names] for config in configs]))


def test_sobol_points_are_more_even_than_random_ones(world):
    space = Space([Float(name, 0.0, 1.0, default=0.5) for name in "abcd"])

    class Flat(world):
        loss = staticmethod(lambda config: 0.0)

    even = [r.info.config for r in begun(Flat, SobolSampler(space, seed=1), 64)]
    drawn = [r.info.config for r in begun(Flat, RandomSampler(space), 64)]
    assert discrepancy(even, "abcd") < 0.5 * discrepancy(drawn, "abcd")


def test_each_family_has_sobol_points_of_its_own(world):
    history = begun(world, SobolSampler(world.space(), "family", seed=1), 128)
    configs = [result.info.config for result in history]
    assert [c["family"] for c in configs[:8]] == list(world.families) * 2
    inside = [c["a:x"] for c in configs if c["family"] == "a"]
    assert set(np.histogram(inside, bins=4, range=(0.0, 1.0))[0]) <= {7, 8, 9}
    assert {r.info.origin for r in history} == {"sobol"}


def test_sobol_points_depend_on_the_seed(world):
    def first(seed):
        sampler = SobolSampler(world.space(), None, seed)
        return sampler.propose(History(), 0, [], np.random.default_rng(0)).config

    assert first(1) == first(1) != first(2)


@pytest.mark.parametrize("root", ["family", None])
def test_the_forest_beats_random_search(world, root):
    def best(make):
        runs = [ranked(begun(world, make(seed), 50), 0)[0].loss for seed in range(5)]
        return np.median(runs)

    chance = best(lambda seed: SobolSampler(world.space(), root, seed))
    assert best(lambda seed: SmacSampler(world.space(), root, seed)) < 0.75 * chance


def test_the_forest_tells_inactive_from_active():
    space = Space(
        [
            Categorical("kind", ("a", "b"), default="a"),
            Float("x", 0.0, 1.0, default=0.5, when=When("kind", ("b",))),
        ]
    )
    sampler = SmacSampler(space)
    assert sampler._encode([space.make(kind="a"), space.make(kind="b", x=0.0)]).tolist() == [
        [0.0, -1.0],
        [1.0, 0.0],
    ]


def test_parallel_proposals_of_the_forest_keep_a_distance(world):
    sampler = SmacSampler(world.space(), "family", random_share=0.0)
    history = begun(world, sampler, 30)
    pending = []
    for number in range(8):
        found = sampler.propose(history, 0, pending, np.random.default_rng([1, number]))
        assert isinstance(found, Proposal)
        pending.append(TrialInfo(100 + number, found.config, 0, found.origin))
    assert len({info.config for info in pending}) == 8
