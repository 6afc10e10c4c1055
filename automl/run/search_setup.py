"""Put a search together: how long an evaluation may take, at which fidelities, what comes first."""

from __future__ import annotations

from automl.evaluation.rungs import Rung, begins_whole, make_race, make_rungs
from automl.pipelines import variations_in
from automl.run.advised import (
    expected_seconds,
    initial_proposals,
    race_proposals,
    task_histories,
)
from automl.run.context import FitContext
from automl.run.costs import CostModel
from automl.run.interruption import Interruption
from automl.run.plan import RACE, Plan, make_plan
from automl.run.refitting import is_refitted
from automl.run.reserve import Reserve
from automl.run.search import Search
from automl.run.task import TaskContext
from automl.run.validation import Division
from automl.search import Optimizer, make_optimizer, make_race_optimizer

__all__ = ["make_search"]

_TOP_AFTER = 10
"""Configurations that are tried on one fold before any is run on all of them."""


def make_search(
    context: FitContext, division: Division, task: TaskContext, interruption: Interruption
) -> Search:
    """A search that has not begun."""
    problem, settings = division.problem, context.settings
    n_train, n_workers = len(problem.folds[0].train), context.executor.n_workers
    plan = make_plan(context.dataset, n_train, settings, n_workers)
    n_rows, all_folds = len(division.development), context.scheme.cv is not None
    rungs = make_race(n_train) if plan.few else make_rungs(n_rows, len(problem.folds), all_folds)
    return Search(
        problem=problem,
        rungs=rungs,
        plan=plan,
        optimizer=_optimizer(context, n_rows, task, plan, rungs),
        executor=context.executor,
        clock=context.clock,
        reserve=Reserve(
            problem,
            context.dataset.y,
            context.clock,
            n_workers,
            refit=is_refitted(settings.refit, problem, context.dataset.n_rows),
            resumed=context.earlier is not None,
        ),
        max_trials=settings.max_trials,
        seed=context.seed,
        on_start=list(context.watchers.on_start),
        on_result=[*context.watchers.on_result, *settings.callbacks],
        interruption=interruption,
        costs=CostModel(expected_seconds(task.known.advice, context.dataset)),
    )


def _optimizer(
    context: FitContext, n_rows: int, task: TaskContext, plan: Plan, rungs: tuple[Rung, ...]
) -> Optimizer:
    space, advice, dataset = task.space, task.known.advice, context.dataset
    full = next(i for i, rung in enumerate(rungs) if rung.full)
    if plan.few:
        return make_race_optimizer(
            space,
            len(rungs),
            race_proposals(space, advice, full, RACE.begun),
            context.seed,
            root="learner",
            variations=variations_in(space),
            race=RACE,
            priors=task_histories(advice),
        )
    name, limit = context.settings.optimizer, context.settings.time_limit
    # Other strategies that know fidelities begin on subsets, as their names promise.
    whole = name == "bohb" and begins_whole(n_rows, dataset.n_features, limit)
    return make_optimizer(
        name,
        space,
        n_rungs=len(rungs),
        initial=initial_proposals(dataset.task, space, advice, full, whole),
        seed=context.seed,
        root="learner",
        first_to=full,
        top_after=_TOP_AFTER if rungs[-1].n_folds > 1 else 0,
        priors=task_histories(advice),
    )
