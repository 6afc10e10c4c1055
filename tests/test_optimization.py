"""`automl.optimize`: what a user of a plain function sees."""

import dataclasses
import math
import os
import time

import numpy as np
import pytest

import automl
from automl.exceptions import InvalidInputError, NothingFoundError
from automl.search import STRATEGIES, TaskHistory
from automl.space import Categorical, Float, Integer, Space, When

BOX = {"x": (-5.0, 5.0), "rate": (1e-3, 1.0, "log"), "n": (1, 9), "kind": ["u", "v"]}


def bowl(p, fidelity=1.0):
    miss = 0.0 if p["kind"] == "u" else 1.0
    far = (p["x"] - 1) ** 2 + (math.log10(p["rate"]) + 2) ** 2 + 0.1 * (p["n"] - 4) ** 2
    return far + miss + (1.0 - fidelity)


@pytest.mark.parametrize("name", STRATEGIES)
@pytest.mark.parametrize("fidelities", [None, (1 / 9, 1 / 3, 1.0)])
def test_every_strategy_finds_nothing_worse_than_the_default(name, fidelities):
    found = automl.optimize(
        bowl, BOX, name, max_trials=40, fidelities=fidelities, random_state=0, initial=[{}]
    )
    assert len(found.history) == 40
    assert found.fidelity == 1.0
    default = automl.optimization.space_of(BOX).default()
    assert found.value == bowl(found.config) <= bowl(default) + 1e-9


def test_the_same_seed_gives_the_same_search():
    first, again, other = (
        automl.optimize(bowl, BOX, max_trials=30, random_state=seed) for seed in (1, 1, 2)
    )
    assert [r.info for r in first.history] == [r.info for r in again.history]
    assert [r.info for r in first.history] != [r.info for r in other.history]


def test_a_search_goes_on_as_if_it_had_not_stopped():
    settings = {"fidelities": (0.3, 1.0), "random_state": 4}
    whole = automl.optimize(bowl, BOX, max_trials=40, **settings)
    half = automl.optimize(bowl, BOX, max_trials=23, **settings)
    rest = automl.optimize(bowl, BOX, max_trials=40, history=half.history, **settings)
    assert [r.info for r in rest.history] == [r.info for r in whole.history]
    assert len(half.history) == 23


def test_errors_and_infinities_are_failed_trials():
    def fragile(p):
        if p["kind"] == "v":
            raise ArithmeticError("no  such\nkind")
        return math.inf if p["n"] > 6 else bowl(p)

    found = automl.optimize(fragile, BOX, max_trials=60, random_state=0)
    board = found.leaderboard
    failed = board[board["status"] == "failed"]
    assert len(board) == 60
    assert board["value"].iloc[0] == found.value
    assert board["config"].iloc[0] == found.config
    assert set(failed["message"]) == {
        "ArithmeticError: no such kind",
        "the function returned inf, which is no finite number",
    }
    assert board["status"].iloc[-len(failed) :].eq("failed").all()


def test_a_function_that_always_fails_says_why():
    def broken(p):
        return p["y"]

    with pytest.raises(NothingFoundError, match=r"5 were made \(most often: KeyError: 'y'\)"):
        automl.optimize(broken, BOX, max_trials=5)


def test_maximising_and_conditional_spaces():
    space = Space(
        [
            Categorical("kind", ("a", "b"), default="a"),
            Float("a:x", 0.0, 1.0, default=0.5, when=When("kind", ("a",))),
            Integer("b:n", 1, 3, default=1, when=When("kind", ("b",))),
        ]
    )
    found = automl.optimize(
        lambda p: p["a:x"] if p["kind"] == "a" else -1.0,
        space,
        max_trials=30,
        direction="maximize",
        random_state=0,
        root="kind",
    )
    assert found.value == found.config["a:x"] > 0.8
    assert set(found.config) == {"kind", "a:x"}


def test_a_finite_space_ends_the_search():
    found = automl.optimize(lambda p: p["n"], {"n": (1, 4)}, max_trials=100)
    assert (found.value, len(found.history)) == (1.0, 4)


def test_time_ends_the_search():
    found = automl.optimize(bowl, BOX, "random", time_limit=0.2)
    assert len(found.history) > 3


def test_workers_take_functions_from_anywhere():
    found = automl.optimize(
        lambda p: bowl(p), BOX, "random", max_trials=8, n_jobs=2, random_state=0
    )
    assert len(found.history) == 8
    assert found.history.results[0].peak_memory_mb > 0.0


def test_a_crash_of_a_worker_is_a_failed_trial():
    def fragile(p):
        return os._exit(3) if p["kind"] == "v" else p["x"] ** 2

    begin = [{"kind": "v"}, {"kind": "u"}]
    box = {"x": (-1.0, 1.0), "kind": ["u", "v"]}
    found = automl.optimize(fragile, box, "random", max_trials=2, n_jobs=2, initial=begin)
    assert {r.info.number: r.status for r in found.history} == {0: "crashed", 1: "ok"}
    assert found.config["kind"] == "u"


def test_calls_in_workers_are_cut_off_when_time_is_used_up():
    def slow(p):
        time.sleep(60.0 * p["n"])
        return 1.0

    known = automl.optimize(slow, {"n": (0, 1)}, max_trials=1, initial=[{"n": 0}])
    settings = {"time_limit": 1.0, "n_jobs": 2, "initial": [{"n": 1}]}
    found = automl.optimize(slow, {"n": (0, 1)}, history=known.history, **settings)
    assert [(r.info.config["n"], r.status) for r in found.history] == [(0, "ok"), (1, "timeout")]
    assert found.history.results[1].wall_seconds < 30.0


def test_workers_go_on_with_a_history_of_stages():
    settings = {"fidelities": (0.3, 1.0), "random_state": 4}
    half = automl.optimize(bowl, BOX, max_trials=9, **settings)
    found = automl.optimize(bowl, BOX, max_trials=15, n_jobs=2, history=half.history, **settings)
    infos = [result.info for result in found.history]
    assert infos[:9] == [result.info for result in half.history]
    assert sorted(info.number for info in infos) == list(range(15))
    assert len({(info.config, info.rung) for info in infos}) == 15
    assert all(
        result.score == bowl(result.info.config, settings["fidelities"][result.info.rung])
        for result in found.history
    )


def test_what_another_search_left_is_refused():
    staged = automl.optimize(bowl, BOX, max_trials=9, fidelities=(0.3, 1.0), random_state=0)
    with pytest.raises(InvalidInputError, match="`history` must be of a search with at most 1 fid"):
        automl.optimize(bowl, BOX, max_trials=20, history=staged.history)
    other = {**BOX, "n": (1, 10)}
    with pytest.raises(InvalidInputError, match="`history` must be of the space that is searched"):
        automl.optimize(bowl, other, max_trials=20, fidelities=(0.3, 1.0), history=staged.history)
    earlier = TaskHistory((automl.optimization.space_of(other).default(),), (1.0,))
    with pytest.raises(InvalidInputError, match="`priors` must be of the space that is searched"):
        automl.optimize(bowl, BOX, max_trials=20, priors=[earlier])


def test_the_initial_configurations_come_first():
    begin = [{"x": 1.0}, {"x": 2.0, "kind": "v"}]
    found = automl.optimize(bowl, BOX, max_trials=3, initial=begin, random_state=0)
    infos = [result.info for result in found.history]
    assert [info.config["x"] for info in infos[:2]] == [1.0, 2.0]
    assert [info.origin for info in infos] == ["initial", "initial", "random"]


def test_earlier_tasks_help_from_the_first_trial_on():
    space, rng = automl.optimization.space_of(BOX), np.random.default_rng(0)
    configs = tuple(space.sample(rng) for _ in range(100))
    earlier = TaskHistory(configs, tuple(-bowl(config) for config in configs))

    def after_five(priors, seed):
        settings = {"max_trials": 5, "random_state": seed, "priors": priors}
        return automl.optimize(bowl, space, **settings).value

    warm = np.median([after_five([earlier], seed) for seed in range(7)])
    assert warm < 0.5 * np.median([after_five([], seed) for seed in range(7)])


def test_callbacks_see_each_result():
    seen = []
    found = automl.optimize(bowl, BOX, max_trials=4, callbacks=[seen.append])
    assert tuple(seen) == found.history.results


def test_the_result_is_frozen():
    found = automl.optimize(bowl, BOX, max_trials=2)
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.value = 0.0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "`max_trials` and `time_limit` must not both be None"),
        ({"max_trials": 0}, "`max_trials` must be positive or None; got 0"),
        ({"time_limit": -1.0}, "`time_limit` must be positive or None; got -1.0"),
        ({"max_trials": 1, "n_jobs": 0}, "`n_jobs` must be a positive integer; got 0"),
        ({"max_trials": 1, "direction": "up"}, "`direction` must be one of"),
        ({"max_trials": 1, "fidelities": (0.5,)}, "`fidelities` must be ascending numbers"),
        ({"max_trials": 1, "fidelities": (0.5, 0.3, 1.0)}, "end with 1; got"),
        ({"max_trials": 1, "random_state": -1}, "seed must not be negative"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        automl.optimize(bowl, BOX, **settings)


@pytest.mark.parametrize(
    "form", [(1, 2, "lin"), (1,), "abc", [], Float("other", 0.0, 1.0, default=0.0)]
)
def test_short_forms_are_checked(form):
    with pytest.raises(InvalidInputError, match="Parameter 'x' must be a parameter of that name"):
        automl.optimize(bowl, {"x": form}, max_trials=1)


def test_a_space_is_needed():
    with pytest.raises(InvalidInputError, match="space must be a Space or a mapping"):
        automl.optimize(bowl, None, max_trials=1)
