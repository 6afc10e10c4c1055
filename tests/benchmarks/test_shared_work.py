"""What pipelines do twice on a fold."""

import pytest

from benchmarks.shared_work import measure
from benchmarks.tables import DATASETS


@pytest.mark.skipif(not DATASETS.exists(), reason="the tables are not beside the project")
def test_what_was_done_again_is_a_part_of_what_was_done():
    spent = measure("auto_mpg", seconds=0.3)
    assert 0.0 < spent.preparing_again < spent.preparing < spent.fits
    assert 0.0 < spent.binning_again < spent.binning < spent.fits
    assert spent.saved == (spent.preparing_again + spent.binning_again) / spent.fits
