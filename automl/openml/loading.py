"""A task as OpenML defines it: table, target, and the official splits."""

from __future__ import annotations

import numbers
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeGuard

import numpy as np
import numpy.typing as npt

from automl.exceptions import InvalidInputError, OpenMLError
from automl.openml.cache import Staging, staged_cache
from automl.openml.client import openml_client, readable_errors

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Split", "Task", "choose_splits", "load_task"]

_KINDS = {1: "classification", 2: "regression"}
"""Task types of OpenML by number; the others are not supported."""


@dataclass(frozen=True, eq=False)
class Split:
    """Rows of one fold: numbers of the training and the test rows."""

    repeat: int
    fold: int
    train: npt.NDArray[np.intp]
    test: npt.NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Task:
    """Everything that a run needs to know.

    Parameters
    ----------
    id, dataset_id : int
    name : str
        Of the data set.
    kind : {"classification", "regression"}
    X : pandas.DataFrame
    y : pandas.Series
        Labels as text, or numbers.
    labels : tuple of str
        Classes in the order of OpenML; empty for regression.
    splits : tuple of Split
        All official ones, repeat by repeat.
    """

    id: int
    dataset_id: int
    name: str
    kind: str
    X: pd.DataFrame
    y: pd.Series
    labels: tuple[str, ...]
    splits: tuple[Split, ...]


def load_task(task_id: int) -> Task:
    """Load a task from the cache of openml, or from the server what is not there yet.

    Raises
    ------
    InvalidInputError
        If `task_id` is no positive integer.
    OpenMLError
        If the task cannot be had, or is neither classification nor regression; the cache is then
        as it was before.
    """
    if not _is_whole(task_id) or task_id < 1:
        raise InvalidInputError(
            f"`task_id` must be the number of an OpenML task; got {task_id!r}: correct it."
        )
    with readable_errors(f"task {task_id}"), staged_cache(f"tasks/{task_id}") as staging:
        described = _fetch(staging, int(task_id))
        data = described.get_dataset(download_data=True, download_features_meta_data=True)
        X, y, _, _ = data.get_data(target=described.target_name, dataset_format="dataframe")
        kind = _KINDS[described.task_type_id.value]
        labels = tuple(described.class_labels) if kind == "classification" else ()
        return Task(
            id=int(task_id),
            dataset_id=described.dataset_id,
            name=data.name,
            kind=kind,
            X=_unordered(X),
            y=_labels(y, labels) if labels else y.astype(np.float64),
            labels=labels,
            splits=_splits(described.download_split()),
        )


def choose_splits(task: Task, folds: Any) -> tuple[Split, ...]:
    """Official splits that are asked for.

    Parameters
    ----------
    task : Task
    folds : None, int, or sequence of int or (repeat, fold)
        None: all; a number: the first ones; numbers in a sequence are folds of the first repeat.

    Raises
    ------
    InvalidInputError
        If the task has no such fold.
    """
    if folds is None:
        return task.splits
    if _is_whole(folds) and 1 <= folds <= len(task.splits):
        return task.splits[:folds]
    by_place = {(split.repeat, split.fold): split for split in task.splits}
    if isinstance(folds, (list, tuple, range)) and len(folds) > 0:
        places: list[Any] = [(0, place) if _is_whole(place) else place for place in folds]
        if all(place in by_place for place in places):
            return tuple(by_place[place] for place in dict.fromkeys(places))
    raise InvalidInputError(
        f"`folds` must be None, a number up to {len(task.splits)}, or a list of folds or (repeat, "
        f"fold) of task {task.id}, which go up to {max(by_place)}; got {folds!r}: correct it."
    )


def _fetch(staging: Staging, task_id: int) -> Any:
    """Fetch the description first; the data only of a task that can be run."""
    known = _dataset_of(staging.cache / "tasks" / str(task_id) / "task.xml")
    if known is not None:
        staging.add(f"datasets/{known}")
    try:
        task = openml_client().tasks.get_task(
            task_id, download_splits=False, download_data=False, download_qualities=False
        )
    except NotImplementedError as error:
        raise _unsupported(task_id, str(error)) from error
    if task.task_type_id.value not in _KINDS:
        raise _unsupported(task_id, f"it is {task.task_type}")
    staging.add(f"datasets/{task.dataset_id}")
    return task


def _unsupported(task_id: int, why: str) -> OpenMLError:
    return OpenMLError(
        f"`task_id` must be of a supervised classification or regression task; {task_id} is none "
        f"({why.rstrip('.')}): choose another task."
    )


def _dataset_of(description: Path) -> int | None:
    """Return the data set that a cached task is about."""
    if not description.is_file():
        return None
    found = re.search(r"<oml:data_set_id>\s*(\d+)\s*<", description.read_text(encoding="utf8"))
    return None if found is None else int(found[1])


def _unordered(X: pd.DataFrame) -> pd.DataFrame:
    """Nominal columns without the order of the file, which means nothing."""
    ordered = [c for c in X if getattr(X[c].dtype, "ordered", False)]
    return X.assign(**{str(c): X[c].cat.as_unordered() for c in ordered})


def _labels(y: pd.Series, labels: tuple[str, ...]) -> pd.Series:
    """Target as text in the spelling of the task; openml turns true and false into booleans."""
    spelling = {label.casefold(): label for label in labels}
    text = y.astype(object).map(str, na_action="ignore")
    return text.map(
        lambda label: label if label in labels else spelling[label.casefold()], na_action="ignore"
    )


def _splits(split: Any) -> tuple[Split, ...]:
    return tuple(
        Split(repeat, fold, samples[0].train, samples[0].test)
        for repeat, folds in sorted(split.split.items())
        for fold, samples in sorted(folds.items())
    )


def _is_whole(value: Any) -> TypeGuard[int]:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)
