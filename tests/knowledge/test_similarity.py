from __future__ import annotations

import pytest

SMALL = {"log_n_rows": 5.0, "log_n_features": 2.0, "share_categorical": 0.0, "share_missing": 0.0}
LARGE = {"log_n_rows": 10.5, "log_n_features": 4.0, "share_categorical": 0.9, "share_missing": 0.3}
SIBLING = {"log_n_rows": 5.1, "log_n_features": 2.0, "share_categorical": 0.02, "share_missing": 0}


def test_sibling_comes_first(base, make_run):
    for name, meta in (("large", LARGE), ("sibling", SIBLING)):
        base.add(make_run(name, meta=meta))
    first, second = base.nearest(SMALL, "binary", 2)
    assert (first.record.name, second.record.name) == ("sibling", "large")
    assert first.distance < 0.5 < 1.0 < second.distance


def test_same_table_is_at_distance_zero(base, make_run):
    base.add(make_run("same", meta=SMALL))
    assert base.nearest(SMALL, "binary", 1)[0].distance == 0.0


@pytest.mark.parametrize(("meta", "near"), [(SIBLING, True), (LARGE, False)])
def test_a_base_of_one_table_still_tells_near_from_far(base, make_run, meta, near):
    base.add(make_run("only", meta=meta))
    assert (base.nearest(SMALL, "binary", 1)[0].distance < 1.0) == near


def test_only_the_same_task_makes_neighbours(base, make_run):
    base.add(make_run("regression", task="regression", metric="rmse"))
    base.add(make_run("right"))
    found = base.nearest(SMALL, "binary", 5)
    assert [neighbour.record.name for neighbour in found] == ["right"]


def test_k_counts_tables_not_runs(base, make_run):
    for space_id in ("one", "two"):
        base.add(make_run("sibling", meta=SIBLING, space_id=space_id))
    base.add(make_run("large", meta=LARGE))
    found = base.nearest(SMALL, "binary", 1)
    assert [(n.record.name, n.record.space_id) for n in found] == [
        ("sibling", "one"),
        ("sibling", "two"),
    ]


def test_features_that_only_one_side_knows_are_passed_over(base, make_run):
    base.add(make_run("older", meta={**SIBLING, "gone": 3.0}))
    base.add(make_run("stranger", meta={"log_n_rows": 5.0, "gone": 3.0}))
    found = base.nearest({**SMALL, "new": 1.0}, "binary", 5)
    assert [neighbour.record.name for neighbour in found] == ["older"]
