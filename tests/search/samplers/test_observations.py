from automl.history import History, TrialInfo, TrialResult
from automl.search.ranking import ALL, Ranking
from automl.search.samplers.observations import MOST_BAD, MOST_GOOD, observe
from automl.space import Integer, Space

SPACE = Space([Integer("x", 0, 5000, default=0)])


def history_of(*rows):
    history = History()
    for number, (x, rung, loss) in enumerate(rows):
        info = TrialInfo(number, SPACE.make(x=x), rung, "random")
        status = loss if isinstance(loss, str) else "ok"
        losses = None if isinstance(loss, str) else (loss,)
        history.append(TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0))
    return history


def split(history, rung, belongs=None):
    ranking = Ranking(belongs).follow(history)
    group = ALL if belongs is None else True
    known = observe(history, ranking, rung, 0.2, group)
    return [c["x"] for c in known.good], sorted(c["x"] for c in known.bad)


def test_the_best_fifth_is_good():
    history = history_of(*[(x, 0, float(-x)) for x in range(10)])
    assert split(history, 0) == ([9, 8], list(range(8)))


def test_failures_are_bad_and_skipped_ones_are_nothing():
    history = history_of((1, 0, 0.5), (2, 0, 0.6), (3, 0, "timeout"), (4, 0, "skipped"))
    assert split(history, 0) == ([1], [2, 3])


def test_only_the_worse_half_of_lower_rungs_is_bad():
    rows = [(x, 0, float(x)) for x in range(8)]
    history = history_of(*rows, (0, 1, 50.0), (7, 1, 10.0))
    # 7 was worst below and is best here; 1 to 3 may still rise
    assert split(history, 1) == ([7], [0, 4, 5, 6])


def test_a_failure_at_the_rung_is_bad_whatever_was_below():
    history = history_of((1, 0, 0.1), (2, 0, 0.2), (1, 1, "memory_out"), (2, 1, 0.2))
    assert split(history, 1) == ([2], [1])
    assert split(history, 0) == ([1], [2])


def test_membership_is_looked_at():
    history = history_of(*[(x, 0, float(x)) for x in range(10)], (11, 0, "failed"))
    assert split(history, 0, lambda c: c["x"] % 2 == 1) == ([1], [3, 5, 7, 9, 11])
    assert Ranking(lambda c: c["x"] > 6).follow(history).count(0, True) == 3


def test_very_many_keep_the_best_and_the_newest():
    history = history_of(*[(x, 0, float(-x)) for x in range(2000)])
    good, bad = split(history, 0)
    assert good == list(range(1999, 1999 - MOST_GOOD, -1))
    assert bad == list(range(2000 - MOST_GOOD - MOST_BAD, 2000 - MOST_GOOD))
