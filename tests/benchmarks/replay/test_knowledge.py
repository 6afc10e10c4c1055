"""Replay of the committed predictions: what the base may know, and what regret means."""

import numpy as np
import pytest

from benchmarks.replay.knowledge import COUNTS, WAYS, replay
from benchmarks.replay.knowledge_tables import load_task
from metadata.blocks import FIRST, ORIGINS, SECOND, SHIPPED_ORIGINS


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
