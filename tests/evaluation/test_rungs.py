from itertools import pairwise

import pytest

from automl.evaluation.rungs import begins_whole, make_race, make_rungs


@pytest.mark.parametrize("n_rows", [10, 1_999, 2_000, 20_000, 20_001, 60_000])
def test_cost_never_falls_and_full_rungs_come_last(n_rows):
    rungs = make_rungs(n_rows)
    costs = [rung.fraction * rung.n_folds for rung in rungs]
    assert costs == sorted(costs)
    assert rungs[-1].full
    assert [rung.full for rung in rungs] == sorted(rung.full for rung in rungs)


def test_small_tables_have_folds_only_and_large_ones_subsets():
    assert all(rung.full for rung in make_rungs(1_999))
    assert [rung.fraction < 1 for rung in make_rungs(15_000)] == [True, True, False, False]
    assert make_rungs(60_000)[-1].n_folds == 1


def test_no_subset_is_too_small_to_rank_by():
    assert all(rung.fraction * n * 0.8 >= 1_000 for n in (2_000, 5_000) for rung in make_rungs(n))


@pytest.mark.parametrize(
    ("n_rows", "n_features", "limit", "expected"),
    [
        (7_999, 10, 15.0, False),  # a subset costs next to nothing
        (8_000, 784, 15.0, True),
        (400_000, 30, 15.0, False),  # all of them take longer than there is
        (400_000, 30, 60.0, True),
        (50_000, 10, None, False),
    ],
)
def test_whole_at_once_are_large_tables_for_which_there_is_time(
    n_rows, n_features, limit, expected
):
    assert begins_whole(n_rows, n_features, limit) is expected


@pytest.mark.parametrize("n_train", [2_000, 20_000, 1_000_000, 50_000_000])
def test_a_race_begins_cheap_and_ends_with_all_rows(n_train):
    fractions = [rung.fraction for rung in make_race(n_train)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert 1_000 <= round(fractions[0] * n_train) <= 20_000
    assert all(high >= 2 * low for low, high in pairwise(fractions))
