"""One run from an encoded table to a checked model, as a list of steps."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble import EnsembleModel, Member
from automl.evaluation.problem import store_problem
from automl.exceptions import KnowledgeBaseError, NothingFoundError, warn_user
from automl.history import History
from automl.knowledge import WarmStart
from automl.metrics import Metric
from automl.run import finish
from automl.run.context import FitContext
from automl.run.interruption import Interruption
from automl.run.record import RunFolder
from automl.run.refitting import is_refitted, refit_members
from automl.run.restore import restore, with_models
from automl.run.search import Search, SearchSummary
from automl.run.search_setup import make_search
from automl.run.suspects import Suspects, find_suspects, warn_of_suspects
from automl.run.task import TaskContext, describe_task
from automl.run.validation import Division, divide
from automl.run.write_back import write_back

__all__ = ["RunResult", "run_fit"]


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a run gives back."""

    model: EnsembleModel
    metric: Metric
    holdout: finish.Holdout | None
    errors: npt.NDArray[np.float64]
    refitted: bool
    history: History
    warm_start: tuple[WarmStart, ...]
    info: dict[str, Any]


@dataclass(frozen=True)
class _Searched:
    """How a search ended.

    Parameters
    ----------
    summary : SearchSummary
    record : RunFolder or None
        Where its trials are written down; None where nothing could be kept.
    n_resumed : int
        Trials of the run that was gone on with.
    """

    summary: SearchSummary
    record: RunFolder | None
    n_resumed: int


def run_fit(context: FitContext) -> RunResult:
    """Search, choose, check and refit.

    Raises
    ------
    NothingFoundError
        If the run was interrupted before any pipeline had been evaluated.
    """
    stage, rng = context.stages, np.random.default_rng(context.seed)
    with Interruption(context.clock, context.watchers.note) as interruption:
        with stage("dividing the rows"):  # held-out rows first: nothing below sees them
            division = divide(context.dataset, context.scheme, context.settings, context.store, rng)
            store_problem(division.problem, context.dataset)
        with stage("asking the knowledge base"):
            task = describe_task(context, division)
        with stage("searching"):
            search = make_search(context, division, task, interruption)
            searched = _run_search(context, search, task)
        with stage("choosing the ensemble"):
            checked = _choose(context, division, search, rng)
        with stage("checking on held-out rows"):  # the one look at them
            holdout, errors = _check(context, division, checked, rng)
            suspects = _suspects(context, division)
        interruption.doing = "what is not fitted on all rows in two seconds stays as it was checked"
        with stage("refitting on all rows"):
            model = _refit(context, checked, search)
        with stage("writing back"):  # every run makes the next one better
            _write_back(context, task, search, searched, model)
    return RunResult(
        model=model,
        metric=context.metric,
        holdout=holdout,
        errors=errors,
        refitted=bool(model.members) and all(member.refitted for member in model.members),
        history=search.optimizer.history,
        warm_start=task.known.advice.starts,
        info=_info(context, search, searched, suspects, model),
    )


def _run_search(context: FitContext, search: Search, task: TaskContext) -> _Searched:
    """Search, with each trial on record, after those of the run that is gone on with."""
    with _record(context, search, task) as record:
        n_resumed = 0
        if context.earlier is not None and record is not None:
            n_resumed = restore(search, record, task.space)
        if record is not None:
            search.on_result.insert(0, record.append)
        summary = search.run()
    if search.interruption.requested and not search.book.configs:
        raise NothingFoundError(
            "`fit` was interrupted before the first pipeline was evaluated; got no model: "
            "call it again and give it some seconds."
        )
    return _Searched(summary, record, n_resumed)


def _record(
    context: FitContext, search: Search, task: TaskContext
) -> AbstractContextManager[RunFolder | None]:
    """Where the run is recorded; nowhere, where nothing can be kept: the model is what counts."""
    if context.earlier is not None:
        return RunFolder(context.earlier.folder, search.problem)
    try:
        return RunFolder.create(search.problem, task.header, task.known.advice.starts)
    except KnowledgeBaseError as error:
        warn_user(
            "Nothing of this run is kept beside the model, and later runs will not know of it: "
            f"{error}"
        )
        return nullcontext()


def _choose(
    context: FitContext, division: Division, search: Search, rng: np.random.Generator
) -> EnsembleModel:
    """Members, their weights and what is done to their mean, from out-of-fold predictions."""
    dataset, metric = context.dataset, context.metric
    chosen = finish.choose_members(search.book, dataset.y, metric, rng)
    if context.earlier is not None:
        chosen = with_models(chosen, search)
    members = finish.load_members(chosen, search.book, search.problem)
    if not members:
        warn_user(_why_none(search.optimizer.history))
    prior, bounds = finish.fallback(dataset.y[division.development], dataset.n_classes)
    rule = finish.choose_postprocess(chosen, search.book, dataset.y, metric, rng)
    return EnsembleModel(members, prior, dataset.n_classes, bounds, rule)


def _why_none(history: History) -> str:
    """Why there is no pipeline: the most frequent failure, or the time."""
    reasons = Counter(r.message for r in history if r.failed and r.status != "timeout")
    if not reasons:
        return "No pipeline was finished in time, the model predicts the prior: raise `time_limit`."
    (reason, n), *_ = reasons.most_common(1)
    return (
        f"None of {len(history)} evaluations gave a pipeline, the model predicts the prior; "
        f"{n} ended with: {reason}."
    )


def _check(
    context: FitContext, division: Division, checked: EnsembleModel, rng: np.random.Generator
) -> tuple[finish.Holdout | None, npt.NDArray[np.float64]]:
    return finish.check(
        checked,
        division.checking,
        context.metric,
        context.settings.metrics,
        rng,
        division.together,
    )


def _suspects(context: FitContext, division: Division) -> Suspects:
    training = context.dataset.take(division.development)
    suspects = find_suspects(training, division.checking, context.seed)
    warn_of_suspects(suspects)
    return suspects


def _refit(context: FitContext, checked: EnsembleModel, search: Search) -> EnsembleModel:
    refit, n_rows = context.settings.refit, context.dataset.n_rows
    if not is_refitted(refit, search.problem, n_rows) or not checked.members:
        return checked
    members = refit_members(
        checked.members,
        search.book,
        search.problem,
        search.costs,
        search.executor,
        search.clock,
        context.dataset.y,
        context.seed,
        always=refit is True,
    )
    prior, bounds = finish.fallback(context.dataset.y, context.dataset.n_classes)
    return replace(checked, members=members, prior=prior, bounds=bounds)


def _write_back(
    context: FitContext,
    task: TaskContext,
    search: Search,
    searched: _Searched,
    model: EnsembleModel,
) -> None:
    """Add the run to the knowledge base, and forget what only a later trial would need."""
    if searched.record is None:
        return
    if context.settings.write_back:
        write_back(
            task.known,
            task.space.id,
            context.dataset,
            context.scheme,
            context.metric,
            search.optimizer.history,
            model.members,
        )
    if not search.interruption.requested:
        searched.record.discard_predictions()


def _info(
    context: FitContext,
    search: Search,
    searched: _Searched,
    suspects: Suspects,
    model: EnsembleModel,
) -> dict[str, Any]:
    """Facts about the run, for reports and benchmarks."""
    members: tuple[Member, ...] = model.members
    summary, record = searched.summary, searched.record
    return {
        "n_trials": summary.n_trials,
        "statuses": dict(Counter(str(one.status) for one in search.optimizer.history)),
        "n_cancelled": summary.n_cancelled,
        "resumed_trials": searched.n_resumed,
        "search_seconds": summary.seconds,
        "worker_utilization": summary.utilization,
        "interrupted": search.interruption.requested,
        "n_workers": search.executor.n_workers,
        "few_fits": search.plan.few,
        "n_members": len(members),
        "n_models": sum(len(member.models) for member in members),
        "members": [(m.config["learner"], round(m.weight, 4), len(m.models)) for m in members],
        "refitted_members": sum(member.refitted for member in members),
        "leakage": suspects.to_dict(),
        "stage_seconds": context.stages.seconds,
        "seconds": context.clock.elapsed(),
        "history_path": None if record is None else str(record.path),
    }
