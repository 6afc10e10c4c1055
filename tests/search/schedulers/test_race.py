import pytest

from automl.search import NewTrial, Optimizer, Promote, Race, RaceScheduler, RandomSampler, Wait
from tests.search.schedulers.made_up import SPACE, config, history_of, pending

RACE = Race(begun=4, promoted=2, varied=2, finished=2)


BEGUN = [(x, 0, float(x)) for x in range(4)]
RAISED = [*BEGUN, (0, 1, 0.1), (1, 1, 0.2)]
VARIED = [*RAISED, (10, 1, 0.05), (11, 1, 0.3)]


@pytest.mark.parametrize(
    ("told", "running", "expected"),
    [
        ([], [], NewTrial(0)),
        (BEGUN[:3], [], NewTrial(0)),
        (BEGUN[:3], [(3, 0)], Wait()),  # who goes up depends on it
        (BEGUN, [], Promote(config(0), 1, "random")),
        (BEGUN, [(0, 1)], Promote(config(1), 1, "random")),
        (RAISED[:5], [(1, 1)], Wait()),  # what is varied depends on it
        (RAISED, [], NewTrial(1)),
        (RAISED, [(10, 1)], NewTrial(1)),
        (VARIED[:7], [(11, 1)], Wait()),
        (VARIED, [], Promote(config(10), 2, "random")),
        (VARIED, [(10, 2)], Wait()),  # all cores are its own
        ([*VARIED, (10, 2, 0.01)], [], Promote(config(0), 2, "random")),
        ([*VARIED, (10, 2, 0.01), (0, 2, 0.02)], [], NewTrial(1)),  # and on from there
    ],
)
def test_a_race_of_three_rungs(told, running, expected):
    assert RaceScheduler(3, RACE).decide(history_of(*told), pending(*running)) == expected


@pytest.mark.parametrize(
    ("told", "running", "expected"),
    [
        (BEGUN, [], NewTrial(0)),
        ([*BEGUN, (10, 0, 0.5), (11, 0, 0.6)], [], Promote(config(0), 1, "random")),
        ([*BEGUN, (10, 0, 0.5), (11, 0, 0.6)], [(0, 1)], Wait()),
    ],
)
def test_with_two_rungs_variations_begin_where_the_others_did(told, running, expected):
    assert RaceScheduler(2, RACE).decide(history_of(*told), pending(*running)) == expected


def test_failures_take_part_but_never_go_up():
    told = [(0, 0, None), *BEGUN[1:], (1, 1, None), (2, 1, 0.2), (10, 1, None), (11, 1, 0.4)]
    decision = RaceScheduler(3, RACE).decide(history_of(*told), [])
    assert decision == Promote(config(2), 2, "random")


def test_where_the_leader_is_refused_at_the_highest_rung_the_next_goes_up():
    optimizer = Optimizer(SPACE, RandomSampler(SPACE), RaceScheduler(3, RACE))
    for result in history_of(*VARIED):
        optimizer.tell(result)
    info = optimizer.ask(lambda one, rung: not (rung == 2 and one == config(10)))
    assert (info.config, info.rung) == (config(0), 2)
