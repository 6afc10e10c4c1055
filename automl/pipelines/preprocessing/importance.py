"""How much columns are worth to a small boosted model; what generated columns are chosen by."""

from __future__ import annotations

import numpy as np

from automl.pipelines.declaration import Array
from automl.threads import allowed_threads

__all__ = ["gains", "sample_rows"]

ROWS = 4_000
ROUNDS = 40
TREES = 120  # of all classes together
CELLS = 2_000_000
LEAST_ROWS = 500


def sample_rows(n_rows: int, seed: int, most: int = ROWS) -> Array:
    """At most so many row numbers, drawn without replacement, ascending."""
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(seed).choice(n_rows, most, replace=False))


def gains(X: Array, y: Array, regression: bool, seed: int) -> Array:
    """Total gain of each column in a small LightGBM model.

    Trees see a third of the columns each: of columns that say the same, every one gets its turn.

    Parameters
    ----------
    X : ndarray of float32, shape (n_rows, n_columns)
        NaN is missing. A few thousand rows are enough, and fewer are looked at where columns are
        many.
    y : ndarray
        Class codes from 0, or values.
    regression : bool
    seed : int

    Returns
    -------
    ndarray of float64, shape (n_columns,)
    """
    import lightgbm

    n_classes = 0 if regression else int(y.max()) + 1
    most = max(LEAST_ROWS, CELLS // max(1, X.shape[1]))
    if len(X) > most:
        rows = sample_rows(len(X), seed, most)
        X, y = X[rows], y[rows]
    rounds = ROUNDS if n_classes <= 2 else max(4, min(ROUNDS, TREES // n_classes))
    parameters = {
        "objective": "regression" if regression else "binary",
        "learning_rate": 0.1,
        "num_leaves": 15,
        "min_data_in_leaf": min(20, max(1, len(y) // 20)),
        "feature_fraction": 0.3,
        "max_bin": 63,
        "seed": seed,
        "num_threads": allowed_threads(),
        "verbosity": -1,
        "deterministic": True,
        "force_col_wise": True,
    }
    if n_classes > 2:
        parameters |= {"objective": "multiclass", "num_class": n_classes}
    data = lightgbm.Dataset(X, label=y, params=parameters)
    booster = lightgbm.train(parameters, data, num_boost_round=rounds)
    return np.asarray(booster.feature_importance("gain"), dtype=np.float64)
