"""What `automl.fit` does: the target says which estimator is fitted."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from automl.data import read_targets, read_training_table
from automl.estimators.base import AutoMLBase, check_target_is_given, limit_of
from automl.estimators.classifier import AutoMLClassifier
from automl.estimators.parameters import PARAMETERS
from automl.estimators.regressor import AutoMLRegressor
from automl.estimators.validation import check_parameters
from automl.run.arguments import Arguments, read_declared
from automl.run.clock import BudgetClock

if TYPE_CHECKING:
    from automl.execution.local import ForkServer

__all__ = ["fit_table"]

_OF_FIT = tuple(
    name
    for name, parameter in inspect.signature(AutoMLBase.fit).parameters.items()
    if parameter.kind is inspect.Parameter.KEYWORD_ONLY
)


def fit_table(
    X: Any,
    y: Any,
    task: str,
    settings: dict[str, Any],
    started: float,
    fork_server: ForkServer | None = None,
) -> AutoMLClassifier | AutoMLRegressor:
    """Carry out `automl.fit`; `started` is the clock's reading when that was entered."""
    limit = settings.get("time_limit", PARAMETERS["time_limit"].default)
    clock = BudgetClock(limit_of(limit), started)
    of_fit = {name: settings.pop(name) for name in _OF_FIT if name in settings}
    checked = check_parameters(settings, _OF_FIT)
    check_target_is_given(X, y)
    table, labels = read_training_table(X, y)
    target = read_targets(labels, task)
    given = Arguments(**of_fit, random_state=settings.get("random_state"))
    declared = read_declared(given, checked, table, y, target)
    kind = AutoMLRegressor if target.classes is None else AutoMLClassifier
    return kind(**settings)._fit(table, target, declared, clock, fork_server)
