"""Several targets of one table, each read in the rows where it has a value."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import read_cells
from automl.data.reading import as_numbers, find_numbers
from automl.data.splits import Rows
from automl.data.target import Target, Task, read_target
from automl.exceptions import InvalidInputError

__all__ = ["Targets", "naming_the_target", "read_targets", "shared_strata", "varies"]


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets of one kind, all classes or all numbers.

    Parameters
    ----------
    each : tuple of Target
        A target that does not vary has one class, or one value, and is never learned.
    rows : tuple of ndarray of int64
        Positions of the rows in which each has a value, sorted; its `values` are of these rows.
    n_rows : int
        Of the table.
    """

    each: tuple[Target, ...]
    rows: tuple[Rows, ...]
    n_rows: int

    @property
    def task(self) -> str:
        """What is predicted, in words of its own where there are several."""
        if self.each[0].task == "regression":
            return "multioutput regression"
        two = all(target.n_classes <= 2 for target in self.each)
        return "multilabel" if two else "multioutput classification"

    @property
    def classes(self) -> list[npt.NDArray[Any]] | None:
        """Labels of each target; None where all are numbers."""
        found = [target.classes for target in self.each if target.classes is not None]
        return found if found else None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return tuple(target.name for target in self.each)

    @property
    def reason(self) -> str:
        """Why each is what it is."""
        return "; ".join(f"{target.name}: {target.reason}" for target in self.each)


def read_targets(labels: pd.Series[Any] | pd.DataFrame, task: str = "auto") -> Target | Targets:
    """Read one target, or several.

    Parameters
    ----------
    labels : Series, or DataFrame with one column a target
        Cells of a DataFrame may be missing.
    task : str
        As for `read_target`, for all targets.

    Raises
    ------
    InvalidInputError
        If a target cannot be read, none varies, or some hold classes and others numbers.

    Examples
    --------
    >>> found = read_targets(pd.DataFrame({"a": [1, 0, None], "b": ["u", "v", "u"]}))
    >>> found.task, [rows.tolist() for rows in found.rows]
    ('multilabel', [[0, 1], [0, 1, 2]])
    """
    if isinstance(labels, pd.Series):
        return read_target(labels, task)
    columns = [labels.iloc[:, k] for k in range(labels.shape[1])]
    rows = tuple(np.flatnonzero(column.notna().to_numpy()) for column in columns)
    present = [column.iloc[known] for column, known in zip(columns, rows, strict=True)]
    varying = {k: _read_one(c, task) for k, c in enumerate(present) if c.nunique() != 1}
    if not varying:
        raise InvalidInputError(
            f"y has only one class or value in each of its {len(columns)} columns; pass columns "
            "that vary."
        )
    kind = _common_kind(list(varying.values()))
    each = tuple(
        varying[k] if k in varying else _constant(column, kind) for k, column in enumerate(present)
    )
    return Targets(each, rows, len(labels))


def varies(target: Target) -> bool:
    """Whether there is anything to learn."""
    return bool(np.ptp(target.values) > 0)


def shared_strata(targets: Targets) -> tuple[npt.NDArray[Any], Task]:
    """One column that stands for all targets where rows are divided, and the task of that column.

    Of the labels that a row has, the one that fewest rows have: what is rare gets into both parts.
    For numbers the mean of their ranks.

    Examples
    --------
    >>> table = pd.DataFrame({"common": [0, 1, 0, 1, 0, 1], "rare": [0, 0, 0, 0, 1, 1]})
    >>> shared_strata(read_targets(table))[0].tolist()
    [0, 1, 0, 1, 3, 3]
    """
    if targets.each[0].task == "regression":
        ranks = pd.DataFrame(_spread(targets)).rank(pct=True).mean(axis=1).fillna(0.5)
        return ranks.to_numpy(), "regression"
    offsets = np.cumsum([0] + [target.n_classes for target in targets.each])
    codes = _spread(targets) + offsets[:-1]
    known = ~np.isnan(codes)
    counts = np.bincount(codes[known].astype(np.int64), minlength=int(offsets[-1]))
    sizes = np.where(known, counts[np.where(known, codes, 0).astype(np.int64)], np.inf)
    rarest = codes[np.arange(targets.n_rows), sizes.argmin(axis=1)]
    return np.where(np.isnan(rarest), offsets[-1], rarest).astype(np.int64), "multiclass"


@contextmanager
def naming_the_target(name: str) -> Iterator[None]:
    """Say in errors which of several targets they are about."""
    try:
        yield
    except InvalidInputError as error:
        raise InvalidInputError(f"Target {name!r}: {error}") from error


def _read_one(column: pd.Series[Any], task: str) -> Target:
    with naming_the_target(str(column.name)):
        if len(column) == 0:
            raise InvalidInputError("y has no value in any row; leave this column out.")
        return read_target(column, task)


def _common_kind(targets: list[Target]) -> Task:
    numbers = [target.name for target in targets if target.task == "regression"]
    classes = [target.name for target in targets if target.task != "regression"]
    if numbers and classes:
        raise InvalidInputError(
            f"y must hold only classes or only numbers in its columns; got classes in "
            f"{', '.join(map(repr, classes[:5]))} and numbers in "
            f"{', '.join(map(repr, numbers[:5]))}: say which in `task`, or fit them in two calls."
        )
    return "regression" if numbers else "binary"


def _constant(column: pd.Series[Any], kind: Task) -> Target:
    """A target with one value; there is nothing to learn, and nothing to fail on."""
    name, reason = str(column.name), "does not vary"
    if kind != "regression":
        codes = np.zeros(len(column), dtype=np.int64)
        return Target(kind, codes, np.asarray(column.iloc[:1]), name, reason)
    cells = read_cells(column)
    numbers = find_numbers(cells)[0] if cells.form == "text" else as_numbers(cells)
    values = np.full(1, np.nan) if numbers is None else numbers.values.astype(np.float64)
    if not np.isfinite(values).all():
        with naming_the_target(name):
            raise InvalidInputError(
                f"y must hold finite numbers; got {column.iloc[0]!r} in all rows: leave this "
                "column out."
            )
    return Target(kind, values, None, name, reason)


def _spread(targets: Targets) -> npt.NDArray[np.float64]:
    """Values of all targets, one column each, NaN where there is none."""
    spread = np.full((targets.n_rows, len(targets.each)), np.nan)
    for k, (target, rows) in enumerate(zip(targets.each, targets.rows, strict=True)):
        spread[rows, k] = target.values
    return spread
