"""Tables of any number of rows, drawn from formulas, for questions of scale.

Three are the classics of which everybody uses some ten thousand rows, two are our own: columns of
all kinds, and more columns than rows. A table is a function of its name, its size and its seed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["SIMULATORS", "Simulator", "simulate"]

Array = npt.NDArray[np.float64]
Make = Callable[[np.random.Generator, int, int], pd.DataFrame]
"""Chance, number of rows, number of columns -> features, and the target last."""


@dataclass(frozen=True)
class Simulator:
    """How to draw a table.

    Parameters
    ----------
    task : {"binary", "regression"}
    make : callable
    n_columns : int
        Features; only of a wide table may another number be asked for.
    is_wide : bool
    """

    task: str
    make: Make
    n_columns: int
    is_wide: bool = False


def simulate(name: str, n_rows: int, n_columns: int | None = None, seed: int = 0) -> pd.DataFrame:
    """Draw a table.

    Parameters
    ----------
    name : str
        One of `SIMULATORS`.
    n_rows : int
    n_columns : int, optional
        Of a wide table.
    seed : int

    Returns
    -------
    DataFrame
        The target is the last column.

    Raises
    ------
    ValueError
        If another number of columns is asked of a table that has its own.

    Examples
    --------
    >>> simulate("fried", 3).shape
    (3, 11)
    """
    simulator = SIMULATORS[name]
    wanted = simulator.n_columns if n_columns is None else n_columns
    if wanted != simulator.n_columns and not simulator.is_wide:
        raise ValueError(
            f"{name} has {simulator.n_columns} columns, use {name}@{n_rows}; got {n_columns}"
        )
    return simulator.make(np.random.default_rng(seed), n_rows, wanted)


def _two_planes(rng: np.random.Generator, n_rows: int, _: int) -> pd.DataFrame:
    """Breiman, Friedman, Olshen and Stone, Classification and Regression Trees, 1984, 8.6.

    x1 is -1 or 1, x2 to x10 are -1, 0 or 1, all with equal chances;
    y = 3 + 3 x2 + 2 x3 + x4 + e where x1 = 1, and -3 + 3 x5 + 2 x6 + x7 + e where x1 = -1.
    The variance of e is 1, as in the table of L. Torgo's collection (in the book it is 2).
    """
    x = rng.integers(-1, 2, (n_rows, 10))
    x[:, 0] = 2 * rng.integers(0, 2, n_rows) - 1
    first = 3 + 3 * x[:, 1] + 2 * x[:, 2] + x[:, 3]
    second = -3 + 3 * x[:, 4] + 2 * x[:, 5] + x[:, 6]
    y = np.where(x[:, 0] == 1, first, second) + rng.normal(size=n_rows)
    return _named(x).assign(y=y)


def _fried(rng: np.random.Generator, n_rows: int, _: int) -> pd.DataFrame:
    """Friedman, Multivariate Adaptive Regression Splines, Annals of Statistics 19, 1991, eq. 56.

    Ten columns, uniform in [0, 1]; y = 10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5 + e,
    with e standard normal.
    """
    x = rng.random((n_rows, 10))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2
    return _named(x).assign(y=y + 10 * x[:, 3] + 5 * x[:, 4] + rng.normal(size=n_rows))


def _mv(rng: np.random.Generator, n_rows: int, _: int) -> pd.DataFrame:
    """L. Torgo, Regression DataSets, https://www.dcc.fc.up.pt/~ltorgo/Regression/mv.html.

    Columns depend on one another, and the rule for y on some of them; there is no noise. The table
    that goes around under this name does not keep to the rules for x3 and x4; this one does.
    """
    x1, x2 = rng.uniform(-5, 5, n_rows), rng.uniform(-15, -10, n_rows)
    x3 = np.where(x1 > 0, "green", np.where(rng.random(n_rows) < 0.4, "red", "brown"))
    other = np.where(rng.random(n_rows) < 0.3, x1 / 2, x2 / 2)
    x4 = np.where(x3 == "green", x1 + 2 * x2, other)
    x5 = rng.uniform(-1, 1, n_rows)
    x6 = x4 * rng.uniform(0, 5, n_rows)
    x7 = np.where(rng.random(n_rows) < 0.3, "yes", "no")
    x8 = np.where(x5 < 0.5, "normal", "large")
    x9, x10 = rng.uniform(100, 500, n_rows), rng.integers(1000, 1201, n_rows)
    y = np.select(
        [x2 > 2, (x4 >= -2) & (x4 <= 2), x7 == "yes", x8 == "normal"],
        [35 - 0.5 * x4, 10 - 2 * x1, 3 - x1 / x4, x6 + x1],
        x1 / 2,
    )
    columns = (x1, x2, _category(x3), x4, x5, x6, _category(x7), _category(x8), x9, x10)
    return pd.DataFrame({f"x{i}": column for i, column in enumerate(columns, 1)}).assign(y=y)


def _mixed(rng: np.random.Generator, n_rows: int, _: int) -> pd.DataFrame:
    """Our own: numbers, and categories of 4 to 1,000 levels, that act together.

    Twelve numbers, of which four have a heavy tail and two have holes; categories of 4, 12, 50 and
    1,000 levels with Zipf's frequencies. The log odds are the sum of an effect of each level, a
    slope that depends on the level, a step and a product of numbers, and a wave; four numbers and
    the second category say nothing. Four rows in ten are positive.
    """
    numbers = rng.normal(size=(n_rows, 12))
    numbers[:, 8:] = np.exp(numbers[:, 8:])
    levels = {n: _zipf(rng, n_rows, n) for n in (4, 12, 50, 1_000)}
    slopes = np.array([-1.5, -0.5, 0.5, 1.5])
    odds = (
        slopes[levels[4]] * numbers[:, 0]
        + rng.normal(size=50)[levels[50]]
        + rng.normal(size=1_000)[levels[1_000]]
        + 1.5 * (numbers[:, 1] > 0.5) * (numbers[:, 2] > 0)
        + numbers[:, 3] * numbers[:, 4]
        + np.sin(2 * numbers[:, 5])
        + 0.5 * np.log(numbers[:, 8])
        - 1.2
    )
    numbers[rng.random(n_rows) < 0.1, 1] = np.nan
    numbers[rng.random(n_rows) < 0.5, 9] = np.nan
    table = pd.DataFrame(numbers).add_prefix("number")
    for n, codes in levels.items():
        table[f"level{n}"] = _category(codes.astype(str))
    positive = rng.random(n_rows) < 1.0 / (1.0 + np.exp(-odds))
    return table.assign(y=_category(np.where(positive, "yes", "no")))


def _wide(rng: np.random.Generator, n_rows: int, n_columns: int) -> pd.DataFrame:
    """Our own: many more columns than rows, as of genes, in groups that go together.

    Each column is one of fifty hidden factors and noise; five factors and the product of two
    others say how likely a row is positive.
    """
    factors = rng.normal(size=(n_rows, 50))
    of_column = rng.integers(0, 50, n_columns)
    strength = rng.uniform(0.2, 0.9, n_columns)
    noise = rng.normal(size=(n_rows, n_columns))
    x = (strength * factors[:, of_column] + np.sqrt(1 - strength**2) * noise).astype(np.float32)
    odds = factors[:, :5] @ np.array([1.5, -1.2, 1.0, -0.8, 0.6]) + factors[:, 5] * factors[:, 6]
    positive = rng.random(n_rows) < 1.0 / (1.0 + np.exp(-odds))
    target = _category(np.where(positive, "yes", "no")).rename("y")
    return pd.concat([_named(x), target], axis=1)


def _named(x: npt.NDArray[np.generic]) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"x{i}" for i in range(1, x.shape[1] + 1)])


def _category(values: npt.NDArray[np.str_]) -> pd.Series[Any]:
    return pd.Series(pd.Categorical(values))


def _zipf(rng: np.random.Generator, n_rows: int, n_levels: int) -> npt.NDArray[np.int64]:
    """Levels of which the k-th has a frequency proportional to 1 / k."""
    frequency = 1.0 / np.arange(1, n_levels + 1)
    bounds = np.cumsum(frequency / frequency.sum())
    return np.minimum(np.searchsorted(bounds, rng.random(n_rows)), n_levels - 1)


SIMULATORS = {
    "2dplanes": Simulator("regression", _two_planes, 10),
    "fried": Simulator("regression", _fried, 10),
    "mv": Simulator("regression", _mv, 10),
    "mixed": Simulator("binary", _mixed, 16),
    "wide": Simulator("binary", _wide, 10_000, is_wide=True),
}
"""By the name that stands before the ``@``."""
