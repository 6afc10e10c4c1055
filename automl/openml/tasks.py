"""`automl.openml.fit_task`: this package on the official splits of one task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from automl.estimators import check_parameters
from automl.exceptions import InvalidInputError
from automl.openml.client import openml_client, require_key
from automl.openml.folds import make_estimator, run_fold
from automl.openml.loading import Task, choose_splits, load_task
from automl.openml.measures import headline
from automl.openml.records import Records, open_records
from automl.openml.results import FoldResult, TaskResult
from automl.openml.runs import describe_flow, publish_run, write_run

__all__ = ["fit_task", "run_task"]


def fit_task(
    task_id: int,
    time_limit: float | None = 60.0,
    folds: int | Sequence[int] | Sequence[tuple[int, int]] | None = None,
    output: str | Path | None = None,
    publish: bool = False,
    on_fold: Callable[[FoldResult], None] | None = None,
    **settings: Any,
) -> TaskResult:
    """Run an OpenML task on its official splits.

    The task comes from the cache of openml, or from the server that openml is configured for. Each
    finished fold is written to `output`; the same call goes on after an interruption.

    Parameters
    ----------
    task_id : int
        Of a supervised classification or regression task.
    time_limit : float or None, default=60.0
        Seconds for each fold; None together with ``max_trials``.
    folds : int, sequence of int, or sequence of (repeat, fold), optional
        The first ones, folds of the first repeat, or any; None: all.
    output : path, optional
        Folder for the run; None: ``openml_runs/task_<id>``.
    publish : bool, default=False
        Upload the run with the API key that openml is configured with. Only a run with all folds
        and without failures can be published.
    on_fold : callable, optional
        Called with each `FoldResult` as soon as it is there, those of an earlier call included.
    **settings
        Of `AutoMLClassifier` and `AutoMLRegressor`. `test_size` is 0, because the test fold of the
        task is the check; `write_back` is False unless given, because folds must not learn from
        each other.

    Returns
    -------
    TaskResult

    Raises
    ------
    InvalidInputError
        If a setting, `folds` or `output` is not of the allowed form.
    OpenMLError
        If the task cannot be had, is of another type, or cannot be published; the cache of openml
        is as it was before.

    Examples
    --------
    >>> fit_task(31, time_limit=-1)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    automl.exceptions.InvalidInputError: `time_limit` must be a positive number of seconds or ...
    """
    checked = complete_settings(time_limit, settings)
    if publish:
        require_key()
    task = load_task(task_id)
    path = Path("openml_runs", f"task_{task.id}") if output is None else Path(output)
    return run_task(task, folds, path, publish, on_fold, checked, strict=True)


def complete_settings(time_limit: float | None, settings: dict[str, Any]) -> dict[str, Any]:
    """Check settings, and add those that official splits ask for."""
    if settings.get("test_size", 0) != 0:
        raise InvalidInputError(
            "`test_size` must be 0 on OpenML, the test fold of the task is the check; got "
            f"{settings['test_size']!r}: leave it out."
        )
    complete = {"write_back": False, "verbose": 0, **settings}
    complete |= {"time_limit": time_limit, "test_size": 0}
    check_parameters(complete)
    return complete


def run_task(
    task: Task,
    folds: Any,
    path: Path,
    publish: bool,
    on_fold: Callable[[FoldResult], None] | None,
    settings: dict[str, Any],
    strict: bool,
) -> TaskResult:
    """Run, write and publish a task that has been loaded; see `fit_task`."""
    splits = choose_splits(task, folds)
    if publish and len(splits) < len(task.splits):
        raise InvalidInputError(
            f"`publish` needs all {len(task.splits)} folds of task {task.id}, OpenML takes nothing "
            f"less; got folds={folds!r}: leave one of the two out."
        )
    estimator = make_estimator(task.kind, settings)
    describe_flow(estimator)
    server = openml_client().config.get_server_base_url()
    records = open_records(path, task.id, server, settings)
    done = []
    for split in splits:
        result = records.read(split.repeat, split.fold)
        if result is None:
            result = run_fold(task, split, settings, strict)
            records.write(result)
        done.append(result)
        if on_fold is not None:
            on_fold(result)
    write_run(path, task, done, estimator)
    return TaskResult(
        task_id=task.id,
        name=task.name,
        metric=headline(task.kind, len(task.labels), settings.get("metric", "auto")),
        folds=tuple(done),
        path=path,
        run_id=_publish(task, done, estimator, records, server) if publish else records.run_id,
    )


def _publish(
    task: Task, folds: list[FoldResult], estimator: Any, records: Records, server: str
) -> int:
    """Upload once; folds of the prior are not passed off as results."""
    if records.run_id is not None:
        return records.run_id
    failed = [fold for fold in folds if fold.status != "ok"]
    if failed:
        raise InvalidInputError(
            f"`publish` needs a run without failures; {len(failed)} folds in {records.path} "
            f"failed, the first with {failed[0].message}: delete their files and run again."
        )
    run_id = publish_run(task, folds, estimator)
    records.note_published(run_id, server)
    return run_id
