"""An OpenML run out of finished folds: files in the format of OpenML, and the upload."""

from __future__ import annotations

import logging
import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from automl.exceptions import InvalidInputError
from automl.openml.cache import staged_cache
from automl.openml.client import openml_client, readable_errors
from automl.openml.loading import Task
from automl.openml.results import FoldResult
from automl.version import VERSION

__all__ = ["describe_flow", "publish_run", "write_run"]

_UPLOADED = {
    "predictive_accuracy": "accuracy",
    "area_under_roc_curve": "roc_auc",
    "mean_absolute_error": "mae",
    "root_mean_squared_error": "rmse",
}
"""Names of OpenML, and the measures here that they mean."""


def describe_flow(estimator: Any) -> Any:
    """Describe the estimator as an OpenML flow.

    Raises
    ------
    InvalidInputError
        If a setting cannot be described, such as a generator.
    """
    extension = openml_client().extensions.get_extension_by_model(estimator)
    # It warns where docstrings do not have the marks of scikit-learn's own.
    logging.getLogger("openml.extensions.sklearn.extension").setLevel(logging.ERROR)
    try:
        return extension.model_to_flow(estimator)
    except (TypeError, ValueError) as error:
        raise InvalidInputError(
            "Settings of an OpenML run must be ones that OpenML can describe: numbers, texts, "
            f"lists, functions of a module; got one that it cannot ({error}): replace it."
        ) from error


def write_run(path: Path, task: Task, folds: Sequence[FoldResult], estimator: Any) -> None:
    """Write the run as ``openml.runs.OpenMLRun.from_filesystem`` reads it.

    Parameters
    ----------
    path : Path
        Folder; files of an earlier run with fewer folds are replaced.
    task : Task
    folds : sequence of FoldResult
    estimator : estimator
        Not fitted.
    """
    with (
        readable_errors(f"the run of task {task.id}"),
        _cached(task),
        tempfile.TemporaryDirectory(prefix=".run-", dir=path) as scratch,
    ):
        _make_run(task, folds, estimator).to_filesystem(scratch)
        for file in Path(scratch).iterdir():
            os.replace(file, path / file.name)


def publish_run(task: Task, folds: Sequence[FoldResult], estimator: Any) -> int:
    """Upload flow and run.

    Returns
    -------
    int
        Number of the run.

    Raises
    ------
    OpenMLError
        If the server cannot be reached or refuses.
    """
    with readable_errors(f"the upload of a run of task {task.id}"), _cached(task):
        run = _make_run(task, folds, estimator)
        run.publish()
    return int(run.run_id)


def _cached(task: Task) -> Any:
    """Staging folder with the description of the task, which openml reads when it writes."""
    return staged_cache(f"tasks/{task.id}", f"datasets/{task.dataset_id}")


def _make_run(task: Task, folds: Sequence[FoldResult], estimator: Any) -> Any:
    openml = openml_client()
    flow = describe_flow(estimator)
    failed = sum(fold.status != "ok" for fold in folds)
    note = f", {failed} folds failed and hold predictions of the prior" if failed else ""
    return openml.runs.OpenMLRun(
        task_id=task.id,
        flow_id=None,
        dataset_id=task.dataset_id,
        model=estimator,
        flow=flow,
        flow_name=flow.name,
        setup_string=flow.extension.create_setup_string(estimator),
        data_content=[row for fold in folds for row in _rows(task, fold)],
        fold_evaluations=_evaluations(folds),
        tags=["openml-python", f"automl_{VERSION}"],
        run_details=f"automl {VERSION}, {len(folds)} of {len(task.splits)} folds{note}",
    )


def _rows(task: Task, fold: FoldResult) -> list[list[Any]]:
    """Lines of predictions.arff; the third number of classification is a sample, always 0."""
    place = [fold.repeat, fold.fold, *([0] if task.labels else [])]
    columns = ["row_id", "prediction", "truth", *(f"confidence.{c}" for c in task.labels)]
    values = fold.predictions[columns].astype(object).to_numpy().tolist()
    return [[*place, *row] for row in values]


def _evaluations(folds: Sequence[FoldResult]) -> Mapping[str, dict[int, dict[int, float]]]:
    found: dict[str, dict[int, dict[int, float]]] = {}
    for fold in folds:
        measured = {
            name: fold.scores[ours] for name, ours in _UPLOADED.items() if ours in fold.scores
        }
        measured["wall_clock_time_millis_training"] = fold.seconds * 1000
        measured["wall_clock_time_millis_testing"] = fold.predict_seconds * 1000
        for name, value in measured.items():
            found.setdefault(name, {}).setdefault(fold.repeat, {})[fold.fold] = value
    return found
