"""What a run of a task or a suite gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FoldResult", "SuiteResult", "TaskResult"]


@dataclass(frozen=True, eq=False)
class FoldResult:
    """Predictions for the test rows of one fold, and their scores.

    Parameters
    ----------
    repeat, fold : int
        As numbered by OpenML.
    status : {"ok", "failed"}
        A failed fold has the predictions of the prior: class shares, or the mean.
    message : str
        Why it failed.
    scores : mapping from str to float
        By measure.
    seconds, predict_seconds : float
        Wall clock of fitting and of predicting.
    predictions : pandas.DataFrame
        Columns ``row_id``, ``prediction``, ``truth``, and ``confidence.<label>`` for classes.
    """

    repeat: int
    fold: int
    status: str
    message: str
    scores: Mapping[str, float]
    seconds: float
    predict_seconds: float
    predictions: pd.DataFrame

    def __str__(self) -> str:
        """One line with the scores, or the reason of the failure."""
        scores = "  ".join(f"{name} {value:.5g}" for name, value in self.scores.items())
        line = f"repeat {self.repeat} fold {self.fold}: {scores}  ({self.seconds:.1f} s)"
        return line if self.status == "ok" else f"{line}  failed, prior only: {self.message}"


@dataclass(frozen=True, eq=False)
class TaskResult:
    """Folds of one task.

    Parameters
    ----------
    task_id : int
    name : str
        Of the data set.
    metric : str
        Measure that `mean` and `deviation` are about.
    folds : tuple of FoldResult
    path : Path
        Where the run is written; ``openml.runs.OpenMLRun.from_filesystem`` reads it.
    run_id : int or None
        Number of the published run.
    """

    task_id: int
    name: str
    metric: str
    folds: tuple[FoldResult, ...]
    path: Path
    run_id: int | None = None

    @property
    def failures(self) -> tuple[FoldResult, ...]:
        """Folds that failed and count with the predictions of the prior."""
        return tuple(fold for fold in self.folds if fold.status != "ok")

    @property
    def mean(self) -> float:
        """Mean of the metric over the folds on which it is defined; nan where there is none."""
        scores = self._scores()
        return float(np.mean(scores)) if scores else float("nan")

    @property
    def deviation(self) -> float:
        """Standard deviation of the metric over folds; nan for fewer than two."""
        scores = self._scores()
        return float(np.std(scores, ddof=1)) if len(scores) > 1 else float("nan")

    def to_frame(self) -> pd.DataFrame:
        """One row a fold: scores, seconds, status."""
        import pandas as pd

        return pd.DataFrame([self._row(fold) for fold in self.folds])

    def __str__(self) -> str:
        """One line: mean and deviation of the metric, and what failed."""
        failed = f", {len(self.failures)} failed and count as prior only" if self.failures else ""
        published = "" if self.run_id is None else f", published as run {self.run_id}"
        return (
            f"task {self.task_id} ({self.name}): {self.metric} {self.mean:.5g} ± "
            f"{self.deviation:.2g} over {len(self.folds)} folds{failed}{published}"
        )

    def _scores(self) -> list[float]:
        return [fold.scores[self.metric] for fold in self.folds if self.metric in fold.scores]

    def _row(self, fold: FoldResult) -> dict[str, Any]:
        return {
            "task_id": self.task_id,
            "name": self.name,
            "repeat": fold.repeat,
            "fold": fold.fold,
            "status": fold.status,
            "metric": self.metric,
            "score": fold.scores.get(self.metric, float("nan")),
            **fold.scores,
            "seconds": fold.seconds,
            "predict_seconds": fold.predict_seconds,
            "message": fold.message,
        }


@dataclass(frozen=True, eq=False)
class SuiteResult:
    """Tasks of one suite.

    Parameters
    ----------
    suite_id : int or str
    tasks : tuple of TaskResult
    not_run : mapping from int to str
        Tasks that could not be loaded, and why.
    path : Path
        Folder with one folder for each task, and ``results.csv``.
    """

    suite_id: int | str
    tasks: tuple[TaskResult, ...]
    not_run: Mapping[int, str]
    path: Path

    def to_frame(self) -> pd.DataFrame:
        """One row for each fold, and one for each task that could not be loaded."""
        import pandas as pd

        missing = [
            {"task_id": task_id, "status": "not run", "message": message}
            for task_id, message in self.not_run.items()
        ]
        return pd.concat([*(task.to_frame() for task in self.tasks), pd.DataFrame(missing)])

    def __str__(self) -> str:
        """One line for each task."""
        missing = [f"task {task_id}: not run, {why}" for task_id, why in self.not_run.items()]
        return "\n".join([*(str(task) for task in self.tasks), *missing])
