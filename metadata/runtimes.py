"""Fit the model of runtimes to the seconds of a block: ridge regression for each family."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.knowledge.runtime import FamilyRuntime, RuntimeModel, TableSize, describe_fit

__all__ = ["fit_runtimes"]

LEAST_SECONDS = 0.005
"""Below, the clock and the machine are measured, not the fit."""
SHRINKAGE = {"size": 0.1, "value": 1.0}
LEAST_FITS = 8
FOLDS = 5

Config = Mapping[str, Any]
Array = npt.NDArray[np.float64]


def fit_runtimes(
    root: str,
    configs: Sequence[Config],
    sizes: Sequence[TableSize],
    relatives: Sequence[str],
    seconds: npt.NDArray[np.floating],
) -> RuntimeModel:
    """Learn from a matrix of seconds.

    Parameters
    ----------
    root : str
        Name of the parameter that holds the family of a configuration.
    configs : sequence of mapping
    sizes : sequence of TableSize
        Of the tables.
    relatives : sequence of str
        What tables have in common; the spread is that on tables without relatives in the fit.
    seconds : ndarray of shape (n_tables, n_configs)
        CPU seconds of one fit; NaN where there is none.
    """
    members: dict[str, list[int]] = {}
    for i, config in enumerate(configs):
        members.setdefault(str(config[root]), []).append(i)
    folds = _folds(relatives)
    found = {
        family: _fit_family([configs[i] for i in places], sizes, folds, seconds[:, places])
        for family, places in members.items()
    }
    return RuntimeModel(root, {name: one for name, one in found.items() if one is not None})


def _folds(relatives: Sequence[str]) -> npt.NDArray[np.int64]:
    numbered = {name: i for i, name in enumerate(dict.fromkeys(relatives))}
    return np.array([numbered[name] % FOLDS for name in relatives])


def _fit_family(
    configs: Sequence[Config],
    sizes: Sequence[TableSize],
    folds: npt.NDArray[np.int64],
    seconds: npt.NDArray[np.floating],
) -> FamilyRuntime | None:
    numbers = _numbers(configs)
    cells = [(t, c) for t, c in np.ndindex(seconds.shape) if np.isfinite(seconds[t, c])]
    if len(cells) < LEAST_FITS:
        return None
    described = [describe_fit(configs[c], sizes[t], numbers) for t, c in cells]
    names = sorted({name for columns in described for name in columns})
    X = np.array([[columns.get(name, 0.0) for name in names] for columns in described])
    y = np.array([math.log(max(float(seconds[t, c]), LEAST_SECONDS)) for t, c in cells])
    shrinkage = np.array([SHRINKAGE[name.partition(" ")[0]] for name in names])
    intercept, weights = _ridge(X, y, shrinkage)
    spread = _spread(X, y, shrinkage, np.array([folds[t] for t, _ in cells]))
    return FamilyRuntime(
        round(intercept, 5),
        {name: round(float(w), 5) for name, w in zip(names, weights, strict=True)},
        numbers,
        round(spread, 4),
    )


def _ridge(X: Array, y: Array, shrinkage: Array) -> tuple[float, Array]:
    """Intercept and weights in the units of the columns, shrunk in units of their spread."""
    centre, scale = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-9)
    Z = (X - centre) / scale
    weights = np.linalg.solve(Z.T @ Z + np.diag(shrinkage), Z.T @ (y - y.mean())) / scale
    return float(y.mean() - centre @ weights), weights


def _spread(X: Array, y: Array, shrinkage: Array, fold: npt.NDArray[np.int64]) -> float:
    """Root mean square of what is left over on tables that were left out."""
    left_over = np.zeros(len(y))
    for k in np.unique(fold):
        out = fold == k
        if out.all():
            return float(y.std())
        intercept, weights = _ridge(X[~out], y[~out], shrinkage)
        left_over[out] = y[out] - intercept - X[out] @ weights
    return float(np.sqrt((left_over**2).mean()))


def _numbers(configs: Sequence[Config]) -> dict[str, tuple[float, float, bool]]:
    """Centre and spread of each number among the values, in logarithms where it is positive."""
    found = {}
    for name in sorted({name for config in configs for name in config}):
        values = [config[name] for config in configs if name in config]
        if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in values):
            positive = bool(min(values) > 0)
            scaled = np.log(values) if positive else np.array(values, dtype=float)
            found[name] = (float(scaled.mean()), float(max(scaled.std(), 1e-9)), positive)
    return found
