"""Going on with a run: its trials are counted in, and what its process took along is made again.

Predictions are kept beside the record while a run goes on. Models are not: they are fitted again,
those of the chosen members only, from the same seeds. Reasons in docs/adr/0014-resume.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import FIRST_COMPLETED, wait
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from automl.evaluation.evaluate import EvaluationJob, FoldResult, evaluate
from automl.exceptions import InvalidInputError
from automl.execution import JobFuture
from automl.history import TrialResult, read_history
from automl.run.finish import Chosen
from automl.run.record import RunFolder
from automl.run.search import Search, config_seed
from automl.space import Space

__all__ = ["restore", "with_models"]

_GRACE_SECONDS = 0.5
_SHARE = 0.5
"""Part of the time left that predictions or models may take to be made again."""


def restore(search: Search, record: RunFolder, space: Space) -> int:
    """Count in the trials of an earlier run.

    Parameters
    ----------
    search : Search
        That has not begun.
    record : RunFolder
        Of the earlier run.
    space : Space

    Returns
    -------
    int
        Number of trials.
    """
    _, history = read_history(record.path, space)
    for result in history.results:
        _check_trial(result, len(search.rungs), len(search.problem.folds), record.path)
    search.take_over(history.results)
    missing: dict[str, tuple[int, ...]] = {}
    for key, folds in search.book.stored().items():
        lost = tuple(fold for fold in folds if not record.bring_back(key, fold))
        if lost:
            missing[key] = lost
    for key in missing.keys() - _remake(search, missing):
        search.book.drop(key)
    return len(history)


def _check_trial(result: TrialResult, n_rungs: int, n_folds: int, path: Path) -> None:
    """Refuse what no run writes: places in lists and names of files are made of it."""
    folds = result.details.get("folds", ())
    whole = type(result.info.rung) is int and 0 <= result.info.rung < n_rungs
    whole = whole and isinstance(folds, list | tuple) and all(_is_fold(f, n_folds) for f in folds)
    if not whole:
        raise InvalidInputError(
            f"`resume` must name a run whose record is whole; trial {result.info.number} in {path} "
            "has a rung or folds that no run writes: begin a new run."
        )


def _is_fold(values: Any, n_folds: int) -> bool:
    names = {field.name for field in fields(FoldResult)}
    if not isinstance(values, dict) or values.keys() != names:
        return False
    rest = [v for name, v in values.items() if name not in ("losses", "rounds")]
    numbers = _are_numbers(values["losses"]) and _are_numbers(rest)
    whole = all(type(values[name]) is int for name in ("fold", "n_train"))
    rounds = values["rounds"] is None or type(values["rounds"]) is int
    return numbers and whole and rounds and 0 <= values["fold"] < n_folds


def _are_numbers(values: Any) -> bool:
    known = isinstance(values, list | tuple) and bool(values)
    return known and all(isinstance(value, int | float) for value in values)


def with_models(chosen: tuple[Chosen, ...], search: Search) -> tuple[Chosen, ...]:
    """Fit the models of chosen members that are not there; what takes too long is left out."""
    problem = search.problem
    missing: dict[str, tuple[int, ...]] = {}
    for one in chosen:
        needed = one.folds if problem.bagged else one.folds[:1]
        lost = tuple(k for k in needed if not problem.has_model(one.key, str(k)))
        if lost:
            missing[one.key] = lost
    made = _remake(search, missing)
    return tuple(one for one in chosen if one.key not in missing or one.key in made)


def _remake(search: Search, wanted: Mapping[str, tuple[int, ...]]) -> set[str]:
    """Evaluate folds again; the configurations of which all were done."""
    clock = search.clock
    until = clock.elapsed() + _SHARE * clock.remaining() if clock.timed else math.inf
    jobs = [_job(search, key, fold) for key, folds in wanted.items() for fold in folds]
    pending: dict[JobFuture, EvaluationJob] = {}
    lost: set[str] = set()
    while jobs or pending:
        while jobs and len(pending) < search.executor.n_workers:
            job, left = jobs.pop(0), until - clock.elapsed()
            if left <= 0:
                lost.add(job.config.key)
                continue
            seconds = left if clock.timed else None
            timeout = left + _GRACE_SECONDS if clock.timed else None
            future = search.executor.submit(
                evaluate, replace(job, max_seconds=seconds), timeout=timeout
            )
            pending[future] = job
        wait(pending, return_when=FIRST_COMPLETED)
        for future in [one for one in pending if one.done()]:
            job = pending.pop(future)
            if future.exception() is not None or not future.result().value:
                lost.add(job.config.key)
    return set(wanted) - lost


def _job(search: Search, key: str, fold: int) -> EvaluationJob:
    book, problem = search.book, search.problem
    n_train, n_rows = book.of(key)[fold].n_train, len(problem.folds[fold].train)
    return EvaluationJob(
        store=problem.store,
        config=book.configs[key],
        # rounded up it is `n_train` again, whatever share of the rows that once was
        fraction=1.0 if n_train == n_rows else (n_train - 0.5) / n_rows,
        keep=True,
        folds=(fold,),
        seed=config_seed(search.seed, book.configs[key]),
        max_seconds=None,
    )
