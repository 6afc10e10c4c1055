import numpy as np
import pytest

from automl.exceptions import UnsupportedSettingError
from automl.history import History, TrialInfo, TrialResult
from automl.search.ranking import ALL, Ranking, best_first, farthest_first, ranked
from automl.search.samplers.observations import observe
from automl.search.schedulers.base import best_leftover
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
        losses = None if loss is None else (loss,)
        history.append(TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0))
    return history


def odd(config):
    return config["x"] % 2


@pytest.mark.parametrize("seed", range(5))
def test_they_say_what_the_whole_history_says(seed):
    history, growing = random_history(seed), History()
    ranking = Ranking(odd)
    for result in history:
        growing.append(result)
        ranking.follow(growing)
    for rung in range(3):
        best = [result.info.config for result in ranked(history, rung)]
        assert ranking.best(rung, 1000) == tuple(best)
        assert ranking.best(rung, 1000, 1) == tuple(c for c in best if odd(c) == 1)
        assert ranking.best_of(rung, reversed(best), 4) == best[:4]
        stay = [c for c in best if history.find(c, rung + 1) is None]
        assert [ranking.config(rung, place) for place in ranking.waiting(rung)] == stay
        assert ranking.risen(rung) == {odd(c) for c in best if c not in stay}
        heads = list(dict.fromkeys(odd(c) for c in best))
        assert [group for group, _ in ranking.heads(rung)] == heads
    newest = [result.info.config for result in history.highest()]
    assert list(ranking.newest()) == newest[::-1]
    assert list(ranking.newest(0)) == [c for c in newest[::-1] if odd(c) == 0]


def test_another_history_is_read_from_its_beginning():
    ranking = Ranking()
    ranking.follow(random_history(0))
    other = random_history(1, 30)
    assert ranking.follow(other).count(0, ALL) == len(ranked(other, 0))


def test_an_empty_history():
    ranking = Ranking(odd).follow(History())
    assert ranking.rungs == ()
    assert ranking.best(0, 5) == ()
    assert ranking.waiting(0) == []
    assert ranking.heads(0) == []
    assert ranking.risen(0) == set()
    assert ranking.place(0, SPACE.default()) is None
    assert list(ranking.newest()) == []


def told(*rows):
    """History of (x, rung, losses); without losses it failed."""
    history = History()
    for number, (x, rung, losses) in enumerate(rows):
        info = TrialInfo(number, SPACE.make(x=x), rung, "random")
        status = "failed" if losses is None else "ok"
        history.append(TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0))
    return history


def numbers(configs):
    return [config["x"] for config in configs]


def test_the_best_come_first_and_ties_in_the_order_of_arrival():
    history = told(*[(x, 0, (0.5,)) for x in (5, 2, 8)], (1, 0, None), (9, 0, (0.1,)))
    assert numbers(result.info.config for result in ranked(history, 0)) == [9, 5, 2, 8]
    assert best_first([3, 1, 2], lambda x: (float(x % 2),)) == [2, 3, 1]


def test_high_fidelities_come_before_low_ones_and_failures_last():
    rows = ((1, 0, (0.1,)), (2, 1, (0.9,)), (3, 1, (0.2,)), (4, 0, None), (5, 1, None))
    found = farthest_first(told(*rows))
    assert numbers(result.info.config for result in found) == [3, 2, 1, 5, 4]


def test_a_configuration_that_is_run_again_stands_where_its_latest_result_puts_it():
    ranking = Ranking().follow(told((1, 0, (0.1,)), (2, 0, (0.2,)), (1, 0, (0.3,))))
    assert numbers(ranking.best(0, 5)) == [2, 1]


def test_ranks_are_shared_by_equals():
    ranking = Ranking().follow(told((1, 0, (0.5,)), (2, 0, (0.2,)), (3, 0, (0.5,)), (4, 0, None)))
    assert ranking.ranks(0, [SPACE.make(x=x) for x in (1, 2, 3, 4)]) == [1, 0, 1, None]


def test_several_losses_have_no_order_yet():
    with pytest.raises(UnsupportedSettingError, match="losses must be those of a single objective"):
        Ranking().follow(told((1, 0, (0.5, 2.0))))


def by_domination(known, new):
    """Order by the number of results that are better in every objective."""

    def count(one):
        return sum(
            all(a <= b for a, b in zip(other, one, strict=True)) and other != one
            for other in known.values()
        )

    return {name: (float(count(losses)),) for name, losses in known.items()}


def test_an_order_of_several_objectives_is_one_function():
    rows = [(1, 0, (0.5, 0.5)), (2, 0, (0.6, 0.6)), (3, 0, (0.1, 0.9)), (4, 0, (0.2, 0.2))]
    history = told(*rows, (5, 0, None), (4, 1, (0.4, 0.4)))
    ranking = Ranking(odd, by_domination).follow(history)
    assert numbers(ranking.best(0, 5)) == [3, 4, 1, 2]  # 4 has put 1 and 2 back
    assert numbers(ranking.best(0, 5, 1)) == [3, 1]
    assert ranking.ranks(0, [SPACE.make(x=x) for x in (1, 2, 3, 4)]) == [1, 2, 0, 0]
    known = observe(history, ranking, 0, 0.5)
    assert (numbers(known.good), sorted(numbers(known.bad))) == ([3, 4], [1, 2, 5])
    assert best_leftover(history, ranking, 2, ()).config == SPACE.make(x=3)
