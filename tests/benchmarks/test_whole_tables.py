import numpy as np

from benchmarks.whole_tables import expectations
from metadata.blocks import LARGE, METADATA
from metadata.compile import read_shards


def test_every_large_table_is_expected_in_every_way_without_its_family():
    found = expectations("binary")
    large = set(read_shards(METADATA, [LARGE], "binary"))
    assert len(found) == 6
    assert all(set(tables) == large for tables in found.values())
    ends = [one for tables in found.values() for one in tables.values()]
    assert all(one.factors.min() >= 1.0 for one in ends)
    assert all(len(one.factors) == len(one.inside) > 0 for one in ends)


def test_what_fit_does_is_closer_than_scaling_up_from_small_tables():
    found = expectations("regression")
    before, today = (
        np.concatenate([one.factors for one in found[way].values()])
        for way in (
            "first block, scaled from 2,400 rows",
            "with large tables, scaled from 10,000 rows",
        )
    )
    assert np.median(today) < np.median(before)
