import pytest

from automl.exceptions import InvalidInputError
from automl.history import History, TrialInfo, TrialResult
from automl.space import Integer, Space

SPACE = Space([Integer("x", 0, 9, default=0)])


def trial(number, x, rung=0, loss=None, status="ok"):
    info = TrialInfo(number, SPACE.make(x=x), rung, "random")
    score = None if loss is None else -loss
    losses = None if loss is None else (loss,)
    return TrialResult(info, status, losses, score, 1.0, 1.0, 10.0, float(number))


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
    assert history.find(SPACE.default()) is None


def test_at_rung_keeps_the_latest_with_losses_of_each_configuration():
    history = History(
        [
            trial(0, 1, loss=0.2),
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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"loss": None}, "losses must be a tuple of finite numbers .* 'ok', got None"),
        ({"loss": float("nan")}, r"losses must be a tuple of finite numbers .* got \(nan,\)"),
        ({"loss": float("inf")}, "record the trial as 'failed'"),
        ({"loss": 0.5, "status": "failed"}, "losses must be None where status is 'failed'"),
        ({"loss": None, "status": "fine"}, "status must be one of .* got 'fine'"),
    ],
)
def test_contradictory_results_are_refused(arguments, message):
    with pytest.raises(InvalidInputError, match=message):
        trial(0, 1, **arguments)


def test_there_is_a_loss_for_each_objective():
    info = TrialInfo(0, SPACE.default(), 0, "random")
    result = TrialResult(info, "ok", (0.5, 3.0), -0.5, 1.0, 1.0, 10.0, 0.0)
    assert (result.losses, result.loss) == ((0.5, 3.0), 0.5)
    with pytest.raises(InvalidInputError, match=r"must be a tuple .* got 0\.5"):
        TrialResult(info, "ok", 0.5, -0.5, 1.0, 1.0, 10.0, 0.0)


def test_skipped_is_neither_ok_nor_failed():
    result = trial(0, 1, status="skipped")
    assert not result.ok
    assert not result.failed
    assert trial(0, 1, status="memory_out").failed


def test_results_are_hashable():
    assert len({trial(0, 1, loss=0.5), trial(0, 1, loss=0.5), trial(1, 1, loss=0.5)}) == 2
