import numpy as np
import pytest

from automl.history import History, TrialInfo, TrialResult
from automl.search.standings import ALL, Standings
from automl.space import Integer, Space

SPACE = Space([Integer("x", 0, 60, default=0)])


def random_history(seed, n=150):
    """Three rungs, ties, failures, and configurations that are run again."""
    rng, history = np.random.default_rng(seed), History()
    for number in range(n):
        info = TrialInfo(number, SPACE.make(x=int(rng.integers(61))), int(rng.integers(3)), "model")
        ok = rng.random() < 0.8
        loss = float(rng.integers(10)) if ok else None
        status = "ok" if ok else "failed"
        history.append(TrialResult(info, status, loss, None, 1.0, 1.0, 1.0, 0.0))
    return history


def odd(config):
    return config["x"] % 2


@pytest.mark.parametrize("seed", range(5))
def test_they_say_what_the_whole_history_says(seed):
    history, growing = random_history(seed), History()
    standings = Standings(odd)
    for result in history:
        growing.append(result)
        standings.follow(growing)
    for rung in range(3):
        ranking = [result.info.config for result in history.ranking(rung)]
        assert standings.best(rung, 1000) == tuple(ranking)
        assert standings.best(rung, 1000, 1) == tuple(c for c in ranking if odd(c) == 1)
        stay = [c for c in ranking if history.find(c, rung + 1) is None]
        assert [standings.config(rung, place) for place in standings.waiting(rung)] == stay
        assert standings.risen(rung) == {odd(c) for c in ranking if c not in stay}
        heads = list(dict.fromkeys(odd(c) for c in ranking))
        assert [group for group, _ in standings.heads(rung)] == heads
    newest = [result.info.config for result in history.highest()]
    assert list(standings.newest()) == newest[::-1]
    assert list(standings.newest(0)) == [c for c in newest[::-1] if odd(c) == 0]


def test_another_history_is_read_from_its_beginning():
    standings = Standings()
    standings.follow(random_history(0))
    other = random_history(1, 30)
    assert standings.follow(other).count(0, ALL) == len(other.ranking(0))


def test_an_empty_history():
    standings = Standings(odd).follow(History())
    assert standings.rungs == ()
    assert standings.best(0, 5) == ()
    assert standings.waiting(0) == []
    assert standings.heads(0) == []
    assert standings.risen(0) == set()
    assert standings.place(0, SPACE.default()) is None
    assert list(standings.newest()) == []
