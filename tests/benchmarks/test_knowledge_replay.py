"""Replay of the committed predictions: what the base may know, and what regret means."""

import numpy as np
import pytest

from benchmarks.knowledge_origins import beside as origins
from benchmarks.knowledge_origins import sixty_by_chance
from benchmarks.knowledge_page import TODAY
from benchmarks.knowledge_replay import COUNTS, WAYS, replay
from benchmarks.knowledge_rows import beside
from benchmarks.knowledge_tables import load_task
from benchmarks.whole_ranks import moved
from metadata.blocks import FIRST, LARGE, ORIGINS, ROWS, SECOND, SHIPPED_ORIGINS


@pytest.fixture(scope="module")
def task():
    return load_task("multiclass", (FIRST, SECOND))


def test_a_base_knows_no_relative_and_on_demand_only_some_tables(task):
    related = {table.name for table in task.tables if table.family == "dex_bohanec"}
    assert {"car", "nursery"} <= related
    assert set(task.base_without("dex_bohanec").tables) == set(task.known.tables) - related
    assert task.base_without("dex_bohanec", ["car", "glass"]).tables == ("glass",)


def test_regret_is_0_for_everything_and_1_for_nothing(task):
    for table in task.tables[:5]:
        assert table.regret(range(len(table.seconds))) == 0.0
        assert table.regret([]) == 1.0
        assert table.loss(range(len(table.seconds))) < table.prior


def test_both_blocks_are_replayed_and_every_way_ends_with_little_regret(task):
    blocks = {shard.head["block"] for shard in task.shards.values()}
    assert blocks == {FIRST, SECOND}
    curves = replay(task, 3, WAYS)
    assert list(curves) == list(WAYS)
    assert all(len(curve.counts) == len(COUNTS) for curve in curves.values())
    assert max(curve.counts[-1] for curve in curves.values()) < 0.2


@pytest.mark.parametrize("block", [LARGE, ROWS])
def test_ranks_on_many_rows_are_much_like_those_on_few(block):
    found = {name: correlation for name, correlation, _ in moved("regression", block)}
    assert "fried" in found
    assert np.median(list(found.values())) > 0.7


def test_finds_are_not_used_on_the_family_they_come_from():
    everything = load_task("binary", (FIRST,), ORIGINS)
    shipped = load_task("binary", (FIRST,))
    assert {table.name for table in everything.tables} < {table.name for table in shipped.tables}
    number, table = next(
        (i, t) for i, t in enumerate(everything.tables) if len(t.comparable) < len(t.seconds)
    )
    own = [i for i, e in enumerate(everything.listed) if e.family == table.family]
    assert own
    assert not set(own) & set(table.comparable)
    base = everything.base_without(table.family)
    assert not set(own) & set(everything.places(base).tolist())
    few = everything.base_without(table.family, origins=SHIPPED_ORIGINS)
    assert few.config_keys == shipped.known.config_keys
    curves = replay(everything, number, WAYS, None, SHIPPED_ORIGINS)
    assert all(np.isfinite(curve.counts).all() for curve in curves.values())


def test_large_tables_are_looked_up_in_bases_of_few_and_of_more_rows():
    found = beside("binary", {"nafld_death"})
    assert {"drug_custody", "yrbss_gender"} <= set(found)
    assert "nafld_death" not in found
    for few, more in found.values():
        assert list(few) == list(more)
        assert all(np.isfinite(curve.counts).all() for curve in (*few.values(), *more.values()))
        assert all(curve.counts[-1] < 0.2 for curve in (*few.values(), *more.values()))


def test_ten_that_are_advised_are_about_as_good_as_sixty_by_chance():
    everything = load_task("multiclass", (FIRST,), ORIGINS)
    ten = [one["shipped"][TODAY].counts[COUNTS.index(10)] for one in origins(everything, {"glass"})]
    sixty = sixty_by_chance(everything, {"glass"})
    assert len(ten) == len(sixty) == len(everything.tables) - 1 >= 10
    assert abs(np.median(np.subtract(ten, sixty))) < 0.05
