"""Which rows train and which check: by default at random, or as the user declares it.

========================  ==============================  =====================================
declared                  held-out rows                   folds
========================  ==============================  =====================================
nothing                   stratified                      stratified
``groups``                whole groups                    whole groups
``time_column``           the latest                      blocks of time after what they train on
``cv`` (a splitter)       as the lines above              by the splitter, on the other rows
``X_test, y_test``        that table; no row of X         as the lines above, on all rows
========================  ==============================  =====================================
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import (
    Dataset,
    Fold,
    Rows,
    Task,
    expanding_folds,
    group_folds,
    group_holdout,
    holdout_split,
    latest_rows,
    make_folds,
    nested_order,
)
from automl.evaluation.problem import Problem
from automl.evaluation.rungs import FOLDS, LARGE, MOST_VALIDATION
from automl.exceptions import InvalidInputError, warn_user
from automl.execution import ArtifactStore
from automl.metrics import Metric
from automl.run.scheme import Scheme
from automl.run.settings import Settings

__all__ = ["Division", "divide", "held_out_rows", "make_problem"]

Array = npt.NDArray[Any]

_TEST_SHARE = 0.2
_MOST_TEST_ROWS = 2_500


@dataclass(frozen=True, eq=False)
class Division:
    """A table as a run divides it.

    Parameters
    ----------
    development : Rows
        All that is searched, chosen and fitted on before the check.
    checking : Dataset
        What nothing sees before the check; it can be empty.
    together : ndarray, optional
        Groups of the checking rows, which the interval of the score keeps together.
    problem : Problem
        Folds over the development rows.
    """

    development: Rows
    checking: Dataset
    together: Array | None
    problem: Problem


def divide(
    dataset: Dataset,
    scheme: Scheme,
    settings: Settings,
    store: ArtifactStore,
    rng: np.random.Generator,
) -> Division:
    """Keep rows aside, and divide the others into folds.

    Parameters
    ----------
    dataset : Dataset
    scheme : Scheme
    settings : Settings
        With a `Metric` in place of what the user named.
    store : ArtifactStore
        For the workers' copy of the table.
    rng : Generator

    Raises
    ------
    InvalidInputError
        As `make_problem` does.
    """
    development, held_out = held_out_rows(dataset.y, dataset.task, scheme, settings, rng)
    problem = make_problem(dataset, scheme, development, settings.metric, store, rng)
    if scheme.test is not None:
        return Division(development, scheme.test, None, problem)
    together = None if scheme.groups is None else scheme.groups[held_out]
    return Division(development, dataset.take(held_out), together, problem)


def held_out_rows(
    y: Array, task: Task, scheme: Scheme, settings: Settings, rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """Divide rows into those to develop on and those that are kept aside for the check."""
    n_rows = len(y)
    if scheme.held_out is not None:
        return np.setdiff1d(np.arange(n_rows), scheme.held_out), scheme.held_out
    size = settings.test_size
    if isinstance(size, str):
        size = min(_TEST_SHARE, _MOST_TEST_ROWS / n_rows)
    if size == 0 or scheme.test is not None:
        return np.arange(n_rows), np.arange(0)
    if scheme.order is not None:
        return latest_rows(scheme.order, size)
    if scheme.groups is not None:
        return group_holdout(y, task, scheme.groups, size, rng)
    return holdout_split(y, task, size, rng)


def make_problem(
    dataset: Dataset,
    scheme: Scheme,
    development: Rows,
    metric: Metric,
    store: ArtifactStore,
    rng: np.random.Generator,
) -> Problem:
    """Folds over the development rows, with training rows in nested order.

    Raises
    ------
    InvalidInputError
        If no fold can be made, or `cv` gives none that can be used.
    """
    found = _folds(dataset, scheme, development, rng)
    if not found:
        raise InvalidInputError(
            "`y` must have a class with at least two rows besides the held-out ones; got "
            f"{dataset.n_rows} rows in {dataset.n_classes} classes: add rows, or merge classes."
        )
    folds = tuple(
        replace(fold, train=nested_order(dataset.y, dataset.task, fold.train, rng))
        for fold in found
    )
    bagged = not scheme.in_order and (scheme.cv is None or _is_partition(folds, development))
    return Problem(
        store=store,
        task=dataset.task,
        n_classes=dataset.n_classes,
        features=dataset.features,
        metric=metric.searched,
        folds=folds,
        bagged=bagged,
    )


def _folds(
    dataset: Dataset, scheme: Scheme, rows: Rows, rng: np.random.Generator
) -> tuple[Fold, ...]:
    """Folds of some rows, as positions in the whole table."""
    n_folds = scheme.cv if isinstance(scheme.cv, int) else FOLDS
    if scheme.cv is not None and not isinstance(scheme.cv, int):
        return _folds_of_splitter(dataset, scheme, rows)
    y, task = dataset.y[rows], dataset.task
    if scheme.order is not None:
        folds = expanding_folds(scheme.order[rows], n_folds)
    elif scheme.groups is not None:
        folds = group_folds(y, task, scheme.groups[rows], n_folds, rng)
    elif scheme.cv is None and len(rows) > LARGE:
        size = min(round(len(rows) / FOLDS), MOST_VALIDATION)
        folds = (Fold(*holdout_split(y, task, size, rng)),)
    else:
        folds = make_folds(y, task, n_folds, rng)
    return tuple(Fold(rows[fold.train], rows[fold.validation]) for fold in folds)


def _folds_of_splitter(dataset: Dataset, scheme: Scheme, rows: Rows) -> tuple[Fold, ...]:
    """Folds of the user's own making, the one with most training rows first.

    A splitter divides the rows that are there. A list of positions, and a `PredefinedSplit`, speak
    of the whole table; what is held out is taken out of them.
    """
    from sklearn.model_selection import PredefinedSplit

    whole = not hasattr(scheme.cv, "split") or isinstance(scheme.cv, PredefinedSplit)
    asked = np.arange(dataset.n_rows) if whole else rows
    if scheme.order is not None:
        asked = asked[np.argsort(scheme.order[asked], kind="stable")]
    groups = None if scheme.groups is None else scheme.groups[asked]
    folds = []
    for pair in _pairs(scheme.cv, dataset.X[asked], dataset.y[asked], groups):
        train, validation = (asked[_positions(part, len(asked))] for part in pair)
        fold = Fold(np.intersect1d(train, rows), np.intersect1d(validation, rows))
        if len(np.intersect1d(train, validation)):
            raise _wrong_cv("parts that share no row", "a fold with rows in both")
        if len(fold.train) and len(fold.validation):
            folds.append(fold)
    if not folds:
        raise _wrong_cv("at least one fold with rows in both parts", "none")
    _warn_of_torn_groups(folds, scheme)
    return tuple(sorted(folds, key=lambda fold: -len(fold.train)))


def _pairs(cv: Any, X: Array, y: Array, groups: Rows | None) -> list[tuple[Any, Any]]:
    try:
        found: Iterable[Any] = cv.split(X, y, groups) if hasattr(cv, "split") else cv
        return [(train, validation) for train, validation in found]
    except Exception as error:  # a splitter of the user's own can fail with anything
        raise _wrong_cv(
            "(train, validation) pairs", f"{type(error).__name__}: {str(error).strip()}"
        ) from error


def _positions(part: Any, n_rows: int) -> Rows:
    found = np.asarray(part)
    if found.dtype == bool and found.shape == (n_rows,):
        found = np.flatnonzero(found)
    if found.ndim != 1 or (len(found) and found.dtype.kind not in "iu"):
        raise _wrong_cv(
            "positions of rows", f"an array of {found.dtype} in {found.ndim} dimensions"
        )
    if len(found) and (found.min() < 0 or found.max() >= n_rows):
        raise _wrong_cv(f"positions from 0 to {n_rows - 1}", f"{found.min()} to {found.max()}")
    return found.astype(np.int64)


def _wrong_cv(allowed: str, came: str) -> InvalidInputError:
    return InvalidInputError(f"`cv` must give {allowed}; got {came}: correct the splitter.")


def _is_partition(folds: tuple[Fold, ...], development: Rows) -> bool:
    """Whether each row is validated once, so that fold models are alike and have seen the rest."""
    validated = np.sort(np.concatenate([fold.validation for fold in folds]))
    n_rows = len(development)
    return np.array_equal(validated, np.sort(development)) and all(
        len(fold.train) + len(fold.validation) == n_rows for fold in folds
    )


def _warn_of_torn_groups(folds: list[Fold], scheme: Scheme) -> None:
    if scheme.groups is None:
        return
    torn = sum(
        len(np.intersect1d(scheme.groups[fold.train], scheme.groups[fold.validation])) > 0
        for fold in folds
    )
    if torn:
        warn_user(
            f"`cv` tears groups apart in {torn} of {len(folds)} folds, so that pipelines are "
            "compared by what leaks: pass a group splitter, or a number."
        )
