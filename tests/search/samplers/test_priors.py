"""Earlier tasks: they help where they are right, fade, and are silenced where they are wrong."""

from collections import Counter

import numpy as np
import pytest

from automl.exceptions import InvalidInputError
from automl.history import History
from automl.search import TaskHistory, TPESampler, make_optimizer
from automl.search.ranking import ranked
from automl.search.samplers.branch import Branch
from automl.search.samplers.priors import MOST_OWN, EarlierTasks


def task(world, seed=0, n=80, sign=-1.0, weight=1.0):
    space, rng = world.space(), np.random.default_rng(seed)
    configs = tuple(space.sample(rng) for _ in range(n))
    return TaskHistory(configs, tuple(sign * world.loss(config) for config in configs), weight)


def permuted(history, seed=0):
    shuffled = np.random.default_rng(seed).permutation(history.scores)
    return TaskHistory(history.configs, tuple(shuffled), history.weight)


def run(world, priors, n_trials, seed=0, root="family"):
    optimizer = make_optimizer("tpe", world.space(), 1, (), seed, root, priors=priors)
    world.play(optimizer, n_trials, lambda info: world.result(info, loss=world.loss(info.config)))
    return optimizer.history


def best(history):
    return ranked(history, 0)[0].loss


def median_best(world, priors, n_trials):
    return np.median([best(run(world, priors, n_trials, seed)) for seed in range(9)])


@pytest.mark.parametrize("root", ["family", None])
def test_the_first_trial_follows_earlier_tasks(world, root):
    priors = [task(world, seed) for seed in (1, 2)]
    first = [run(world, priors, 1, seed, root).results[0].info.origin for seed in range(40)]
    assert set(first) == {"prior", "random"}
    assert first.count("prior") >= 20


def test_earlier_tasks_save_evaluations(world):
    priors = [task(world, seed) for seed in range(4)]
    assert median_best(world, priors, 10) < median_best(world, [], 30)


def test_permuted_tasks_cost_little(world):
    wrong = [permuted(task(world, seed), seed) for seed in range(4)]
    assert median_best(world, wrong, 60) < median_best(world, [], 60) + 0.1


def test_opposite_tasks_are_silenced(world):
    opposite = [task(world, seed, sign=1.0) for seed in range(4)]
    assert median_best(world, opposite, 80) < median_best(world, [], 80) + 0.1
    late = [r.info.origin for r in run(world, opposite, 80)][40:]
    assert late.count("prior") < 4


def test_the_share_of_prior_proposals_fades(world):
    history = run(world, [task(world, seed) for seed in range(3)], 120)
    prior = [result.info.origin == "prior" for result in history]
    assert sum(prior[:20]) > 2 * sum(prior[-20:])


def test_trust_begins_at_one_and_follows_the_evidence(world):
    space = world.space()
    branches = {family: Branch(space, "family", family) for family in world.families}
    prior = EarlierTasks([task(world, s, n=200) for s in range(3)], branches, "family", 0.2)
    rng = np.random.default_rng(5)
    own = [space.sample(rng) for _ in range(60)]
    right = sorted(own, key=world.loss)
    assert prior.trust([]) == prior.trust(right[:1]) == 1.0
    assert prior.trust(right) > 0.3
    assert prior.trust(right[::-1]) == 0.0
    assert prior.trust(right * (MOST_OWN // 60 + 1)) == 0.0


def test_families_that_no_task_tried_are_still_drawn(world):
    only_b = task(world, n=200)
    kept = [i for i, c in enumerate(only_b.configs) if c["family"] == "b"]
    priors = [
        TaskHistory(
            tuple(only_b.configs[i] for i in kept), tuple(only_b.scores[i] for i in kept), 1.0
        )
    ]
    sampler = TPESampler(world.space(), "family", priors, random_share=0.0, mutation_share=0.0)
    found = [sampler.propose(History(), 0, [], np.random.default_rng(k)) for k in range(300)]
    families = Counter(p.config["family"] for p in found)
    assert families["b"] > 100
    assert set(families) == set(world.families)
    assert {p.origin for p in found if p.config["family"] != "b"} == {"random"}


def test_weights_decide_between_tasks(world):
    def near(x):
        return lambda config: -abs(config.get("a:x", 9.0) - x)

    space, rng = world.space(), np.random.default_rng(0)
    configs = tuple(c for c in (space.sample(rng) for _ in range(600)) if c["family"] == "a")
    left, right = (tuple(near(x)(c) for c in configs) for x in (0.1, 0.9))

    def mean_x(first, second):
        priors = [TaskHistory(configs, left, first), TaskHistory(configs, right, second)]
        sampler = TPESampler(space, "family", priors, random_share=0.0, mutation_share=0.0)
        found = [sampler.propose(History(), 0, [], np.random.default_rng(k)) for k in range(60)]
        return np.mean([p.config["a:x"] for p in found if p.config["family"] == "a"])

    assert mean_x(1.0, 0.1) < 0.4 < 0.6 < mean_x(0.1, 1.0)


def test_tasks_without_weight_or_configurations_are_nothing(world):
    nothing = [task(world, weight=0.0), TaskHistory((), (), 1.0)]
    assert {r.info.origin for r in run(world, nothing, 6)} == {"random"}


def test_failures_of_earlier_tasks_are_their_worst(world):
    earlier = TaskHistory(task(world, n=3).configs, (float("nan"), 0.5, 0.7))
    assert earlier.ranked() == [earlier.configs[i] for i in (2, 1, 0)]


def test_a_resumed_warm_run_equals_one_that_never_stopped(world):
    priors = [task(world, seed) for seed in range(2)]
    whole = run(world, priors, 30)
    resumed = make_optimizer("tpe", world.space(), 1, (), 0, "family", priors=priors)
    for result in whole.results[:13]:
        resumed.tell(result)
    asked = world.play(resumed, 17, lambda info: world.result(info, loss=world.loss(info.config)))
    assert asked == [result.info for result in whole.results[13:]]


def test_histories_are_checked(world):
    configs = task(world, n=3).configs
    with pytest.raises(InvalidInputError, match="one number for each configuration, got 2 for 3"):
        TaskHistory(configs, (0.1, 0.2))
    with pytest.raises(InvalidInputError, match=r"weight must be from 0 to 1, got 2\.0"):
        TaskHistory(configs, (0.1, 0.2, 0.3), 2.0)
