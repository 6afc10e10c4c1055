"""How much numeric columns repeat each other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["describe_dependence", "standardise"]

Values = npt.NDArray[np.float64]

_STRONG = 0.8
_LARGEST = 5.0
_NAMES = ("mean_abs_correlation", "share_correlated", "log_effective_rank", "share_effective_rank")


def describe_dependence(values: Values) -> dict[str, float]:
    """Correlations of all pairs of columns, and the number of directions that they fill.

    Parameters
    ----------
    values : ndarray of float64, shape (n_rows, n_columns)
        Numeric columns of a sample of rows, NaN where missing.

    Returns
    -------
    dict of str to float
        Mean of absolute correlations, share of pairs above 0.8, and the exponential of the entropy
        of the eigenvalues [1]_: its logarithm, and its share of the columns. 0 without columns.

    .. [1] Roy and Vetterli, The effective rank, EUSIPCO 2007.
    """
    standard = standardise(values)
    standard = standard[:, standard.any(axis=0)]
    n_columns = standard.shape[1]
    if n_columns == 0:
        return dict.fromkeys(_NAMES, 0.0)
    correlation = standard.T @ standard / len(standard)
    spread = np.sqrt(np.diag(correlation))
    correlation /= np.outer(spread, spread)
    pairs = np.abs(correlation[np.triu_indices(n_columns, k=1)])
    shares = np.maximum(np.linalg.eigvalsh(correlation), 0.0) / n_columns
    shares = shares[shares > 1e-12]
    entropy = float(-(shares * np.log(shares)).sum())
    found = (
        pairs.mean() if len(pairs) else 0.0,
        (pairs > _STRONG).mean() if len(pairs) else 0.0,
        max(entropy, 0.0),
        np.exp(entropy) / n_columns,
    )
    return {name: float(value) for name, value in zip(_NAMES, found, strict=True)}


def standardise(values: Values) -> Values:
    """Mean 0 and spread 1, missing cells 0, nothing farther out than five spreads.

    Columns without spread become 0.
    """
    known = ~np.isnan(values)
    filled = np.where(known, values, 0.0)
    largest = np.abs(filled).max(axis=0, initial=0.0)
    filled /= np.where(largest > 0, largest, 1.0)  # squares of huge values would overflow
    counts = np.maximum(known.sum(axis=0), 1)
    centred = np.where(known, filled - filled.sum(axis=0) / counts, 0.0)
    spread = np.sqrt((centred**2).sum(axis=0) / counts)
    varies = spread > 1e-9
    return np.clip(
        np.where(varies, centred / np.where(varies, spread, 1.0), 0.0), -_LARGEST, _LARGEST
    )
