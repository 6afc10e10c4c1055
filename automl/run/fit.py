"""One run from an encoded table to a checked model, as a list of steps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset, Rows
from automl.ensemble import EnsembleModel, Member
from automl.evaluation.problem import Problem, store_problem
from automl.evaluation.rungs import Rung, begins_whole, make_race, make_rungs
from automl.exceptions import KnowledgeBaseError, NothingFoundError, warn_user
from automl.execution import ArtifactStore, Executor
from automl.history import History, TrialInfo, TrialResult
from automl.knowledge import Advice, WarmStart
from automl.metrics import Metric
from automl.pipelines import pipeline_space, target_facts, variations_in
from automl.run import finish
from automl.run.advised import (
    expected_seconds,
    initial_proposals,
    look_up,
    race_proposals,
    task_histories,
)
from automl.run.clock import BudgetClock
from automl.run.costs import CostModel
from automl.run.design import current_design
from automl.run.interruption import Interruption
from automl.run.plan import Plan, make_plan
from automl.run.record import Earlier, RunFolder, describe_run
from automl.run.refitting import refit_members
from automl.run.reserve import Reserve
from automl.run.restore import restore, with_models
from automl.run.scheme import Scheme
from automl.run.search import Search, SearchSummary
from automl.run.settings import Settings
from automl.run.suspects import find_suspects, warn_of_suspects
from automl.run.validation import divide
from automl.run.write_back import write_back
from automl.search import Optimizer, Race, make_optimizer, make_race_optimizer
from automl.space import Space

__all__ = ["RunResult", "run_fit"]

_RACE = Race()
_TOP_AFTER = 10
"""Configurations that are tried on one fold before any is run on all of them."""


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
class Watchers:
    """Functions that are told what happens."""

    on_start: tuple[Callable[[TrialInfo], None], ...] = ()
    on_result: tuple[Callable[[TrialResult], None], ...] = ()
    on_phase: tuple[Callable[[str], None], ...] = ()
    on_note: tuple[Callable[[str], None], ...] = ()

    def phase(self, name: str) -> None:
        """Say which step begins."""
        for function in self.on_phase:
            function(name)

    def note(self, text: str) -> None:
        """Say something that stays to be read."""
        for function in self.on_note:
            function(text)


def run_fit(
    dataset: Dataset,
    scheme: Scheme,
    earlier: Earlier | None,
    settings: Settings,
    clock: BudgetClock,
    executor: Executor,
    store: ArtifactStore,
    watchers: Watchers,
) -> RunResult:
    """Search, choose, check and refit.

    Parameters
    ----------
    dataset : Dataset
        All rows, encoded.
    scheme : Scheme
        How they are to be divided.
    earlier : Earlier, optional
        Run to go on with.
    settings : Settings
        With `Metric` objects in place of what the user named.
    clock : BudgetClock
        Started when ``fit`` was entered.
    executor : Executor
    store : ArtifactStore
        Empty; its owner removes it.
    watchers : Watchers

    Raises
    ------
    NothingFoundError
        If the run was interrupted before any pipeline had been evaluated.
    """
    with Interruption(clock, watchers.note) as interruption:
        return _run_steps(
            dataset,
            scheme,
            earlier,
            settings,
            clock,
            executor,
            store,
            watchers,
            interruption,
        )


def _run_steps(
    dataset: Dataset,
    scheme: Scheme,
    earlier: Earlier | None,
    settings: Settings,
    clock: BudgetClock,
    executor: Executor,
    store: ArtifactStore,
    watchers: Watchers,
    interruption: Interruption,
) -> RunResult:
    rng = np.random.default_rng(settings.random_state)
    metric: Metric = settings.metric
    # 1. Held-out rows first: nothing below sees them before the check.
    division = divide(dataset, scheme, settings, store, rng)
    development, problem, checking = division.development, division.problem, division.checking
    store_problem(problem, dataset)
    # 2. What earlier runs say about tables like this one.
    space = _space(dataset, development, metric)
    header = describe_run(dataset, checking, problem, space, _settled(settings), earlier)
    if earlier is not None:
        earlier.check_same(header)
    known = look_up(settings.knowledge_base, dataset, development, metric, space, earlier)
    # 3. Search.
    resumed = earlier is not None
    n_train = len(problem.folds[0].train)
    plan = make_plan(dataset, n_train, settings, executor.n_workers)
    rungs = (
        make_race(n_train)
        if plan.few
        else make_rungs(len(development), len(problem.folds), all_folds=scheme.cv is not None)
    )
    reserve = Reserve(
        problem, dataset.y, clock, executor.n_workers, settings.refit is not False, resumed
    )
    search = Search(
        problem=problem,
        rungs=rungs,
        plan=plan,
        optimizer=_optimizer(plan, rungs, space, known.advice, dataset, development, settings),
        executor=executor,
        clock=clock,
        reserve=reserve,
        max_trials=settings.max_trials,
        seed=settings.random_state,
        on_start=list(watchers.on_start),
        on_result=[*watchers.on_result, *settings.callbacks],
        interruption=interruption,
        costs=CostModel(expected_seconds(known.advice, dataset)),
    )
    watchers.phase("searching")
    with _record(problem, header, known.advice.starts, earlier) as record:
        n_resumed = 0 if earlier is None or record is None else restore(search, record, space)
        if record is not None:
            search.on_result.insert(0, record.append)
        summary = search.run()
    cut_off = interruption.requested
    if cut_off and not search.book.configs:
        raise NothingFoundError(
            "`fit` was interrupted before the first pipeline was evaluated; got no model: "
            "call it again and give it some seconds."
        )
    # 4. Ensemble.
    watchers.phase("choosing the ensemble")
    checked = _ensemble(search, dataset, development, metric, resumed, rng)
    # 5. The one look at the held-out rows.
    watchers.phase("checking on held-out rows")
    holdout, errors = finish.check(
        checked, checking, metric, settings.metrics, rng, division.together
    )
    suspects = find_suspects(dataset.take(development), checking, settings.random_state)
    warn_of_suspects(suspects)
    # 6. Refit on all rows.
    interruption.doing = "what is not fitted on all rows in two seconds stays as it was checked"
    watchers.phase("refitting on all rows")
    model = _refit(checked, search, settings, dataset)
    # 7. Every run makes the next one better.
    history = search.optimizer.history
    if settings.write_back and record is not None:
        write_back(known, space.id, dataset, scheme, metric, history, model.members)
    refitted = bool(model.members) and all(member.refitted for member in model.members)
    info = _info(search, summary, clock, model, record)
    info.update(leakage=suspects.to_dict(), resumed_trials=n_resumed)
    if record is not None and not cut_off:
        record.discard_predictions()
    return RunResult(model, metric, holdout, errors, refitted, history, known.advice.starts, info)


def _space(dataset: Dataset, development: Rows, metric: Metric) -> Space:
    """All pipelines for the table; of its target only the rows of development are looked at."""
    facts = target_facts(dataset.y[development], dataset.task, metric.asked)
    weighted = dataset.weights is not None
    whole = pipeline_space(dataset.task, dataset.features, dataset.n_rows, facts, weighted)
    return current_design().space(whole)


def _settled(settings: Settings) -> dict[str, Any]:
    """Settings that a resumed run must share."""
    return {
        "metric": settings.metric.name,
        "optimizer": settings.optimizer,
        "seed": settings.random_state,
    }


def _optimizer(
    plan: Plan,
    rungs: tuple[Rung, ...],
    space: Space,
    advice: Advice,
    dataset: Dataset,
    development: Rows,
    settings: Settings,
) -> Optimizer:
    full = next(i for i, rung in enumerate(rungs) if rung.full)
    if plan.few:
        return make_race_optimizer(
            space,
            len(rungs),
            race_proposals(space, advice, full, _RACE.begun),
            settings.random_state,
            root="learner",
            variations=variations_in(space),
            race=_RACE,
            priors=task_histories(advice),
        )
    # Other strategies that know fidelities begin on subsets, as their names promise.
    whole = settings.optimizer == "bohb" and begins_whole(
        len(development), dataset.n_features, settings.time_limit
    )
    return make_optimizer(
        settings.optimizer,
        space,
        n_rungs=len(rungs),
        initial=initial_proposals(dataset.task, space, advice, full, whole),
        seed=settings.random_state,
        root="learner",
        first_to=full,
        top_after=_TOP_AFTER if rungs[-1].n_folds > 1 else 0,
        priors=task_histories(advice),
    )


def _ensemble(
    search: Search,
    dataset: Dataset,
    development: Rows,
    metric: Metric,
    resumed: bool,
    rng: np.random.Generator,
) -> EnsembleModel:
    """Members, their weights and what is done to their mean, from out-of-fold predictions."""
    chosen = finish.choose_members(search.book, dataset.y, metric, rng)
    if resumed:
        chosen = with_models(chosen, search)
    members = finish.load_members(chosen, search.book, search.problem)
    if not members:
        warn_user(_why_none(search.optimizer.history))
    prior, bounds = finish.fallback(dataset.take(development))
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


def _refit(
    checked: EnsembleModel,
    search: Search,
    settings: Settings,
    dataset: Dataset,
) -> EnsembleModel:
    if settings.refit is False or not checked.members:
        return checked
    members = refit_members(
        checked.members,
        search.book,
        search.problem,
        search.costs,
        search.executor,
        search.clock,
        dataset.y,
        settings.random_state,
        always=settings.refit is True,
    )
    prior, bounds = finish.fallback(dataset)
    return replace(checked, members=members, prior=prior, bounds=bounds)


def _record(
    problem: Problem,
    header: dict[str, Any],
    warm: tuple[WarmStart, ...],
    earlier: Earlier | None,
) -> AbstractContextManager[RunFolder | None]:
    """Where the run is recorded; nowhere, where nothing can be kept: the model is what counts."""
    if earlier is not None:
        return RunFolder(earlier.folder, problem)
    try:
        return RunFolder.create(problem, header, warm)
    except KnowledgeBaseError as error:
        warn_user(
            "Nothing of this run is kept beside the model, and later runs will not know of it: "
            f"{error}"
        )
        return nullcontext()


def _info(
    search: Search,
    summary: SearchSummary,
    clock: BudgetClock,
    model: EnsembleModel,
    record: RunFolder | None,
) -> dict[str, Any]:
    """Facts about the run, for reports and benchmarks."""
    members: tuple[Member, ...] = model.members
    statuses = Counter(str(result.status) for result in search.optimizer.history)
    return {
        "n_trials": summary.n_trials,
        "statuses": dict(statuses),
        "n_cancelled": summary.n_cancelled,
        "search_seconds": summary.seconds,
        "worker_utilization": summary.utilization,
        "interrupted": search.interruption.requested,
        "n_workers": search.executor.n_workers,
        "n_members": len(members),
        "n_models": sum(len(member.models) for member in members),
        "members": [(m.config["learner"], round(m.weight, 4), len(m.models)) for m in members],
        "refitted_members": sum(member.refitted for member in members),
        "seconds": clock.elapsed(),
        "history_path": None if record is None else str(record.path),
    }
