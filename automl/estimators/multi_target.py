"""Several targets of one table: one after another through the same run, on shared rows and time.

The table is read and encoded once, the workers are started once, the held-out rows are the same
for all targets, and each gets an equal share of the time that is left. What one target's run adds
to the own knowledge base is what the next one starts from. Reasons: docs/adr/0017.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from automl.data import (
    Dataset,
    Rows,
    TableEncoder,
    Target,
    Targets,
    naming_the_target,
    shared_strata,
    varies,
)
from automl.ensemble import EnsembleModel, ModelPerTarget
from automl.estimators.fitted import Fitted
from automl.exceptions import InvalidInputError, NothingFoundError, warn_user
from automl.history import History
from automl.metrics import Metric
from automl.report import Progress
from automl.run.arguments import Declared
from automl.run.clock import BudgetClock
from automl.run.context import FitContext, Stages, Watchers
from automl.run.finish import fallback
from automl.run.fit import RunResult, run_fit
from automl.run.mean_holdout import CheckedTarget, mean_of
from automl.run.scheme import Scheme
from automl.run.settings import Settings
from automl.run.target_settings import settings_for
from automl.run.validation import held_out_rows
from automl.run.workers import Workers, open_workers

if TYPE_CHECKING:
    import pandas as pd

    from automl.execution.local import ForkServer

__all__ = ["fit_each"]

_FEWEST_ROWS = 3
"""Of a target of numbers, besides the held-out ones."""


@dataclass(frozen=True, eq=False)
class _Part:
    """What the run of one target works on.

    Parameters
    ----------
    name : str
    dataset : Dataset
        The rows in which the target has a value.
    scheme : Scheme
    settings : Settings
    check_rows : ndarray of int64
        Rows that check, as positions in the table, or in the test table.
    """

    name: str
    dataset: Dataset
    scheme: Scheme
    settings: Settings
    check_rows: Rows

    @property
    def learnable(self) -> bool:
        """Whether the rows that do not check are enough to tell pipelines apart."""
        rows = np.arange(self.dataset.n_rows)
        if self.scheme.held_out is not None:
            rows = np.setdiff1d(rows, self.scheme.held_out)
        for one in (self.scheme.groups, self.scheme.order):
            if one is not None and len(np.unique(one[rows])) < 2:
                return False
        values, counts = np.unique(self.dataset.y[rows], return_counts=True)
        if self.dataset.n_classes == 0:
            return len(values) > 1 and len(rows) >= _FEWEST_ROWS
        return len(values) > 1 and int(counts.max()) > 1


def fit_each(
    table: pd.DataFrame,
    targets: Targets,
    declared: Declared,
    clock: BudgetClock,
    fork_server: ForkServer | None,
) -> Fitted:
    """Fit on several targets.

    Parameters
    ----------
    table : DataFrame
    targets : Targets
    declared : Declared
    clock : BudgetClock
        Of the whole call.
    fork_server : ForkServer, optional
        From which the workers come.

    Raises
    ------
    InvalidInputError
        If a setting does not fit a target, or no target can be learned.
    NothingFoundError
        If the run was interrupted before anything was found.
    """
    settings = _settings_of_each(targets, declared)
    with open_workers(declared.settings, fork_server) as workers:
        asked = declared.settings
        held_out = _held_out(targets, declared)
        development = np.setdiff1d(np.arange(targets.n_rows), held_out)
        encoder = TableEncoder().fit(
            table, asked.column_types, asked.monotonic_constraints, development
        )
        parts = _divide(table, targets, encoder, declared, settings, held_out)
        workers.load_packages()
        workers.wait_until_ready(clock)
        results = _run_each(parts, workers, clock)
    return _together(encoder, targets, parts, results)


def _settings_of_each(targets: Targets, declared: Declared) -> list[Settings]:
    """Settings with the metrics of each target; for those that do not vary, as they are."""
    settings, found = declared.settings, []
    if len({target.task for target in targets.each if varies(target)}) > 1 and (
        isinstance(settings.metric, str) and settings.metric == "auto"
    ):
        settings = replace(settings, metric="log_loss")  # a mean is of one metric
    for k, target in enumerate(targets.each):
        with naming_the_target(target.name):
            found.append(
                settings_for(target, settings, declared.test_values(k))
                if varies(target)
                else settings
            )
    return found


def _held_out(targets: Targets, declared: Declared) -> Rows:
    """Rows to check on, before anything looks at a cell; none where there is a test table."""
    if declared.test is not None:
        return np.arange(0)
    values, task = shared_strata(targets)
    scheme = Scheme(declared.settings.cv, declared.groups, declared.order)
    rng = np.random.default_rng(declared.settings.random_state)
    return held_out_rows(values, task, scheme, declared.settings, rng)[1]


def _divide(
    table: pd.DataFrame,
    targets: Targets,
    encoder: TableEncoder,
    declared: Declared,
    settings: list[Settings],
    held_out: Rows,
) -> list[_Part]:
    """Rows of each target; those that check are the same for all, as far as they have values."""
    values, task = shared_strata(targets)
    n_classes = 0 if task == "regression" else int(values.max()) + 1
    weights = declared.weights
    whole = Dataset(encoder.transform(table), values, task, encoder.features, n_classes, weights)
    test = None
    if declared.test is not None:
        matrix = encoder.transform(declared.test.table)
        test = replace(whole, X=matrix, y=np.zeros(len(matrix)), weights=None)
    scheme = Scheme(declared.settings.cv, declared.groups, declared.order, test)
    parts = []
    for k, target in enumerate(targets.each):
        rows = targets.rows[k]
        _check_positions(scheme, rows, targets, target)
        dataset = replace(
            whole if len(rows) == targets.n_rows else whole.take(rows),
            y=target.values,
            task=target.task,
            n_classes=target.n_classes,
        )
        own, checking = scheme, np.intersect1d(rows, held_out)
        if declared.test is not None and test is not None:
            checking = declared.test.rows[k]
            own_test = replace(dataset, X=test.X[checking], y=declared.test.values[k], weights=None)
            own = replace(own, test=own_test)
        else:
            own = replace(own, held_out=np.searchsorted(rows, checking))
        own = replace(own, groups=_of(scheme.groups, rows), order=_of(scheme.order, rows))
        parts.append(_Part(target.name, dataset, own, settings[k], checking))
    return parts


def _of(values: Rows | None, rows: Rows) -> Rows | None:
    return None if values is None else values[rows]


def _check_positions(scheme: Scheme, rows: Rows, targets: Targets, target: Target) -> None:
    from sklearn.model_selection import PredefinedSplit

    cv = scheme.cv
    positions = cv is not None and not isinstance(cv, int) and not hasattr(cv, "split")
    if len(rows) < targets.n_rows and (positions or isinstance(cv, PredefinedSplit)):
        raise InvalidInputError(
            f"`cv` must be a number or a splitter where a target has missing cells; got positions "
            f"of rows, and {target.name!r} has values in {len(rows)} of {targets.n_rows} rows: "
            "drop the other rows."
        )


def _run_each(parts: list[_Part], workers: Workers, clock: BudgetClock) -> list[RunResult]:
    learned = [part for part in parts if part.learnable]
    if not learned:
        raise InvalidInputError(
            "`y` must have a column that varies, with some rows besides the held-out ones; got "
            f"none in {len(parts)}: add rows."
        )
    _warn_of(
        [part.name for part in parts if not part.learnable], "cannot be learned, values do not vary"
    )
    found: dict[str, RunResult] = {}
    for k, part in enumerate(learned):
        if found and clock.remaining() <= 0.0:
            break
        share = clock.remaining() / (len(learned) - k) if clock.timed else None
        try:
            with naming_the_target(part.name):
                result = _run(part, workers, BudgetClock(share))
        except NothingFoundError:  # interrupted; what the targets before it have is kept
            if not found:
                raise
            break
        found[part.name] = result
        if result.info["interrupted"]:
            break
    _warn_of([part.name for part in learned if part.name not in found], "were not reached in time")
    metric = next(iter(found.values())).metric
    return [found[part.name] if part.name in found else _unlearned(part, metric) for part in parts]


def _run(part: _Part, workers: Workers, clock: BudgetClock) -> RunResult:
    """One target, in a space of the store of its own; the table is in there once for all."""
    store = workers.store.within(secrets.token_hex(4))
    settings = part.settings
    progress = Progress(clock.limit, settings.max_trials, settings.metric, 0.0, settings.verbose)
    try:
        with progress:
            watchers = Watchers(
                (progress.started,),
                (progress.finished,),
                (lambda phase: progress.phase(f"{part.name}: {phase}"),),
                (progress.note,),
            )
            return run_fit(
                FitContext(
                    dataset=part.dataset,
                    scheme=part.scheme,
                    earlier=None,
                    settings=settings,
                    clock=clock,
                    executor=workers.executor,
                    store=store,
                    watchers=watchers,
                    stages=Stages(clock, watchers),
                )
            )
    finally:
        store.clear()


def _warn_of(names: list[str], what: str) -> None:
    if names:
        warn_user(
            f"Of the targets, {', '.join(map(repr, names[:10]))} ({len(names)} in all) {what} and "
            "will be predicted by the shares of classes, or the mean."
        )


def _unlearned(part: _Part, metric: Metric) -> RunResult:
    """A target that is predicted by its prior."""
    prior, bounds = fallback(part.dataset.y, part.dataset.n_classes)
    model = EnsembleModel((), prior, part.dataset.n_classes, bounds)
    info = {"n_trials": 0, "n_members": 0, "n_models": 0, "interrupted": False}
    return RunResult(model, metric, None, np.zeros(0), True, History(), (), info)


def _together(
    encoder: TableEncoder, targets: Targets, parts: list[_Part], results: list[RunResult]
) -> Fitted:
    """The results of all targets in the form of one: lists where each target has its own."""
    checked = {
        part.name: CheckedTarget(result.holdout, result.errors, part.check_rows)
        for part, result in zip(parts, results, strict=True)
        if result.holdout is not None
    }
    infos = [result.info for result in results]
    info: dict[str, Any] = {
        name: sum(one[name] for one in infos) for name in ("n_trials", "n_members", "n_models")
    }
    info["interrupted"] = any(one["interrupted"] for one in infos)
    info["targets"] = {part.name: one for part, one in zip(parts, infos, strict=True)}
    return Fitted(
        encoder=encoder,
        names=targets.names,
        task=targets.task,
        reason=targets.reason,
        metric=results[0].metric.name,
        classes=targets.classes,
        model=ModelPerTarget(tuple(result.model for result in results)),
        holdout=mean_of(checked),
        refitted=all(result.refitted for result in results),
        history=[result.history for result in results],
        warm_start=[result.warm_start for result in results],
        info=info,
        each=tuple(
            Fitted.of_one(encoder, target, result)
            for target, result in zip(targets.each, results, strict=True)
        ),
    )
