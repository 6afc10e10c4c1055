import pytest

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.search import AshaScheduler, NewTrial, Promote
from automl.space import Categorical, Integer, Space

SPACE = Space(
    [Categorical("family", ("a", "b", "c", "d"), default="a"), Integer("x", 0, 99, default=0)]
)


def config(x, family="a"):
    return SPACE.make(x=x, family=family)


def history_of(*rows):
    """Rows (x, rung, loss) or (x, rung, loss, family); a loss of None is a failure."""
    history = History()
    for number, (x, rung, loss, *family) in enumerate(rows):
        info = TrialInfo(number, config(x, *family), rung, "model")
        status = "failed" if loss is None else "ok"
        losses = None if loss is None else (loss,)
        history.append(TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0))
    return history


def pending(*rows):
    return [TrialInfo(100 + i, config(x), rung, "model") for i, (x, rung) in enumerate(rows)]


def asha(n_rungs=3, **settings):
    return AshaScheduler(n_rungs, **{"first_to": 0, "hedge_every": None, **settings})


def by_family(config):
    return config["family"]


def test_an_empty_history_begins_at_the_bottom():
    assert AshaScheduler(3).decide(History(), []) == NewTrial(0)
    assert AshaScheduler(1).decide(History(), []) == NewTrial(0)


def test_the_best_third_is_promoted():
    rows = [(x, 0, float(x)) for x in range(6)]
    assert asha().decide(history_of(*rows), []) == Promote(config(0), 1, "model")
    one_up = [*rows, (0, 1, 0.5)]
    assert asha().decide(history_of(*one_up), []) == Promote(config(1), 1, "model")
    two_up = [*one_up, (1, 1, 0.6)]
    assert asha().decide(history_of(*two_up), []) == NewTrial(0)


def test_fewer_than_eta_results_promote_nothing():
    assert asha().decide(history_of((0, 0, 0.1), (1, 0, 0.2)), []) == NewTrial(0)


def test_pending_promotions_count_as_promoted():
    history = history_of(*[(x, 0, float(x)) for x in range(6)])
    assert asha().decide(history, pending((0, 1))) == Promote(config(1), 1, "model")
    assert asha().decide(history, pending((0, 1), (1, 1))) == NewTrial(0)


def test_failed_promotions_count_as_promoted():
    rows = [(x, 0, float(x)) for x in range(3)]
    assert asha().decide(history_of(*rows, (0, 1, None)), []) == NewTrial(0)


def test_failures_are_no_losses():
    rows = [(0, 0, 0.1), (1, 0, None), (2, 0, None), (3, 0, None)]
    assert asha().decide(history_of(*rows), []) == NewTrial(0)


def test_higher_rungs_are_looked_at_first():
    rows = [(x, 0, float(x)) for x in range(12)] + [(x, 1, -float(x)) for x in range(3)]
    assert asha().decide(history_of(*rows), []) == Promote(config(2), 2, "model")


def test_losses_of_different_rungs_do_not_compare():
    rows = [(x, 0, 1000.0 + x) for x in range(3)] + [(x, 1, float(x)) for x in range(50, 52)]
    assert asha().decide(history_of(*rows), []) == Promote(config(0), 1, "model")


def test_eta_is_a_setting():
    rows = [(x, 0, float(x)) for x in range(3)]
    assert asha(eta=4).decide(history_of(*rows), []) == NewTrial(0)
    assert asha(eta=2).decide(history_of(*rows), []) == Promote(config(0), 1, "model")


def test_the_first_success_goes_straight_to_the_top():
    scheduler = AshaScheduler(3)
    rows = [(0, 0, None), (1, 0, 5.0)]
    assert scheduler.decide(history_of(*rows), []) == Promote(config(1), 2, "model")
    assert scheduler.decide(history_of(*rows), pending((1, 2))) == NewTrial(0)
    rows += [(1, 2, 5.0), (2, 0, 1.0)]
    assert scheduler.decide(history_of(*rows), []) == NewTrial(0)


def test_what_went_straight_to_the_top_is_not_run_on_the_rungs_between():
    rows = [(x, 0, float(x)) for x in range(6)]
    scheduler = AshaScheduler(3)
    on_its_way = pending((0, 2))
    assert scheduler.decide(history_of(*rows), on_its_way) == Promote(config(1), 1, "model")
    there = history_of(*rows, (0, 2, 0.0))
    assert scheduler.decide(there, []) == Promote(config(1), 1, "model")
    failed = history_of(*rows, (0, 2, None), (1, 2, 0.0))
    assert scheduler.decide(failed, []) == Promote(config(0), 1, "model")


def test_the_next_one_goes_to_the_top_where_the_first_failed_there():
    rows = [(1, 0, 5.0), (2, 0, 7.0), (1, 2, None)]
    assert AshaScheduler(3).decide(history_of(*rows), []) == Promote(config(2), 2, "model")


def test_a_fifth_of_new_trials_begins_one_rung_up():
    scheduler = AshaScheduler(3, first_to=0)
    rungs = [
        scheduler.decide(History(), pending(*[(x, 0) for x in range(n)])).rung for n in range(10)
    ]
    assert rungs == [0, 0, 0, 0, 1, 0, 0, 0, 0, 1]


def test_each_family_of_the_better_half_is_promoted_once():
    rows = [(0, 0, 0.0), (1, 0, 0.1), (2, 0, 0.2), (3, 0, 0.3)]
    rows += [(4, 0, 1.0, "b"), (5, 0, 2.0, "c"), (6, 0, 3.0, "d")]
    rows += [(0, 1, 0.0), (1, 1, 0.1)]  # the best third is through
    scheduler = asha(family=by_family)
    assert scheduler.decide(history_of(*rows), []) == Promote(config(4, "b"), 1, "model")
    rows += [(4, 1, 9.0, "b")]
    assert scheduler.decide(history_of(*rows), []) == Promote(config(0), 2, "model")
    rows += [(0, 2, 0.0), (7, 0, 0.9, "b")]  # a better one of family b, which has had its turn
    assert scheduler.decide(history_of(*rows), []) == NewTrial(0)


def test_a_single_rung_promotes_nothing():
    rows = [(x, 0, float(x)) for x in range(9)]
    scheduler = AshaScheduler(1, family=by_family)
    assert scheduler.decide(history_of(*rows), []) == NewTrial(0)
    assert scheduler.leftover(history_of(*rows), []) is None


def test_leftovers_are_the_best_of_the_highest_rung():
    rows = [(0, 0, 0.3), (1, 0, 0.2), (2, 0, None)]
    assert asha(2).leftover(history_of(*rows), []) == Promote(config(1), 1, "model")
    assert asha(2).leftover(history_of(*rows), pending((1, 1))) == Promote(config(0), 1, "model")
    assert asha(2).leftover(history_of(*rows), pending((1, 1), (0, 1))) is None


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_rungs": 0}, "n_rungs must be at least 1, got 0"),
        ({"n_rungs": 3, "eta": 1}, "eta must be at least 2, got 1"),
        ({"n_rungs": 3, "hedge_every": 0}, "hedge_every must be at least 1, got 0"),
    ],
)
def test_settings_are_checked(settings, message):
    with pytest.raises(InvalidInputError, match=message):
        AshaScheduler(**settings)


def test_the_last_rung_waits_until_the_choice_is_wide():
    history = history_of(*[(x, 0, float(x)) for x in range(4)])
    assert asha(2).decide(history, []) == Promote(config(0), 1, "model")
    assert asha(2, top_after=5).decide(history, []) == NewTrial(0)
    assert asha(2, top_after=4).decide(history, []) == Promote(config(0), 1, "model")


def test_the_configuration_begun_first_goes_up_first_even_if_it_ends_later():
    scheduler = AshaScheduler(3, first_to=1)
    begun = [TrialInfo(0, config(0), 0, "portfolio")]
    later = History()
    later.append(
        TrialResult(TrialInfo(1, config(1), 0, "model"), "ok", (0.1,), None, 1.0, 1.0, 1.0, 0.0)
    )
    assert scheduler.decide(later, begun) == NewTrial(0)
    both = history_of((0, 0, 0.9), (1, 0, 0.1))
    assert scheduler.decide(both, []) == Promote(config(0), 1, "model")
    up = history_of((0, 0, 0.9), (1, 0, 0.1), (0, 1, 0.8))
    assert scheduler.decide(up, []) == NewTrial(0)
