import pytest

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.space import Integer, Space

SPACE = Space([Integer("x", 0, 9, default=0)])


def trial(number, x, rung=0, loss=None, status="ok"):
    info = TrialInfo(number, SPACE.make(x=x), rung, "random")
    score = None if loss is None else -loss
    return TrialResult(info, status, loss, score, 1.0, 1.0, 10.0, float(number))


def summary(results):
    return [(r.info.config["x"], r.info.rung, r.loss) for r in results]


def test_results_keep_their_order():
    results = [trial(0, 3, loss=0.5), trial(1, 1, loss=0.4), trial(2, 2, status="failed")]
    history = History(results[:1])
    for result in results[1:]:
        history.append(result)
    assert len(history) == 3
    assert list(history) == results
    assert history.results == tuple(results)


def test_a_history_without_results():
    history = History()
    assert len(history) == 0
    assert history.rungs == ()
    assert list(history.at_rung(0)) == []
    assert list(history.highest()) == []
    assert history.ranking(0) == ()
    assert history.find(SPACE.default()) is None


def test_at_rung_keeps_the_best_known_of_each_configuration():
    history = History(
        [
            trial(0, 1, loss=0.5),
            trial(1, 1, loss=0.3),
            trial(2, 1, status="crashed"),
            trial(3, 2, status="timeout"),
            trial(4, 1, rung=1, loss=0.9),
        ]
    )
    assert summary(history.at_rung(0)) == [(1, 0, 0.3), (2, 0, None)]
    assert summary(history.at_rung(1)) == [(1, 1, 0.9)]
    assert history.rungs == (0, 1)


def test_highest_prefers_a_loss_to_a_failure_above():
    history = History(
        [
            trial(0, 1, loss=0.1),
            trial(1, 1, rung=1, loss=0.5),
            trial(2, 1, rung=2, status="timeout"),
            trial(3, 2, status="failed"),
            trial(4, 2, rung=1, status="memory_out"),
        ]
    )
    assert summary(history.highest()) == [(1, 1, 0.5), (2, 1, None)]


def test_find_looks_up_one_configuration():
    history = History([trial(0, 1, loss=0.5), trial(1, 1, rung=1, loss=0.6)])
    assert history.find(SPACE.make(x=1), 0).loss == 0.5
    assert history.find(SPACE.make(x=1)).loss == 0.6
    assert history.find(SPACE.make(x=1), 2) is None


def test_ranking_is_best_first_and_grows():
    history = History([trial(0, 1, loss=0.5), trial(1, 2, loss=0.2), trial(2, 3, status="failed")])
    assert summary(history.ranking(0)) == [(2, 0, 0.2), (1, 0, 0.5)]
    history.append(trial(3, 4, loss=0.3))
    assert summary(history.ranking(0)) == [(2, 0, 0.2), (4, 0, 0.3), (1, 0, 0.5)]


def test_ties_rank_in_the_order_of_arrival():
    history = History([trial(i, x, loss=0.5) for i, x in enumerate((5, 2, 8))])
    assert [r.info.config["x"] for r in history.ranking(0)] == [5, 2, 8]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": None}, "loss must be a finite number where status is 'ok', got None"),
        ({"loss": float("nan")}, "loss must be a finite number where status is 'ok', got nan"),
        ({"loss": float("inf")}, "record the trial as 'failed'"),
        ({"loss": 0.5, "status": "failed"}, "loss must be None where status is 'failed'"),
        ({"loss": None, "status": "fine"}, "status must be one of .* got 'fine'"),
    ],
)
def test_contradictory_results_are_refused(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        trial(0, 1, **arguments)


def test_skipped_is_neither_ok_nor_failed():
    result = trial(0, 1, status="skipped")
    assert not result.ok
    assert not result.failed
    assert trial(0, 1, status="memory_out").failed


def test_results_are_hashable():
    assert len({trial(0, 1, loss=0.5), trial(0, 1, loss=0.5), trial(1, 1, loss=0.5)}) == 2
