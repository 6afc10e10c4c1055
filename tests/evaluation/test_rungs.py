import pytest

from automl.evaluation.rungs import make_rungs


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
