"""Read a target column: which task it is, why, and its values as numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import Cells, read_cells
from automl.data.number_formats import FoundFormat, NumberFormat, closest_number_format
from automl.data.reading import Reading, as_numbers, find_numbers, is_marker
from automl.data.tables import read_column
from automl.exceptions import InvalidInputError, shown, warn_user

__all__ = ["Target", "Task", "code_like", "rare_classes", "read_target"]

Task = Literal["binary", "multiclass", "regression"]
"""What is predicted: one of two classes, one of more, or a number."""

_TASKS = ("auto", "binary", "multiclass", "classification", "regression")
_MOST_CLASSES = 20  # whole numbers and number-like texts with more distinct values are amounts
_LARGEST_SHARE = 0.1  # of distinct whole numbers among rows, for them to be classes
_LARGEST = 1e100  # squares of larger errors are infinite
_FEW_ROWS = 20  # up to here every row may have a class of its own


@dataclass(frozen=True, eq=False)
class Target:
    """A target that was read.

    Parameters
    ----------
    task : Task
        What is predicted.
    values : ndarray, shape (n_rows,)
        int64 codes into `classes`, or float64 values for regression.
    classes : ndarray, optional
        The sorted labels as the user gave them; None for regression.
    name : str
        Name of the column, "target" if it has none.
    reason : str
        One phrase that says why it is this task.
    number_format : NumberFormat, optional
        How texts of a regression target write numbers; not given means as Python does.
    """

    task: Task
    values: npt.NDArray[np.int64] | npt.NDArray[np.float64]
    classes: npt.NDArray[Any] | None
    name: str
    reason: str
    number_format: NumberFormat | None = None

    @property
    def n_classes(self) -> int:
        """Number of classes, 0 for regression."""
        return 0 if self.classes is None else len(self.classes)


@dataclass(frozen=True, eq=False)
class _Facts:
    """What the task is decided on."""

    cells: Cells
    numbers: Reading
    n_rows: int
    n_distinct: int
    found: FoundFormat | None = None

    @property
    def all_numbers(self) -> bool:
        return self.numbers.n_unreadable == 0 and self.cells.form != "date"

    @property
    def whole(self) -> bool:
        values = self.numbers.values
        return self.all_numbers and bool(np.all(values == np.floor(values)))


def read_target(y: Any, task: str = "auto") -> Target:
    """Read a target.

    Parameters
    ----------
    y : array-like, shape (n_rows,)
        One value per row, of any dtype; a single column counts as one dimension.
    task : str
        "auto", "binary", "multiclass", "classification" or "regression".

    Returns
    -------
    Target
        Task, values and classes.

    Raises
    ------
    InvalidInputError
        If values are missing or infinite, do not vary, or do not fit the task.

    Examples
    --------
    >>> target = read_target(["no", "yes", "no"])
    >>> target.task, target.values.tolist(), target.classes.tolist()
    ('binary', [0, 1, 0], ['no', 'yes'])
    """
    if task not in _TASKS:
        raise InvalidInputError(
            f"task must be one of {', '.join(map(repr, _TASKS))}, got {task!r}."
        )
    column = read_column(y)
    _check_present(column)
    facts = _gather(column, task)
    chosen, reason = _recognise(facts) if task == "auto" else _obey(facts, task)
    name = "target" if column.name in (None, "") else str(column.name)
    if chosen == "regression":
        number_format = None if facts.found is None else facts.found.format
        return Target(chosen, _amounts(facts), None, name, reason, number_format)
    codes, classes = _labels(column)
    if isinstance(y, np.ndarray) and y.dtype.kind in "US":
        classes = classes.astype(y.dtype)
    return Target(chosen, codes, classes, name, reason)


def rare_classes(target: Target) -> tuple[Any, ...]:
    """Find the labels of classes with a single row, which can be learned but never checked.

    Examples
    --------
    >>> rare_classes(read_target(["a", "a", "b", "c", "c"]))
    ('b',)
    """
    if target.classes is None:
        return ()
    counts = np.bincount(target.values.astype(np.int64), minlength=len(target.classes))
    return tuple(target.classes[counts == 1].tolist())


def code_like(target: Target, y: Any) -> npt.NDArray[np.int64] | npt.NDArray[np.float64]:
    """Code further values of a target that was read, such as those of test rows.

    Parameters
    ----------
    target : Target
        Of the training rows.
    y : array-like, shape (n_rows,)

    Returns
    -------
    ndarray
        As `Target.values`.

    Raises
    ------
    InvalidInputError
        If values are missing, are no numbers, or are labels that the training rows do not have.

    Examples
    --------
    >>> code_like(read_target(["no", "yes", "no"]), ["yes", "yes"]).tolist()
    [1, 1]
    """
    column = read_column(y, "y_test")
    if column.isna().any():
        raise InvalidInputError(
            f"y_test has missing values (NaN or None) in {int(column.isna().sum())} of "
            f"{len(column)} rows; drop these rows from X_test and y_test."
        )
    if target.classes is None:
        numbers = as_numbers(read_cells(column.rename("y_test")), target.number_format)
        values = np.asarray(numbers.values, dtype=np.float64)
        if numbers.n_unreadable or not np.isfinite(values).all():
            raise InvalidInputError(
                "y_test must hold finite numbers, as y does; drop other rows from X_test and "
                "y_test."
            )
        return values
    codes = pd.Index(target.classes).get_indexer(pd.Index(np.asarray(column, dtype=object)))
    if (codes < 0).any():
        raise InvalidInputError(
            f"y_test holds {column.iloc[int(np.argmin(codes))]!r}, which is no label of y; drop "
            "rows with labels that no training row has, or correct their type."
        )
    return np.asarray(codes, dtype=np.int64)


def _check_present(column: pd.Series[Any]) -> None:
    n_rows, n_missing = len(column), int(column.isna().sum())
    if n_rows and n_missing == n_rows:
        raise InvalidInputError("y has no value in any row; pass the column to be predicted.")
    if n_missing:
        raise InvalidInputError(
            f"y has missing values (NaN or None) in {n_missing} of {n_rows} rows; "
            "drop these rows from X and y."
        )
    if n_rows < 2:
        raise InvalidInputError(
            f"y must have at least 2 rows to learn from, got n_samples={n_rows}; add rows."
        )


def _gather(column: pd.Series[Any], task: str) -> _Facts:
    cells = read_cells(column.rename("y"))
    if cells.form == "date" or pd.api.types.is_timedelta64_dtype(column.dtype):
        raise InvalidInputError(
            "y holds dates or durations, and a target must hold classes or numbers; turn it into "
            "a number, such as days since a fixed date."
        )
    n_distinct = int(column.nunique())
    if n_distinct < 2:
        raise InvalidInputError(
            f"y has only one class or value, {shown(str(column.iloc[0]))}, in all {len(column)} "
            "rows; pass a column that varies."
        )
    numbers, found = _read_numbers(cells, task)
    if np.isinf(numbers.values).any():
        raise InvalidInputError(
            f"y has infinite values (infinity) in {int(np.isinf(numbers.values).sum())} of "
            f"{len(column)} rows; drop these rows from X and y, or cap the values."
        )
    return _Facts(cells, numbers, len(column), n_distinct, found)


def _read_numbers(cells: Cells, task: str) -> tuple[Reading, FoundFormat | None]:
    """Read numbers; those in texts where it is clear which they are, or numbers are asked for."""
    if cells.form != "text" and (cells.form != "category" or task != "regression"):
        return as_numbers(cells), None
    reading, found = find_numbers(cells)
    if reading is not None:
        return reading, found
    if task == "regression":
        found = closest_number_format([one for one in cells.levels if not is_marker(one)])
        return as_numbers(cells, found.format if found else None), found
    if found is not None and task == "auto":
        warn_user(
            f"Texts of the target that may be read as different numbers ({found.doubt}) are taken "
            "for classes; write plain numbers, or pass task='regression', which takes a comma for "
            "thousands where it may be either."
        )
    return as_numbers(cells), None


def _recognise(facts: _Facts) -> tuple[Task, str]:
    """Decide by type first, then by the number of distinct values."""
    form, n_distinct = facts.cells.form, facts.n_distinct
    if form == "boolean":
        return "binary", "true or false"
    if form == "category":
        return _classification(facts, f"categories with {n_distinct} levels")
    if form == "text":
        if facts.all_numbers and n_distinct > _MOST_CLASSES:
            how = f" ({facts.found.note})" if facts.found and facts.found.note else ""
            return "regression", f"text that reads as {n_distinct} distinct numbers{how}"
        return _classification(facts, f"text with {n_distinct} distinct values")
    if not facts.whole:
        return "regression", "numbers with fractions"
    if n_distinct == 2:
        return "binary", "2 distinct whole numbers"
    if not facts.cells.whole:
        return "regression", f"floating-point numbers with {n_distinct} distinct values"
    if n_distinct <= min(_MOST_CLASSES, _LARGEST_SHARE * facts.n_rows):
        return "multiclass", f"{n_distinct} distinct whole numbers in {facts.n_rows} rows"
    return "regression", f"whole numbers with {n_distinct} distinct values in {facts.n_rows} rows"


def _obey(facts: _Facts, task: str) -> tuple[Task, str]:
    if task == "regression":
        if not facts.all_numbers:
            raise InvalidInputError(
                f"task='regression' needs numbers, and y holds text such as "
                f"{shown(facts.numbers.example)}; pass numbers or task='classification'."
            )
        return "regression", "as asked"
    if facts.cells.form == "number" and not facts.whole:
        raise InvalidInputError(
            f"Unknown label type: continuous, y holds numbers with fractions and task={task!r} "
            "needs classes; pass task='regression', or turn the labels into text."
        )
    chosen, _ = _classification(facts, "as asked")
    if task not in ("classification", chosen):
        raise InvalidInputError(
            f"task={task!r} does not fit the {facts.n_distinct} classes of y; pass "
            f"task={chosen!r} or 'classification'."
        )
    return chosen, "as asked"


def _classification(facts: _Facts, reason: str) -> tuple[Task, str]:
    if facts.n_distinct == facts.n_rows > _FEW_ROWS:
        raise InvalidInputError(
            f"y has a class of its own in each of its {facts.n_rows} rows, so there is nothing to "
            "learn; pass a column whose classes repeat, or numbers and task='regression'."
        )
    return ("binary" if facts.n_distinct == 2 else "multiclass"), reason


def _amounts(facts: _Facts) -> npt.NDArray[np.float64]:
    values = facts.numbers.values.astype(np.float64)
    n_missing = int(np.isnan(values).sum())
    if n_missing:
        raise InvalidInputError(
            f"y has markers of missing values (such as '?') in {n_missing} of {facts.n_rows} rows; "
            "drop these rows from X and y."
        )
    largest = float(np.abs(values).max())
    if largest > _LARGEST:
        raise InvalidInputError(
            f"y must hold numbers up to {_LARGEST:g} in size, whose squares can be summed, got "
            f"{largest:g}; divide it by a constant."
        )
    return values


def _labels(column: pd.Series[Any]) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
    """Code labels by their sorted order, whatever they are."""
    codes, uniques = pd.factorize(column)
    labels = np.asarray(uniques)
    try:
        order = np.argsort(labels, kind="stable")
    except TypeError:  # labels of several types, such as 1 and "a"
        keys = [_mixed_key(label) for label in labels]
        order = np.array(sorted(range(len(labels)), key=keys.__getitem__), dtype=np.intp)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[codes], labels[order]


def _mixed_key(label: object) -> tuple[str, str]:
    return type(label).__name__, str(label)
