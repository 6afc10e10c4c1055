"""One run from an encoded table to a checked model, as a list of steps."""

from __future__ import annotations

import hashlib
import secrets
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data import Dataset, holdout_split, make_folds, nested_order
from automl.ensemble import EnsembleModel, Member
from automl.evaluation.executor import LocalExecutor
from automl.evaluation.metrics import Metric
from automl.evaluation.problem import Problem, store_problem
from automl.evaluation.rungs import FOLDS, make_rungs
from automl.exceptions import (
    DataWarning,
    InvalidInputError,
    KnowledgeBaseError,
    NothingFoundError,
)
from automl.history import History, HistoryFile, TrialInfo, TrialResult
from automl.knowledge import (
    EvalRecord,
    KnowledgeBase,
    RunRecord,
    WarmStart,
    automl_home,
    open_knowledge_base,
    private_key,
    warm_start,
)
from automl.metafeatures import extract
from automl.pipelines import cold_portfolio, pipeline_space, target_facts
from automl.run import finish
from automl.run.clock import BudgetClock
from automl.run.reserve import Reserve
from automl.run.search import Search, SearchSummary
from automl.run.settings import Settings
from automl.search import Proposal, make_optimizer
from automl.space import Config, Space

__all__ = ["RunResult", "run_fit"]

Array = npt.NDArray[Any]

_TEST_SHARE = 0.2
_MOST_TEST_ROWS = 2_500
_TOP_AFTER = 10
"""Configurations that are tried on one fold before any is run on all of them."""
_WARM_TASKS = 5
_WARM_CONFIGS = 8


@dataclass(frozen=True, eq=False)
class RunResult:
    """What a run gives back."""

    model: EnsembleModel
    metric: Metric
    holdout: finish.Holdout | None
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

    def phase(self, name: str) -> None:
        """Say which step begins."""
        for function in self.on_phase:
            function(name)


def run_fit(
    dataset: Dataset,
    settings: Settings,
    clock: BudgetClock,
    executor: LocalExecutor,
    scratch: Path,
    watchers: Watchers,
) -> RunResult:
    """Search, choose, check and refit.

    Parameters
    ----------
    dataset : Dataset
        All rows, encoded.
    settings : Settings
        With `Metric` objects in place of what the user named.
    clock : BudgetClock
        Started when ``fit`` was entered.
    executor : LocalExecutor
    scratch : Path
        Empty folder; its owner removes it.
    watchers : Watchers

    Raises
    ------
    NothingFoundError
        If the run was interrupted before any pipeline had been evaluated.
    """
    rng = np.random.default_rng(settings.random_state)
    metric: Metric = settings.metric
    # 1. Held-out rows first: nothing below sees them before the check.
    development, held_out = _split(dataset, settings, rng)
    problem = _problem(dataset, development, metric, scratch, rng)
    store_problem(problem, dataset)
    # 2. What earlier runs say about tables like this one.
    facts = target_facts(dataset.y[development], dataset.task, metric.asked)
    weighted = dataset.weights is not None
    space = pipeline_space(dataset.task, dataset.features, dataset.n_rows, facts, weighted)
    knowledge = open_knowledge_base(settings.knowledge_base)
    meta = extract(dataset.take(development)) if knowledge is not None else {}
    warm = _warm_start(knowledge, meta, dataset.task, metric, space)
    # 3. Search.
    search = _search(problem, dataset, space, warm, settings, clock, executor, watchers)
    watchers.phase("searching")
    with _history_file(space, dataset, metric, settings.random_state) as record:
        search.on_result.insert(0, record.append)
        summary = search.run()
    if summary.interrupted and not search.book.configs:
        raise NothingFoundError(
            "`fit` was interrupted before the first pipeline was evaluated; got no model: "
            "call it again and give it some seconds."
        )
    # 4. Ensemble.
    watchers.phase("choosing the ensemble")
    chosen = finish.choose_members(search.book, dataset.y, metric, rng)
    prior, bounds = finish.fallback(dataset.take(development))
    members = finish.load_members(chosen, search.book, problem)
    if not members:
        warnings.warn(
            "No pipeline was finished in time, the model predicts the prior: raise `time_limit`.",
            DataWarning,
            stacklevel=4,
        )
    rule = finish.choose_postprocess(chosen, search.book, dataset.y, metric, rng)
    checked = EnsembleModel(members, prior, dataset.n_classes, bounds, rule)
    # 5. The one look at the held-out rows.
    watchers.phase("checking on held-out rows")
    holdout = finish.check(checked, dataset.take(held_out), metric, settings.metrics, rng)
    # 6. Refit on all rows.
    watchers.phase("refitting on all rows")
    model = _refit(checked, search, settings, dataset, held_out)
    # 7. Every run makes the next one better.
    if knowledge is not None and settings.write_back:
        _write_back(knowledge, dataset, meta, metric, space, search.optimizer.history)
    refitted = bool(model.members) and all(member.refitted for member in model.members)
    info = _info(search, summary, clock, model, record.path)
    return RunResult(model, metric, holdout, refitted, search.optimizer.history, warm, info)


def _split(dataset: Dataset, settings: Settings, rng: np.random.Generator) -> tuple[Array, Array]:
    if isinstance(settings.test_size, str):
        size = min(_TEST_SHARE, _MOST_TEST_ROWS / dataset.n_rows)
    else:
        size = settings.test_size
    if size == 0:
        return np.arange(dataset.n_rows), np.arange(0)
    return holdout_split(dataset.y, dataset.task, size, rng)


def _problem(
    dataset: Dataset, development: Array, metric: Metric, scratch: Path, rng: np.random.Generator
) -> Problem:
    """Folds over the development rows, with training rows in nested order."""
    task = dataset.task
    of_development = make_folds(dataset.y[development], task, FOLDS, rng)
    if not of_development:
        raise InvalidInputError(
            "`y` must have a class with at least two rows besides the held-out ones; got "
            f"{dataset.n_rows} rows in {dataset.n_classes} classes: add rows, or merge classes."
        )
    folds = tuple(
        replace(
            fold,
            train=nested_order(dataset.y, task, development[fold.train], rng),
            validation=development[fold.validation],
        )
        for fold in of_development
    )
    whole = len(development) == dataset.n_rows
    refit_folds = () if whole else make_folds(dataset.y, task, FOLDS, rng)
    return Problem(
        folder=scratch,
        task=task,
        n_classes=dataset.n_classes,
        features=dataset.features,
        metric=metric.searched,
        folds=folds,
        refit_folds=refit_folds,
    )


def _warm_start(
    knowledge: KnowledgeBase | None, meta: dict[str, float], task: str, metric: Metric, space: Space
) -> tuple[WarmStart, ...]:
    if knowledge is None:
        return ()
    return tuple(warm_start(knowledge, meta, task, metric.name, space, _WARM_TASKS, _WARM_CONFIGS))


def _search(
    problem: Problem,
    dataset: Dataset,
    space: Space,
    warm: tuple[WarmStart, ...],
    settings: Settings,
    clock: BudgetClock,
    executor: LocalExecutor,
    watchers: Watchers,
) -> Search:
    n_development = sum(len(fold.validation) for fold in problem.folds)
    rungs = make_rungs(n_development)
    optimizer = make_optimizer(
        settings.optimizer,
        space,
        n_rungs=len(rungs),
        initial=_initial(problem, space, warm),
        seed=settings.random_state,
        root="learner",
        first_to=next(i for i, rung in enumerate(rungs) if rung.full),
        top_after=_TOP_AFTER if rungs[-1].n_folds > 1 else 0,
    )

    return Search(
        problem=problem,
        rungs=rungs,
        optimizer=optimizer,
        executor=executor,
        clock=clock,
        reserve=Reserve(problem, dataset.y, clock, executor.n_workers, settings.refit is not False),
        max_trials=settings.max_trials,
        seed=settings.random_state,
        on_start=list(watchers.on_start),
        on_result=[*watchers.on_result, *settings.callbacks],
    )


def _initial(problem: Problem, space: Space, warm: tuple[WarmStart, ...]) -> list[Proposal]:
    """The first pipeline of the portfolio, then what won on similar tables, then the rest."""
    portfolio = [Proposal(c, "portfolio") for c in cold_portfolio(problem.task, space)]
    ordered = [*portfolio[:1], *(Proposal(w.config, "prior") for w in warm), *portfolio[1:]]
    unique: dict[Config, Proposal] = {}
    for proposal in ordered:
        unique.setdefault(proposal.config, proposal)
    return list(unique.values())


def _refit(
    checked: EnsembleModel,
    search: Search,
    settings: Settings,
    dataset: Dataset,
    held_out: Array,
) -> EnsembleModel:
    if settings.refit is False or not checked.members:
        return checked
    n_folds = len(search.problem.folds)
    partial = [m for m in checked.members if len(m.models) < n_folds or len(held_out)]
    complete = [replace(m, refitted=True) for m in checked.members if m not in partial]
    if not partial:
        return replace(checked, members=tuple(complete))
    members = finish.refit_members(
        tuple(partial),
        search.book,
        search.problem,
        search.costs,
        search.executor,
        search.clock,
        dataset.n_rows,
        settings.random_state,
        always=settings.refit is True,
    )
    prior, bounds = finish.fallback(dataset)
    return replace(checked, members=(*complete, *members), prior=prior, bounds=bounds)


def _history_file(space: Space, dataset: Dataset, metric: Metric, seed: int) -> HistoryFile:
    """A file of its own for each run, readable while the run goes on and after a crash."""
    name = f"{time.strftime('%Y%m%dT%H%M%S')}-{secrets.token_hex(4)}"
    folder = automl_home() / "runs" / name
    try:
        folder.mkdir(parents=True)
    except OSError as error:
        raise KnowledgeBaseError(
            f"`AUTOML_HOME` must be a folder that can be written; {automl_home()} failed with "
            f"{error.strerror}: set it to another one."
        ) from error
    file = HistoryFile(folder / "history.jsonl")
    file.write_header(
        {
            "space": space.id,
            "task": dataset.task,
            "metric": metric.name,
            "seed": seed,
            "n_rows": dataset.n_rows,
            "n_features": dataset.n_features,
        }
    )
    return file


def _write_back(
    knowledge: KnowledgeBase,
    dataset: Dataset,
    meta: dict[str, float],
    metric: Metric,
    space: Space,
    history: History,
) -> None:
    """Add the run to the own knowledge base; a model is never lost because that fails."""
    try:
        knowledge.add(_run_record(dataset, meta, metric, space, history))
    except KnowledgeBaseError as error:
        warnings.warn(
            f"The run was not added to the knowledge base, the model is not affected: {error}",
            DataWarning,
            stacklevel=5,
        )


def _run_record(
    dataset: Dataset, meta: dict[str, float], metric: Metric, space: Space, history: History
) -> RunRecord:
    digest = hashlib.sha256(repr([f.name for f in dataset.features]).encode())
    digest.update(np.ascontiguousarray(dataset.X).tobytes())
    digest.update(np.ascontiguousarray(dataset.y).tobytes())
    key = private_key(automl_home(), digest.digest())
    evals = tuple(
        EvalRecord(
            config=result.info.config.to_dict(),
            config_key=result.info.config.key,
            rung=result.info.rung,
            status=result.status,
            loss=result.loss,
            cpu_seconds=round(result.cpu_seconds, 4),
            wall_seconds=round(result.wall_seconds, 4),
        )
        for result in history.results
    )
    return RunRecord(
        dataset_key=key,
        name=f"table {key[:8]}",
        task=dataset.task,
        metric=metric.name,
        metafeatures=meta,
        space_id=space.id,
        evals=evals,
    )


def _info(
    search: Search,
    summary: SearchSummary,
    clock: BudgetClock,
    model: EnsembleModel,
    history_path: Path,
) -> dict[str, Any]:
    """Facts about the run, for reports and benchmarks."""
    members: tuple[Member, ...] = model.members
    return {
        "n_trials": summary.n_trials,
        "search_seconds": summary.seconds,
        "worker_utilization": summary.utilization,
        "interrupted": summary.interrupted,
        "n_workers": search.executor.n_workers,
        "n_members": len(members),
        "n_models": sum(len(member.models) for member in members),
        "members": [(m.config["learner"], round(m.weight, 4), len(m.models)) for m in members],
        "refitted_members": sum(member.refitted for member in members),
        "seconds": clock.elapsed(),
        "history_path": str(history_path),
    }
