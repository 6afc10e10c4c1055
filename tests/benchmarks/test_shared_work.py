"""What pipelines do twice on a fold."""

import pytest

from benchmarks.common.tables import DATASETS
from benchmarks.shared_work import measure


@pytest.mark.skipif(not DATASETS.exists(), reason="the tables are not beside the project")
def test_what_was_done_before_is_counted_from_its_second_use_on():
    first, *others = measure("auto_mpg", seconds=0.3)
    assert first.binning > 0.0
    assert first.again == 0.0
    assert any(one.again == one.preparing + one.binning > 0.0 for one in others)
    assert any(one.preparing > one.again for one in others)
