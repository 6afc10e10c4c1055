"""Sparse matrices: zeros where nothing is stored, columns by position."""

import numpy as np
import pytest
from scipy import sparse

from automl.data import TableEncoder, read_table
from automl.exceptions import InvalidInputError

CELLS = np.random.default_rng(0).integers(0, 3, (40, 6)).astype(float)


@pytest.mark.parametrize("kind", ["csr", "csc", "coo", "lil", "dok", "bsr"])
@pytest.mark.parametrize("suffix", ["matrix", "array"])
@pytest.mark.parametrize("dtype", [np.float32, np.int64, bool])
def test_every_format_gives_the_matrix_of_the_array(kind, suffix, dtype):
    cells = CELLS.astype(dtype)
    stored = getattr(sparse, f"{kind}_{suffix}")(cells)
    encoder = TableEncoder().fit(stored)
    expected = TableEncoder().fit(cells).transform(cells)
    np.testing.assert_array_equal(encoder.transform(stored), expected)
    np.testing.assert_array_equal(encoder.transform(cells[:3]), expected[:3])


def test_a_stored_nan_is_missing_and_what_is_not_stored_is_not():
    cells = CELLS.copy()
    cells[0, 0] = np.nan
    encoder = TableEncoder().fit(sparse.csr_array(cells))
    assert [column.n_missing for column in encoder.columns] == [1, 0, 0, 0, 0, 0]


def test_the_width_must_be_that_of_the_training_table():
    encoder = TableEncoder().fit(sparse.csr_array(CELLS))
    with pytest.raises(InvalidInputError, match=r"X has 5 features, but .* 6 features"):
        encoder.transform(sparse.csr_array(CELLS[:, :5]))


def test_what_memory_cannot_hold_is_refused_before_it_is_filled():
    huge = sparse.csr_array((1_000_000, 2_000_000))
    with pytest.raises(InvalidInputError, match=r"shape \(1000000, 2000000\).*TruncatedSVD"):
        read_table(huge)


def test_one_dimension_is_no_table():
    with pytest.raises(InvalidInputError, match="2 dimensions"):
        read_table(sparse.coo_array(np.ones(3)))
