"""From a table and a target that were read to a model: one run, or one for each target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from automl.data import Target, Targets
from automl.estimators.fitted import Fitted
from automl.estimators.multi_target import fit_each
from automl.report import Progress
from automl.run.arguments import Declared
from automl.run.clock import BudgetClock
from automl.run.context import FitContext, Stages, Watchers
from automl.run.encoding import encode
from automl.run.fit import run_fit
from automl.run.target_settings import settings_for
from automl.run.workers import open_workers

if TYPE_CHECKING:
    import pandas as pd

    from automl.execution.local import ForkServer

__all__ = ["fit_on"]


def fit_on(
    table: pd.DataFrame,
    target: Target | Targets,
    declared: Declared,
    clock: BudgetClock,
    fork_server: ForkServer | None,
) -> Fitted:
    """Find, check and keep the best ensemble.

    Parameters
    ----------
    table : DataFrame
    target : Target or Targets
    declared : Declared
    clock : BudgetClock
        Of the whole call.
    fork_server : ForkServer, optional
        From which the workers come.

    Raises
    ------
    InvalidInputError
        If a setting does not fit a target, or there is nothing to learn.
    NothingFoundError
        If the run was interrupted before anything was found.
    """
    if isinstance(target, Targets):
        return fit_each(table, target, declared, clock, fork_server)
    return _fit_one(table, target, declared, clock, fork_server)


def _fit_one(
    table: pd.DataFrame,
    target: Target,
    declared: Declared,
    clock: BudgetClock,
    fork_server: ForkServer | None,
) -> Fitted:
    """Encode while the workers start, and run."""
    settings = settings_for(target, declared.settings, declared.test_values())
    with (
        open_workers(settings, fork_server) as workers,
        Progress(
            settings.time_limit,
            settings.max_trials,
            settings.metric,
            clock.elapsed(),
            settings.verbose,
        ) as progress,
    ):
        watchers = Watchers(
            (progress.started,), (progress.finished,), (progress.phase,), (progress.note,)
        )
        stages = Stages(clock, watchers)
        with stages("reading the table"):
            encoded = encode(table, target, declared, settings)
            workers.load_packages()
        result = run_fit(
            FitContext(
                dataset=encoded.dataset,
                scheme=encoded.scheme,
                earlier=declared.earlier,
                settings=settings,
                clock=clock,
                executor=workers.executor,
                store=workers.store,
                watchers=watchers,
                stages=stages,
            )
        )
    return Fitted.of_one(encoded.encoder, target, result)
