"""Out-of-fold predictions of candidates of a search by a second division into folds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset, make_folds
from automl.evaluation.evaluate import EvaluationJob, evaluate
from automl.evaluation.problem import Problem, load_problem, store_problem
from automl.execution import JobError
from automl.run.search import Search, config_seed

__all__ = ["MOST_ROWS", "predict_again"]

MOST_ROWS = 5_000
"""Of larger tables one division is precise enough."""
_SEED = 1

Array = npt.NDArray[Any]


def predict_again(search: Search, keys: Sequence[str], seconds: float) -> dict[str, Array]:
    """Run all folds of a second division for some candidates.

    Parameters
    ----------
    search : Search
        That has ended, with its workers.
    keys : sequence of str
    seconds : float
        For the folds of one candidate together.

    Returns
    -------
    dict
        Predictions by key, in the order of the validation rows of the first division; without
        candidates that did not get through all folds, and empty on large tables.
    """
    first, book = search.problem, search.book
    rows = book.validation_rows(tuple(range(len(first.folds))))
    if len(rows) >= MOST_ROWS:
        return {}
    problem = _second(first, np.sort(rows))
    folds = tuple(range(len(problem.folds)))
    waiting = {}
    for key in keys:
        config = book.configs[key]
        seed = config_seed(search.seed, config)
        job = EvaluationJob(str(problem.folder), config, 1.0, True, folds, seed, seconds)
        waiting[key] = search.executor.submit(evaluate, job)
    found = {}
    for key, future in waiting.items():
        try:
            done = len(future.result().value)
        except JobError as error:
            print(f"{book.configs[key]['learner']} is not run again: {error}", flush=True)
            continue
        if done == len(folds):
            found[key] = _in_order(problem, key, rows)
    return found


def _second(first: Problem, rows: Array) -> Problem:
    """Store the same table with other folds of its development rows."""
    _, X, y = load_problem(str(first.folder))
    made = make_folds(y[rows], first.task, len(first.folds), np.random.default_rng(_SEED))
    folds = tuple(replace(f, train=rows[f.train], validation=rows[f.validation]) for f in made)
    folder = first.folder / "second"
    folder.mkdir()
    problem = replace(first, folder=folder, folds=folds)
    store_problem(problem, Dataset(X, y, first.task, first.features, first.n_classes))
    return problem


def _in_order(problem: Problem, key: str, rows: Array) -> Array:
    parts = [np.load(problem.prediction_path(key, k)) for k in range(len(problem.folds))]
    seen = np.concatenate([fold.validation for fold in problem.folds])
    return np.asarray(np.concatenate(parts)[np.argsort(seen)][np.searchsorted(np.sort(seen), rows)])
