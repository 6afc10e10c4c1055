"""Known failures of the original BOHB, one test each for its not being here."""

from collections import Counter

import numpy as np
import pytest

from automl.history import History, TrialInfo, TrialResult
from automl.search import STRATEGIES, TPESampler, make_optimizer
from automl.search.ranking import ranked
from automl.search.samplers.branch import Branch
from automl.search.samplers.density import ParzenDensity
from automl.space import Categorical, Float, Integer, Space, When


def told(info, loss=None, status="ok"):
    losses = None if loss is None else (loss,)
    return TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0)


def proposals(space, history, n):
    sampler = TPESampler(space)
    return [sampler.propose(history, 0, [], np.random.default_rng(k)) for k in range(n)]


def test_a_model_exists_after_eight_results_however_many_parameters_there_are():
    """The original waits for 2 (d + 1) results on one rung: 122 at 60 parameters."""
    space = Space([Float(f"x{i}", 0.0, 1.0, default=0.5) for i in range(60)])
    optimizer = make_optimizer("bohb", space, 3, (), 0)
    origins = []
    for _ in range(40):
        info = optimizer.ask()
        origins.append(info.origin)
        loss = sum((info.config[f"x{i}"] - 0.5) ** 2 for i in range(60))
        optimizer.tell(told(info, loss))
    assert "model" in origins[:20]  # some of these are promotions
    assert origins[20:].count("model") > 5


def test_inactive_parameters_are_not_imputed():
    """What is inactive in most results must not pull the model anywhere."""
    space = Space(
        [
            Categorical("kind", ("a", "b"), default="a"),
            Float("depth", 0.0, 1.0, default=0.5, when=When("kind", ("b",))),
        ]
    )
    branch = Branch(space, None, None)
    assert np.isnan(branch.encode([space.make(kind="a")])[0, 1])
    deep = [space.make(kind="b", depth=depth) for depth in (0.88, 0.9, 0.92)]
    alone = ParzenDensity(branch.encode(deep), branch.n_choices)
    crowd = ParzenDensity(branch.encode([*deep, *[space.make(kind="a")] * 20]), branch.n_choices)
    rng = np.random.default_rng(0)

    def depths(density):  # given the kind that has one
        drawn, kernel = density.draw(20_000, rng)
        return drawn[np.isin(kernel, (0, 1, 2)), 1]

    assert abs(np.median(depths(alone)) - np.median(depths(crowd))) < 0.05
    assert np.median(depths(crowd)) > 0.75


def test_unseen_categories_keep_a_finite_density_and_are_proposed():
    choices = tuple("abcdefgh")
    space = Space([Categorical("kind", choices, default="a"), Float("x", 0.0, 1.0, default=0.5)])
    rng, history = np.random.default_rng(0), History()
    for number in range(40):  # five of eight choices were never seen
        config = space.make(kind=choices[number % 3], x=float(rng.random()))
        info = TrialInfo(number, config, 0, "random")
        history.append(told(info, loss=config["x"]))
    branch = Branch(space, None, None)
    seen = branch.encode([result.info.config for result in history])
    unseen = branch.encode([space.make(kind="h", x=0.5)])
    few, many = (ParzenDensity(some, branch.n_choices) for some in (seen[:8], seen[8:]))
    ratio = few.log_density(unseen) - many.log_density(unseen)
    assert np.abs(ratio) < 2.0  # neither banned nor preferred for never having been seen
    kinds = Counter(p.config["kind"] for p in proposals(space, history, 200))
    assert sum(kinds[kind] for kind in "defgh") > 15


def test_a_region_where_trials_crashed_is_visited_again():
    """As +infinity, early crashes push a region away for good; here they count as bad, no worse."""
    space = Space([Float("x", 0.0, 1.0, default=0.5)])
    optimizer = make_optimizer("bohb", space, 1, (), 0)

    def judge(info):  # the best region crashes at first, say because memory was short
        if info.config["x"] > 0.7 and info.number < 25:
            return told(info, status="crashed")
        return told(info, loss=1.0 - info.config["x"])

    for _ in range(120):
        optimizer.tell(judge(optimizer.ask()))
    assert ranked(optimizer.history, 0)[0].info.config["x"] > 0.95
    modelled = [r.info for r in list(optimizer.history)[60:] if r.info.origin == "model"]
    assert sum(info.config["x"] > 0.7 for info in modelled) > len(modelled) / 2


@pytest.mark.parametrize("name", STRATEGIES)
def test_nothing_is_evaluated_twice_in_a_small_space(name):
    space = Space([Integer("n", 1, 12, default=1), Categorical("k", ("a", "b"), default="a")])
    optimizer = make_optimizer(name, space, 2, (), 0)
    seen = Counter()
    while (info := optimizer.ask()) is not None:
        seen[info.config, info.rung] += 1
        optimizer.tell(told(info, float(info.config["n"])))
    assert set(seen.values()) == {1}
    assert len({config for config, rung in seen if rung == 1}) == 24


@pytest.mark.parametrize("name", STRATEGIES)
def test_no_worker_waits_at_a_rung(world, name):
    """Eight workers, evaluations of different lengths: there is always something to do."""
    optimizer = make_optimizer(name, world.space(), 3, (), 0, world.root)
    rng = np.random.default_rng(0)
    running = [(rng.exponential(), optimizer.ask()) for _ in range(8)]
    for _ in range(120):
        end, info = min(running, key=lambda job: job[0])
        running.remove((end, info))
        optimizer.tell(world.result(info))
        following = optimizer.ask()
        assert following is not None
        running.append((end + 3.0**following.rung * rng.exponential(), following))


@pytest.mark.parametrize("name", STRATEGIES)
def test_every_trial_says_where_it_came_from(world, name):
    optimizer = make_optimizer(name, world.space(), 3, (), 0, world.root)
    origins = Counter(info.origin for info in world.play(optimizer, 80))
    expected = {
        "bohb": {"random", "model", "mutation"},
        "tpe": {"random", "model", "mutation"},
        "smac": {"sobol", "random", "model"},
        "grid": {"grid"},
        "sobol": {"sobol"},
    }
    assert set(origins) == expected.get(name, {"random"})
