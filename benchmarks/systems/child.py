"""The child of one run: fits, predicts, writes predictions and times into its folder.

It never sees the target of the test rows. Started as ``python -m benchmarks.systems.child FOLDER``
by the interpreter of the system.
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.systems.base import Fitted, Job

_LATENCY_STEPS = (1_000, 10_000)
_LONGEST_LATENCY_SECONDS = 30.0


def main(folder: Path) -> None:
    """Carry out the job that lies in a folder."""
    settings = json.loads((folder / "job.json").read_text())
    train = pd.read_parquet(folder / "train.parquet")
    test = pd.read_parquet(folder / "test.parquet")
    job = Job(
        X=train.iloc[:, :-1],
        y=train.iloc[:, -1],
        task=settings["task"],
        budget=settings["budget"],
        seed=settings["seed"],
        n_jobs=settings["n_jobs"],
    )
    module, _, function = settings["entry"].partition(":")
    fit = getattr(importlib.import_module(module), function)
    for name in settings["preload"]:
        importlib.import_module(name)

    fitted, fit_seconds = _timed(fit, job)
    prediction, predict_seconds = _timed(fitted.predict, test)
    np.save(folder / "prediction.npy", np.asarray(prediction, dtype=np.float64))
    answer = {
        "fit_seconds": fit_seconds,
        "predict_seconds": predict_seconds,
        "latency_seconds": _latency(fitted, test),
        "classes": None if fitted.classes is None else [str(label) for label in fitted.classes],
        "model_bytes": None if fitted.size is None else fitted.size(),
        "extras": dict(fitted.extras),
        "versions": {name: _version(name) for name in settings["packages"]},
        "python": platform.python_version(),
    }
    (folder / "answer.json").write_text(json.dumps(answer, default=_plain))


def _timed(function: Any, argument: Any) -> tuple[Any, float]:
    started = time.perf_counter()
    value = function(argument)
    return value, time.perf_counter() - started


def _latency(fitted: Fitted, test: pd.DataFrame) -> float:
    """Seconds for 10,000 rows; scaled from 1,000 where that would take too long.

    Test rows are repeated, never scaled from fewer than 1,000: what a call costs whatever its rows
    would be counted many times.
    """
    n_most = _LATENCY_STEPS[-1]
    for n_rows in _LATENCY_STEPS:
        repeated = test.iloc[np.arange(n_rows) % len(test)].reset_index(drop=True)
        seconds = _timed(fitted.predict, repeated)[1] * n_most / n_rows
        if seconds > _LONGEST_LATENCY_SECONDS:
            break
    return seconds


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _plain(value: Any) -> Any:
    """Turn numpy scalars and arrays within extras into JSON, anything else into text."""
    return value.tolist() if isinstance(value, (np.generic, np.ndarray)) else str(value)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
