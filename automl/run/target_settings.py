"""What of the settings depends on the target: metrics, and the directions that it allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy.typing as npt

from automl.data import Target, rare_classes
from automl.data.directions import check_directions
from automl.exceptions import warn_user
from automl.metrics import check_domain, resolve_metric
from automl.run.settings import Settings

__all__ = ["settings_for"]


def settings_for(
    target: Target, settings: Settings, test_values: npt.NDArray[Any] | None
) -> Settings:
    """Settings with `Metric` objects in place of what the user named.

    Parameters
    ----------
    target : Target
    settings : Settings
    test_values : ndarray, optional
        The same target in the rows of the user's own test table.

    Raises
    ------
    InvalidInputError
        If a metric or a direction is not defined for the target.

    Warns
    -----
    DataWarning
        If there are classes with a single row.
    """
    metric = resolve_metric(settings.metric, target.task, target.classes)
    others = [resolve_metric(one, target.task, target.classes) for one in settings.metrics]
    for one in (metric, *others):
        check_domain(one, target.values)
        if test_values is not None:
            check_domain(one, test_values)
    check_directions(settings.monotonic_constraints, target.task)
    rare = rare_classes(target)
    if rare:
        shown = ", ".join(repr(label) for label in rare[:5])
        warn_user(
            f"{len(rare)} classes of {target.name!r} have a single row ({shown}): these rows train "
            "and are not scored."
        )
    return replace(settings, metric=metric, metrics=tuple(others))
