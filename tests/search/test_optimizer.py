"""What every strategy promises, whatever its sampler."""

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from automl.exceptions import InvalidInputError
from automl.history import History, HistoryFile, TrialInfo, read_history
from automl.search import STRATEGIES, FullScheduler, Optimizer, Proposal, make_optimizer
from automl.space import Categorical, Config, Float, Integer, Space, When

PROMOTING = ("bohb", "successive_halving", "hyperband", "asha")
every_strategy = pytest.mark.parametrize("name", STRATEGIES)
every_promoting_strategy = pytest.mark.parametrize("name", PROMOTING)
# those that promote nothing do the same at every depth
every_strategy_and_depth = pytest.mark.parametrize(
    ("name", "n_rungs"),
    [(name, n) for name in STRATEGIES for n in (1, 2, 3) if name in PROMOTING or n == 2],
)


def portfolio(space, families=("a", "b", "c", "d")):
    return [Proposal(space.make(family=family), "portfolio") for family in families]


def make(world, name, n_rungs=3, seed=0, initial=True):
    space = world.space()
    queue = portfolio(space) if initial else ()
    return make_optimizer(name, space, n_rungs, queue, seed, world.root)


def fails_often(world):
    def judge(info):
        statuses = ("failed", "timeout", "memory_out", "crashed")
        if info.config["family"] == "a" and info.number % 3:
            return world.result(info, status=statuses[info.number % 4])
        return world.result(info)

    return judge


@every_strategy_and_depth
def test_the_same_seed_asks_the_same(world, name, n_rungs):
    first = world.play(make(world, name, n_rungs, seed=3), 60)
    assert world.play(make(world, name, n_rungs, seed=3), 60) == first
    if name != "grid":  # which draws nothing
        assert world.play(make(world, name, n_rungs, seed=4), 60) != first


@every_strategy_and_depth
@pytest.mark.parametrize("stop", [1, 3, 17, 40])
def test_a_resumed_run_equals_one_that_never_stopped(world, name, n_rungs, stop):
    whole = make(world, name, n_rungs)
    expected = world.play(whole, 60, fails_often(world))
    resumed = make(world, name, n_rungs)
    for result in whole.history.results[:stop]:
        resumed.tell(result)
    assert world.play(resumed, 60 - stop, fails_often(world)) == expected[stop:]


@every_strategy
def test_a_run_resumes_from_its_file(world, name, tmp_path):
    path = tmp_path / "history.jsonl"
    whole = make(world, name)
    with HistoryFile(path) as file:
        file.write_header({})
        world.play(whole, 25)
        for result in whole.history:
            file.append(result)
    resumed = make(world, name)
    for result in read_history(path, world.space())[1]:
        resumed.tell(result)
    assert world.play(resumed, 10) == world.play(whole, 10)


@every_strategy_and_depth
def test_no_configuration_is_asked_twice_at_a_rung(world, name, n_rungs):
    asked = world.play(make(world, name, n_rungs), 80, fails_often(world))
    assert len(asked) == 80
    assert len({(info.config, info.rung) for info in asked}) == 80
    assert [info.number for info in asked] == list(range(80))
    assert {info.rung for info in asked} == set(
        range(n_rungs) if name in PROMOTING else [n_rungs - 1]
    )


@every_strategy
def test_parallel_asks_differ(world, name):
    optimizer = make(world, name)
    world.play(optimizer, 20)
    known = {(r.info.config, r.info.rung) for r in optimizer.history}
    waiting = [optimizer.ask() for _ in range(16)]
    assert optimizer.pending == tuple(waiting)
    assert len({(info.config, info.rung) for info in waiting} | known) == 36
    optimizer.tell(world.result(waiting[7]))
    assert waiting[7] not in optimizer.pending
    assert len(optimizer.history) == 21


@every_strategy
def test_results_may_come_in_any_order(world, name):
    optimizer = make(world, name)
    waiting = [optimizer.ask() for _ in range(4)]
    for _ in range(40):
        optimizer.tell(world.result(waiting.pop(len(waiting) // 2)))
        waiting.append(optimizer.ask())
    everything = [r.info for r in optimizer.history] + waiting
    assert len({(info.config, info.rung) for info in everything}) == 44


@every_strategy
def test_the_initial_queue_comes_first_in_its_order(world, name):
    optimizer = make(world, name, n_rungs=1)
    asked = world.play(optimizer, 6)
    assert [info.config for info in asked[:4]] == [p.config for p in portfolio(world.space())]
    assert [info.origin for info in asked[:4]] == ["portfolio"] * 4
    assert "portfolio" not in {info.origin for info in asked[4:]}


@every_promoting_strategy
def test_what_is_known_to_be_good_begins_higher_where_it_may(world, name):
    space = world.space()
    queue = [Proposal(space.make(family=family), "prior", rung=2) for family in ("a", "b")]
    optimizer = make_optimizer(name, space, 3, queue, 0, world.root)
    first = optimizer.ask()
    second = optimizer.ask(lambda config, rung: rung < 2)
    assert [(info.config, info.rung) for info in (first, second)] == [
        (queue[0].config, 2),
        (queue[1].config, 0),
    ]


@every_promoting_strategy
def test_promotions_keep_the_first_origin(world, name):
    asked = world.play(make(world, name), 80)
    origins: dict[Config, str] = {}
    for info in asked:
        assert origins.setdefault(info.config, info.origin) == info.origin
    assert len(origins) < 80


@every_strategy
def test_proposals_are_legal_and_hold_active_parameters_only(world, name):
    space = world.space()
    for info in world.play(make(world, name, initial=False), 60):
        assert space.make(info.config.to_dict()) == info.config
        prefixes = {parameter.split(":")[0] for parameter in info.config}
        assert prefixes == {"family", info.config["family"]}


@every_strategy
def test_failures_everywhere_do_not_stop_the_search(world, name):
    optimizer = make(world, name)
    asked = world.play(optimizer, 40, lambda info: world.result(info, status="crashed"))
    assert len(asked) == 40
    assert len({info.config for info in asked}) == 40  # none is promoted


@every_strategy
def test_every_family_is_tried_again_though_it_failed_at_first(world, name):
    def judge(info):
        if info.config["family"] == "a" and info.number < 30:
            return world.result(info, status="timeout")
        return world.result(info)

    asked = world.play(make(world, name, n_rungs=1), 120, judge)
    later = [info.config["family"] for info in asked[30:]]
    assert all(later.count(family) > 0 for family in world.families)


@every_strategy
def test_the_veto_is_kept(world, name):
    def cheap(config, rung):
        return config["family"] in ("c", "d") and rung < 2

    asked = world.play(make(world, name), 50, acceptable=cheap)
    assert len(asked) == 50
    assert all(cheap(info.config, info.rung) for info in asked)


@every_strategy
def test_very_many_refused_promotions_leave_room_for_new_trials(world, name):
    optimizer, space = make(world, name, initial=False), world.space()
    rng = np.random.default_rng(0)
    for number in range(300):
        optimizer.tell(world.result(TrialInfo(number, space.sample(rng), 0, "random")))
    assert optimizer.ask(lambda config, rung: rung == 0).rung == 0


@every_strategy
def test_what_was_refused_may_come_later(world, name):
    optimizer = make(world, name, n_rungs=1)
    first = optimizer.ask(lambda config, rung: config["family"] != "a")
    assert first.config["family"] == "b"
    assert optimizer.ask().config == portfolio(world.space())[0].config


@every_strategy
def test_nothing_acceptable_is_none_and_costs_no_number(world, name):
    optimizer = make(world, name)
    world.play(optimizer, 12)
    n_calls = 0

    def never(config, rung):
        nonlocal n_calls
        n_calls += 1
        return False

    assert optimizer.ask(never) is None
    assert 0 < n_calls < 1000
    assert optimizer.pending == ()
    assert optimizer.ask().number == 12


@every_strategy
def test_a_finite_space_is_searched_to_its_end(world, name):
    space = Space(
        [
            Categorical("family", ("a", "b"), default="a"),
            Integer("a:n", 1, 7, default=1, when=When("family", ("a",))),
        ]
    )
    optimizer = make_optimizer(name, space, 1, (), 0, "family")
    asked = world.play(optimizer, 20, lambda info: world.result(info, loss=len(info.config)))
    assert {info.config for info in asked} == set(space.configs())
    assert len(asked) == 8
    assert optimizer.ask() is None


@every_strategy
def test_an_exhausted_space_is_promoted_to_its_end(world, name):
    space = Space([Integer("n", 1, 4, default=1)])
    optimizer = make_optimizer(name, space, 3, (), 0)
    asked = world.play(optimizer, 30, lambda info: world.result(info, loss=info.config["n"]))
    assert optimizer.ask() is None
    assert {info.config["n"] for info in asked if info.rung == 2} == {1, 2, 3, 4}


@every_strategy
def test_an_exhausted_space_waits_for_nothing(world, name):
    space = Space([Integer("n", 1, 3, default=1)])
    optimizer = make_optimizer(name, space, 1, (), 0)
    waiting = [optimizer.ask() for _ in range(3)]
    assert {info.config["n"] for info in waiting} == {1, 2, 3}
    assert optimizer.ask() is None


@every_strategy
def test_a_space_without_families(world, name):
    space = Space([Float("x", 0.0, 1.0, default=0.5), Integer("n", 1, 9, default=5)])
    optimizer = make_optimizer(name, space, 2, (), 0)
    asked = world.play(optimizer, 40, lambda info: world.result(info, loss=info.config["x"]))
    assert len(asked) == 40


@every_strategy
def test_skipped_trials_are_not_asked_again(world, name):
    optimizer = make(world, name)
    skipped = optimizer.ask()
    optimizer.tell(world.result(skipped, status="skipped"))
    assert skipped.config not in {info.config for info in world.play(optimizer, 40)}


def test_a_trial_is_told_once(world):
    optimizer = make(world, "random")
    (info,) = world.play(optimizer, 1)
    with pytest.raises(InvalidInputError, match="told once, got number 0 again"):
        optimizer.tell(world.result(info))


def test_another_trial_under_the_same_number_is_refused(world):
    optimizer = make(world, "random")
    info = optimizer.ask()
    other = TrialInfo(info.number, info.config, info.rung + 1, info.origin)
    with pytest.raises(InvalidInputError, match="Trial 0 was asked for with another"):
        optimizer.tell(world.result(other))


def test_a_proposal_is_made_with_one_thread(world):
    """More would wait for cores that the workers use: an ask took ten times as long."""
    space, seen = world.space(), set()

    class Watching:
        def propose(self, history, rung, pending, rng):
            seen.update(pool["num_threads"] for pool in threadpool_info())
            return Proposal(space.sample(rng), "random")

    Optimizer(space, Watching(), FullScheduler(1)).ask()
    assert seen == {1}


def test_the_seed_is_not_negative(world):
    with pytest.raises(InvalidInputError, match="seed must not be negative, got -1"):
        make(world, "random", seed=-1)


def test_the_history_is_what_was_told(world):
    optimizer = make(world, "random")
    asked = world.play(optimizer, 5)
    assert isinstance(optimizer.history, History)
    assert [r.info for r in optimizer.history] == asked
