import numpy as np
import pytest

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.search import (
    FullScheduler,
    HyperbandScheduler,
    NewTrial,
    Promote,
    SuccessiveHalvingScheduler,
)
from automl.search.ranking import ranked
from automl.search.schedulers.brackets import Bracket, halving_bracket, hyperband_brackets
from tests.search.schedulers.made_up import config, history_of, pending

both = pytest.mark.parametrize("scheduler", [SuccessiveHalvingScheduler, HyperbandScheduler])


def play(scheduler, n_trials, n_workers=1, seed=0):
    """New configurations are numbered; results come in any order; the loss is the number."""
    rng, history, running, begun = np.random.default_rng(seed), History(), [], 0
    for number in range(n_trials):
        decision = scheduler.decide(history, running)
        if isinstance(decision, NewTrial):
            info = TrialInfo(number, config(begun), decision.rung, "random")
            begun += 1
        else:
            info = TrialInfo(number, decision.config, decision.rung, decision.origin)
        running.append(info)
        if len(running) == n_workers:
            done = running.pop(int(rng.integers(n_workers)))
            loss = float(done.config["x"])
            history.append(TrialResult(done, "ok", (loss,), -loss, 1.0, 1.0, 1.0, 0.0))
    return history


def rungs_of(history, xs):
    return [max(r for r in range(3) if history.find(config(x), r) is not None) for x in xs]


def test_the_geometry_is_that_of_the_paper():
    # Li et al. 2018, table 1: R = 81, eta = 3
    sizes = [bracket.sizes for bracket in hyperband_brackets(5, 3)]
    assert sizes == [(81, 27, 9, 3, 1), (34, 11, 3, 1), (15, 5, 1), (8, 2), (5,)]
    assert [bracket.first_rung for bracket in hyperband_brackets(5, 3)] == [0, 1, 2, 3, 4]
    assert halving_bracket(4, 2) == Bracket(0, (8, 4, 2, 1))
    assert halving_bracket(1, 3) == Bracket(0, (1,))


def test_one_bracket_after_another():
    history = play(SuccessiveHalvingScheduler(3), 26)
    assert rungs_of(history, range(9)) == [2, 1, 1, 0, 0, 0, 0, 0, 0]
    assert rungs_of(history, range(9, 18)) == [2, 1, 1, 0, 0, 0, 0, 0, 0]


def test_hyperband_hedges():
    history = play(HyperbandScheduler(3), 13 + 6 + 3)
    assert rungs_of(history, range(9)) == [2, 1, 1, 0, 0, 0, 0, 0, 0]
    assert rungs_of(history, range(9, 14)) == [2, 1, 1, 1, 1]
    assert rungs_of(history, range(14, 17)) == [2, 2, 2]
    assert history.find(config(9), 0) is None


def test_a_rung_is_judged_when_all_of_it_is_known():
    scheduler = SuccessiveHalvingScheduler(2)
    two = history_of((5, 0, 0.5), (6, 0, 0.6))
    assert scheduler.decide(two, []) == NewTrial(0)
    # the third runs; nobody waits for it: the next bracket begins
    assert scheduler.decide(two, pending((7, 0))) == NewTrial(0)
    three = history_of((5, 0, 0.5), (6, 0, 0.6), (7, 0, 0.1))
    assert scheduler.decide(three, pending((8, 0))) == Promote(config(7), 1, "random")
    assert scheduler.decide(three, pending((8, 0), (7, 1))) == NewTrial(0)


@both
@pytest.mark.parametrize("n_workers", [1, 4, 8])
def test_brackets_fill_whatever_the_order_of_results(scheduler, n_workers):
    history = play(scheduler(3), 300, n_workers)
    top = len(ranked(history, 2))
    assert top > 10
    # all but the newest brackets are complete: every configuration that went up was among the best
    for rung in (0, 1):
        assert len(ranked(history, rung)) > top


@both
def test_failures_are_not_promoted_and_block_nothing(scheduler):
    rows = [(x, 0, None) for x in range(9)]
    assert isinstance(scheduler(3).decide(history_of(*rows), []), NewTrial)
    rows[4] = (4, 0, 0.5)
    assert scheduler(3).decide(history_of(*rows), []) == Promote(config(4), 1, "random")


@both
def test_decisions_depend_on_nothing_but_their_arguments(scheduler):
    kept, history = scheduler(3), History()
    for result in play(scheduler(3), 80, 5):
        history.append(result)
        copy = History(history.results)
        assert kept.decide(history, []) == scheduler(3).decide(copy, [])


@both
@pytest.mark.parametrize(
    ("settings", "message"),
    [((0,), "n_rungs must be at least 1, got 0"), ((3, 1), "eta must be at least 2, got 1")],
)
def test_settings_are_checked(scheduler, settings, message):
    with pytest.raises(InvalidInputError, match=message):
        scheduler(*settings)


def test_full_fidelity_only():
    scheduler = FullScheduler(3)
    assert scheduler.decide(history_of((0, 0, 0.1)), []) == NewTrial(2)
    assert scheduler.leftover(history_of((0, 0, 0.1)), []) == Promote(config(0), 1, "random")
    assert scheduler.leftover(history_of((0, 2, 0.1)), []) is None
    with pytest.raises(InvalidInputError, match="n_rungs must be at least 1, got 0"):
        FullScheduler(0)
