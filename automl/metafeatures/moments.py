"""Skew and kurtosis that stay finite for any column."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["damped_shape"]

Values = npt.NDArray[np.float64]


def damped_shape(values: Values) -> tuple[Values, Values]:
    """Skew and excess kurtosis of each column, as signed ``log(1 + |moment|)``.

    Moments of heavy tails grow with the number of rows; the logarithm keeps them comparable.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_columns)
        NaN cells are left out.

    Returns
    -------
    skew, kurtosis : ndarray of float64, shape (n_columns,)
        0 for columns without spread; a normal column has kurtosis 0.
    """
    known = ~np.isnan(values)
    counts = np.maximum(known.sum(axis=0), 1)
    centred, varies = _standardise(values, known, counts)
    squares = centred * centred
    skew = (squares * centred).sum(axis=0) / counts
    kurtosis = np.einsum("ij,ij->j", squares, squares) / counts - 3.0
    return _damp(np.where(varies, skew, 0.0)), _damp(np.where(varies, kurtosis, 0.0))


def _standardise(
    values: Values, known: npt.NDArray[np.bool_], counts: npt.NDArray[np.int64]
) -> tuple[Values, npt.NDArray[np.bool_]]:
    """Bring columns to mean 0 and spread 1, missing cells to 0; and tell which have spread."""
    filled = np.where(known, values, 0.0)
    largest = np.abs(filled).max(axis=0)
    filled /= np.where(largest > 0, largest, 1.0)  # powers of huge values would overflow
    centred = np.where(known, filled - filled.sum(axis=0) / counts, 0.0)
    spread = np.sqrt(np.einsum("ij,ij->j", centred, centred) / counts)
    varies = spread > 1e-9  # below, rounding of the mean is all there is
    return centred / np.where(varies, spread, 1.0), varies


def _damp(moment: Values) -> Values:
    return np.sign(moment) * np.log1p(np.abs(moment))
