"""`automl.openml.fit_suite`: all tasks of a benchmark suite, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from automl.exceptions import InvalidInputError, OpenMLError
from automl.openml.client import openml_client, readable_errors
from automl.openml.loading import load_task
from automl.openml.records import write_file
from automl.openml.results import FoldResult, SuiteResult, TaskResult
from automl.openml.tasks import complete_settings, run_task

__all__ = ["fit_suite"]


def fit_suite(
    suite_id: int | str,
    time_limit: float | None = 60.0,
    folds: int | None = None,
    output: str | Path | None = None,
    on_fold: Callable[[int, FoldResult], None] | None = None,
    **settings: Any,
) -> SuiteResult:
    """Run all tasks of an OpenML benchmark suite on their official splits.

    A fold that fails, for whatever reason, counts with the predictions of the prior; a task that
    cannot be had or is of an unsupported type is listed. The same call goes on after an
    interruption, without a repetition of finished folds. To publish a task of the suite, call
    `fit_task` with its folder as `output` and the same settings.

    Parameters
    ----------
    suite_id : int or str
        Number or alias, such as 271 for the classification tasks of the AutoML Benchmark.
    time_limit : float or None, default=60.0
        Seconds for each fold; None together with ``max_trials``.
    folds : int, optional
        The first folds of each task; None: all.
    output : path, optional
        Folder with one folder for each task and ``results.csv``; None: ``openml_runs/suite_<id>``.
    on_fold : callable, optional
        Called with the number of the task and each `FoldResult`.
    **settings
        As for `fit_task`.

    Returns
    -------
    SuiteResult

    Raises
    ------
    InvalidInputError
        If a setting, `suite_id` or `output` is not of the allowed form.
    OpenMLError
        If the suite cannot be had.
    """
    checked = complete_settings(time_limit, settings)
    path = Path("openml_runs", f"suite_{suite_id}") if output is None else Path(output)
    tasks: list[TaskResult] = []
    not_run: dict[int, str] = {}
    for task_id in _tasks_of(suite_id):
        note = None if on_fold is None else partial(on_fold, task_id)
        try:
            task = load_task(task_id)
        except OpenMLError as error:
            not_run[task_id] = str(error)
        else:
            first = None if folds is None else min(folds, len(task.splits))
            place = path / f"task_{task_id}"
            tasks.append(run_task(task, first, place, False, note, checked, strict=False))
        result = SuiteResult(suite_id, tuple(tasks), dict(not_run), path)
        _write_table(result)
    return result


def _tasks_of(suite_id: int | str) -> list[int]:
    if not _is_id(suite_id):
        raise InvalidInputError(
            f"`suite_id` must be the number or the alias of an OpenML suite; got {suite_id!r}: "
            "correct it."
        )
    with readable_errors(f"suite {suite_id}"):
        tasks = openml_client().study.get_suite(suite_id).tasks
    if not tasks:
        raise InvalidInputError(
            f"`suite_id` must be a suite with tasks; {suite_id} has none: choose another one."
        )
    return list(tasks)


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return value.replace("-", "").replace("_", "").isalnum()
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _write_table(result: SuiteResult) -> None:
    try:
        result.path.mkdir(parents=True, exist_ok=True)
        write_file(result.path / "results.csv", result.to_frame().to_csv(index=False))
    except OSError as error:
        raise InvalidInputError(
            f"`output` must be a folder that can be written; {result.path} failed with "
            f"{error.strerror}: choose another place."
        ) from error
