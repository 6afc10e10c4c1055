from collections import Counter

import numpy as np
import pytest

from automl.history import History, TrialInfo
from automl.search import AshaScheduler, Optimizer, RandomSampler, TPESampler
from automl.search.ranking import ranked
from automl.space import Categorical, Space


def evaluated(world, n, rung=0, status=None, seed=0, families=None):
    """Random configurations with their results."""
    rng = np.random.default_rng(seed)
    space, history = world.space(), History()
    while len(history) < n:
        config = space.sample(rng)
        if families is None or config["family"] in families:
            info = TrialInfo(len(history), config, rung, "random")
            history.append(world.result(info, status="ok" if status is None else status(info)))
    return history


def proposals(world, history, n=200, pending=(), **settings):
    sampler = TPESampler(world.space(), world.root, **settings)
    return [sampler.propose(history, 0, pending, np.random.default_rng([9, k])) for k in range(n)]


def shares(found):
    counts = Counter(proposal.origin for proposal in found)
    return {origin: count / len(found) for origin, count in counts.items()}


def best_loss(world, sampler_of, seed, n_trials, n_rungs):
    space = world.space()
    scheduler = AshaScheduler(n_rungs, family=lambda config: config["family"])
    optimizer = Optimizer(space, sampler_of(space), scheduler, seed=seed)
    world.play(optimizer, n_trials)
    return min(result.loss for result in ranked(optimizer.history, n_rungs - 1))


@pytest.mark.parametrize(("n_rungs", "n_trials"), [(1, 60), (3, 100)])
def test_it_beats_random_search(world, n_rungs, n_trials):
    def run(sampler_of):
        return [best_loss(world, sampler_of, seed, n_trials, n_rungs) for seed in range(20)]

    model = np.median(run(lambda space: TPESampler(space, "family")))
    chance = np.median(run(RandomSampler))
    bias = 0.1 * (4 - n_rungs)  # what the world adds at the least to any loss of the top rung
    assert model - bias < 0.75 * (chance - bias)


def test_it_models_from_eight_results_on(world):
    assert shares(proposals(world, evaluated(world, 7))).get("model", 0.0) == 0.0
    some = shares(proposals(world, evaluated(world, 40)))
    assert some["model"] == pytest.approx(0.7, abs=0.12)
    assert some["random"] == pytest.approx(0.2, abs=0.1)
    assert some["mutation"] == pytest.approx(0.1, abs=0.08)


def test_an_empty_history_gives_random_proposals(world):
    assert shares(proposals(world, History(), 30)) == {"random": 1.0}


def test_failures_alone_give_random_proposals(world):
    failed = evaluated(world, 20, status=lambda _: "crashed")
    assert shares(proposals(world, failed, 30)) == {"random": 1.0}


def test_model_proposals_prefer_the_good_family_and_keep_all(world):
    found = proposals(world, evaluated(world, 150), 600, random_share=0.0, mutation_share=0.0)
    families = Counter(p.config["family"] for p in found)
    assert {p.origin for p in found} == {"model"}
    assert families["a"] > 2 * families["d"]
    assert set(families) == set(world.families)


def test_model_proposals_lie_where_losses_are_low(world):
    history = evaluated(world, 150)
    found = proposals(world, history, 100)
    modelled = np.mean([world.loss(p.config) for p in found if p.origin == "model"])
    drawn = np.mean([world.loss(p.config) for p in found if p.origin == "random"])
    best_fifth = np.mean([world.loss(r.info.config) for r in ranked(history, 0)[:30]])
    assert modelled < drawn
    assert modelled < best_fifth + 0.1


def test_a_family_that_fails_is_drawn_less_but_still_drawn(world):
    def status(info):
        return "timeout" if info.config["family"] == "a" else "ok"

    sound = proposals(world, evaluated(world, 80), 400)
    failing = proposals(world, evaluated(world, 80, status=status), 400)
    before = sum(p.config["family"] == "a" for p in sound)
    after = sum(p.config["family"] == "a" for p in failing)
    assert 0 < after < before / 2


def test_a_family_without_results_is_drawn_at_random(world):
    history = evaluated(world, 40, families=("b", "c", "d"))
    found = proposals(world, history, 400, random_share=0.0, mutation_share=0.0)
    fresh = {p.origin for p in found if p.config["family"] == "a"}
    assert fresh == {"random"}
    assert {p.origin for p in found if p.config["family"] == "b"} == {"model"}


def test_mutations_are_close_to_one_of_the_best(world):
    history = evaluated(world, 60)
    best = [result.info.config for result in ranked(history, 0)[:3]]
    found = proposals(world, history, 30, random_share=0.0, mutation_share=1.0)
    assert {p.origin for p in found} == {"mutation"}
    shared = [max(len(p.config.items() & b.items()) for b in best) for p in found]
    assert np.mean([n >= 2 for n in shared]) > 0.8


def test_scales_of_other_rungs_do_not_matter(world):
    """Only the order within a rung counts: shifting all losses of one changes nothing."""
    low, high = evaluated(world, 60), evaluated(world, 20, rung=1, seed=1)
    shifted = [world.result(r.info, loss=1000.0 + 5.0 * r.loss) for r in high]
    first = proposals(world, History([*low, *high]), 60)
    assert proposals(world, History([*low, *shifted]), 60) == first


def test_the_highest_rung_with_enough_results_decides(world):
    low, high = evaluated(world, 40), evaluated(world, 40, rung=1, seed=1)
    upside_down = [world.result(r.info, loss=-r.loss) for r in high]
    found = proposals(world, History([*low, *upside_down]), 400)
    families = Counter(p.config["family"] for p in found if p.origin == "model")
    assert families["d"] > families["a"]


def test_pending_trials_keep_proposals_away(world):
    history = evaluated(world, 40)
    first = proposals(world, history, 40)
    pending = [TrialInfo(100 + i, p.config, 0, p.origin) for i, p in enumerate(first)]
    again = proposals(world, history, 40, pending=pending)
    assert not {p.config for p in again} & {p.config for p in first}


def test_proposals_depend_on_nothing_but_their_arguments(world):
    sampler = TPESampler(world.space(), world.root)
    history = evaluated(world, 40)
    rngs = [np.random.default_rng(5) for _ in range(3)]
    first = sampler.propose(history, 0, [], rngs[0])
    sampler.propose(evaluated(world, 60, seed=2), 0, [], np.random.default_rng(1))
    assert sampler.propose(history, 0, [], rngs[1]) == first
    assert TPESampler(world.space(), world.root).propose(history, 0, [], rngs[2]) == first


def test_families_without_parameters(world):
    space = Space([Categorical("family", ("a", "b"), default="a")])
    history = History()
    for i, family in enumerate(("a", "b")):
        info = TrialInfo(i, space.make(family=family), 0, "random")
        history.append(world.result(info, loss=float(i)))
    sampler = TPESampler(space, "family", min_results=1, min_family_results=1, random_share=0.0)
    found = [sampler.propose(history, 0, [], np.random.default_rng(k)) for k in range(30)]
    assert {p.config["family"] for p in found} == {"a", "b"}
    assert {p.origin for p in found} == {"random"}  # no new one is left to the model
