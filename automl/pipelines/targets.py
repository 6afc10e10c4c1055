"""Transforms of a regression target, and what the search space may know of a target.

A learner that minimises squared error predicts a mean; the mean of transformed values is not
the transformed mean. Where the mean is wanted, the error is undone by Duan's smearing estimate
(Journal of the American Statistical Association 78, 1983), as a factor from training residuals.

Normal scores of ranks were tried beside the two transforms below, and were worse than both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from automl.data import Task
from automl.pipelines.declaration import Array, TableFacts, TargetFacts
from automl.pipelines.objectives import OF_POSITIVE
from automl.space import Categorical, Parameter, When

__all__ = [
    "TARGETS",
    "TargetTransform",
    "make_target",
    "target_facts",
    "target_parameters",
    "target_settings",
]

OBJECTIVES_OF_MEANS = ("", *OF_POSITIVE)
LOG_BY_DEFAULT = ("absolute", "mape", "log")
"""Metrics for which the logarithm of a skewed target is the default, for all learners."""
LEAST_SKEW = 0.4
AVERAGING = ("k_nearest_neighbors", "extra_trees", "random_forest")
"""Learners that average targets of similar rows: for a mean, no transform helps them."""


class TargetTransform(Protocol):
    """Fitted on training targets; `inverse` undoes `transform`."""

    def fit(self, y: Array) -> TargetTransform:
        """Learn what is needed."""
        ...

    def transform(self, y: Array) -> Array:
        """Targets that a learner is fitted on."""
        ...

    def inverse(self, z: Array) -> Array:
        """Predictions on the scale of the target."""
        ...


@dataclass
class Unchanged:
    """The target as it is."""

    def fit(self, y: Array) -> Unchanged:
        """Nothing to learn."""
        del y
        return self

    def transform(self, y: Array) -> Array:
        """The same."""
        return y

    def inverse(self, z: Array) -> Array:
        """The same."""
        return z


class Log:
    """Logarithm of the target, plus one where it can be 0; what is lower is shifted."""

    def fit(self, y: Array) -> Log:
        """Find the shift."""
        low = float(y.min())
        self.shift_ = 0.0 if low > 0 else 1.0 - min(low, 0.0)
        z = self.transform(y)
        self.bounds_ = (float(z.min()) - 1.0, float(z.max()) + 1.0)
        return self

    def transform(self, y: Array) -> Array:
        """Logarithms."""
        return np.asarray(np.log(np.maximum(y + self.shift_, 1e-300)))

    def inverse(self, z: Array) -> Array:
        """Exponentials, of nothing far from what was seen."""
        return np.asarray(np.exp(np.clip(z, *self.bounds_)) - self.shift_)


class YeoJohnson:
    """The power of Yeo and Johnson (Biometrika 87, 2000) that is closest to a normal target."""

    def fit(self, y: Array) -> YeoJohnson:
        """Find the power by maximum likelihood on the standardised target."""
        from sklearn.preprocessing import PowerTransformer

        self.center_, spread = float(y.mean()), float(y.std())
        self.spread_ = spread if spread > 0 else 1.0
        self.power_ = PowerTransformer().fit(self._standardised(y))
        z = self.transform(y)
        self.bounds_ = (float(z.min()) - 0.5, float(z.max()) + 0.5)
        return self

    def transform(self, y: Array) -> Array:
        """Powers."""
        return np.asarray(self.power_.transform(self._standardised(y)).ravel())

    def inverse(self, z: Array) -> Array:
        """Undo the power; nan, where a value is outside of its range, is the nearest bound."""
        inside = np.clip(z, *self.bounds_).reshape(-1, 1)
        y = self.power_.inverse_transform(inside).ravel()
        return np.asarray(np.nan_to_num(y, nan=0.0) * self.spread_ + self.center_)

    def _standardised(self, y: Array) -> Array:
        return np.asarray((y - self.center_) / self.spread_).reshape(-1, 1)


TARGETS: dict[str, Callable[[], Any]] = {
    "none": Unchanged,
    "log": Log,
    "yeo_johnson": YeoJohnson,
}


def target_parameters(
    learner: str, facts: TableFacts, own: Sequence[Parameter]
) -> tuple[Parameter, ...]:
    """Transforms of a target that is skewed to the right.

    Parameters
    ----------
    learner : str
    facts : TableFacts
    own : sequence of Parameter
        The other parameters of a learner: objectives of positive targets take no transform.

    Returns
    -------
    tuple of Parameter
        With the mean given back where the metric is one of means.
    """
    target = facts.target
    if facts.task != "regression":
        return ()
    names = _choices(target)
    if not names or (target.objective in OBJECTIVES_OF_MEANS and learner in AVERAGING):
        return ()
    objective = next((p for p in own if p.name == "objective"), None)
    when = None
    if isinstance(objective, Categorical):
        when = When("objective", tuple(c for c in objective.choices if c not in OF_POSITIVE))
    default = "log" if "log" in names and target.objective in LOG_BY_DEFAULT else "none"
    return (Categorical("target", ("none", *names), default=default, when=when),)


def _choices(target: TargetFacts) -> list[str]:
    """Transforms that suit a target, with the mean given back where the metric is one of means."""
    if target.objective == "log" and target.skew <= LEAST_SKEW:
        return ["log"]
    if not target.skew > LEAST_SKEW:
        return []
    useful = abs(target.log_skew) < target.skew or target.objective == "log"
    names = ["log", "yeo_johnson"] if useful else ["yeo_johnson"]
    return [f"{n}+mean" for n in names] if target.objective in OBJECTIVES_OF_MEANS else names


def target_facts(y: Array, task: Task, objective: str) -> TargetFacts:
    """Look at a target.

    Parameters
    ----------
    y : ndarray of shape (n_rows,)
        Class codes or values; no held-out rows.
    task : {"binary", "multiclass", "regression"}
    objective : str
        As in `TargetFacts`.

    Examples
    --------
    >>> target_facts(np.array([0, 0, 0, 1]), "binary", "").minority
    0.25
    """
    if task != "regression":
        counts = np.bincount(y)
        return TargetFacts(float(counts[counts > 0].min() / len(y)), objective=objective)
    lowest = float(y.min())
    log_skew = _skew(Log().fit(y).transform(y)) if lowest >= 0.0 else np.inf
    return TargetFacts(skew=_skew(y), log_skew=log_skew, objective=objective)


def _skew(y: Array) -> float:
    spread = float(y.std())
    return float(np.mean(((y - y.mean()) / spread) ** 3)) if spread > 0 else 0.0


def target_settings(values: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of a regressor from the parameters of a configuration."""
    name, _, mean = str(values.get("target", "none")).partition("+")
    positive = str(values.get("objective", "")) in OF_POSITIVE
    return {"target": name, "smear": mean == "mean", "positive": positive}


def make_target(name: str) -> TargetTransform:
    """Unfitted transform by its name."""
    transform: TargetTransform = TARGETS[name]()
    return transform
