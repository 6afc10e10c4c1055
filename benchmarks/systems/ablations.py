"""Runs without one group of parts beside the whole system: what is each group worth.

A system ``automl-without-<group>`` searches a space that lacks choices of the group, or takes the
best single pipeline for the ensemble. All else is as in ``automl``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automl.metrics import Metric
from automl.space import Categorical, Parameter, Space, When
from benchmarks.systems.automl import PACKAGES, fit_automl
from benchmarks.systems.base import Fitted, Job, System

__all__ = [
    "FEATURES",
    "LEARNERS",
    "REGRESSION",
    "SYSTEMS",
    "LeftOut",
    "best_single",
    "has_any",
    "without",
]

Array = npt.NDArray[Any]
LeftOut: TypeAlias = Mapping[str, Sequence[Any]]
"""Choices by name of parameter, with or without its learner."""

FEATURES: LeftOut = {
    "features": ("all", "arithmetic", "crosses"),
    "encoding": ("target", "both"),
}
"""Steps that make columns, and statistics of the target in place of categories."""
LEARNERS: LeftOut = {
    "learner": ("mlp", "gaussian_process"),
    "extra_trees": (True,),
    "linear_tree": (True,),
    "basis": ("piecewise", "quadratic"),
}
"""Networks, kernels, random cuts, bent linear models; linear leaves are in stored results alone."""
REGRESSION: LeftOut = {"target": ("log+mean", "yeo_johnson+mean", "log", "yeo_johnson")}
"""Transforms of the target."""


def without(space: Space, left_out: LeftOut) -> Space:
    """Leave choices out of a space, and what is active with no other one.

    Parameters
    ----------
    space : Space
    left_out : mapping of str to sequence

    Examples
    --------
    >>> tree, mlp = When("learner", ("tree",)), When("learner", ("mlp",))
    >>> space = Space([
    ...     Categorical("learner", ("tree", "mlp"), default="tree"),
    ...     Categorical("tree:encoding", ("native", "target"), default="native", when=tree),
    ...     Categorical("mlp:basis", ("none", "piecewise"), default="none", when=mlp),
    ... ])
    >>> smaller = without(space, {"learner": ("mlp",), "encoding": ("target",)})
    >>> [(p.name, p.choices) for p in smaller.parameters]
    [('learner', ('tree',)), ('tree:encoding', ('native',))]
    """
    kept: dict[str, Parameter] = {}
    for parameter in space.parameters:
        when = _remaining(parameter.when, kept)
        if when is None and parameter.when is not None:
            continue
        kept[parameter.name] = _smaller(replace(parameter, when=when), left_out)
    return Space(tuple(kept.values()))


def has_any(config: Mapping[str, Any], left_out: LeftOut) -> bool:
    """Whether a configuration has one of the choices.

    Examples
    --------
    >>> has_any({"learner": "tree", "tree:encoding": "target"}, {"encoding": ("target",)})
    True
    """
    return any(value in left_out.get(_plain(name), ()) for name, value in config.items())


def _plain(name: str) -> str:
    """Name of a parameter without its learner."""
    return name.split(":")[-1]


def _remaining(when: When | None, kept: Mapping[str, Parameter]) -> When | None:
    """Condition on values that are still there; None where there are none."""
    if when is None or when.parameter not in kept:
        return None
    parent = kept[when.parameter]
    if not isinstance(parent, Categorical):
        return when
    values = tuple(value for value in when.values if value in parent.choices)
    return When(when.parameter, values) if values else None


def _smaller(parameter: Parameter, left_out: LeftOut) -> Parameter:
    unwanted = left_out.get(_plain(parameter.name), ())
    if not isinstance(parameter, Categorical) or not unwanted:
        return parameter
    choices = tuple(choice for choice in parameter.choices if choice not in unwanted)
    default = parameter.default if parameter.default in choices else choices[0]
    return replace(parameter, choices=choices, default=default)


def _fit_in_part_of_space(job: Job, left_out: LeftOut) -> Fitted:
    from automl.run.design import Design, designed

    with designed(Design(narrow=partial(without, left_out=left_out))):
        return fit_automl(job)


fit_without_features = partial(_fit_in_part_of_space, left_out=FEATURES)
fit_without_learners = partial(_fit_in_part_of_space, left_out=LEARNERS)
fit_without_regression = partial(_fit_in_part_of_space, left_out=REGRESSION)


def fit_without_ensembles(job: Job) -> Fitted:
    """Fit the best single pipeline, its predictions as they come."""
    from automl.ensemble import Postprocess
    from automl.run.design import Design, designed

    single = Design(
        weights=best_single, quick_weights=best_single, postprocess=lambda *_: Postprocess()
    )
    with designed(single):
        return fit_automl(job)


def best_single(predictions: Sequence[Array], y: Array, metric: Metric, *_: Any) -> Array:
    """All weight on the pipeline with the lowest loss."""
    losses = [metric.loss(y, prediction) for prediction in predictions]
    return np.asarray(np.eye(len(predictions))[int(np.argmin(losses))])


SYSTEMS = tuple(
    System(
        f"automl-without-{group}",
        f"benchmarks.systems.ablations:fit_without_{group}",
        PACKAGES,
        preload=("automl",),
    )
    for group in ("features", "learners", "ensembles", "regression")
)
