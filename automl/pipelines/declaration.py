"""What a learner declares: its parameters, what it wants its input to look like, how it is built.

A learner is one file under `automl.pipelines.learners` that ends in a `Learner`. Its model sees
prepared rows and prepared targets only (`PreparedRows`, contiguous class codes, standardised
values), so that nothing about labels, missing classes or scales is repeated from file to file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from automl.data import Feature, Task
from automl.pipelines.clock import Clock
from automl.space import Parameter

__all__ = [
    "Array",
    "BuildSettings",
    "Encoding",
    "Learner",
    "Model",
    "Preparation",
    "TableFacts",
    "TargetFacts",
]

Array = npt.NDArray[Any]
"""Any numpy array; learners that say so also take scipy sparse rows."""

Encoding = Literal["native", "ordinal", "onehot", "target", "both"]
"""How categorical codes reach a learner; "both" is native codes and target statistics."""


@dataclass(frozen=True)
class TargetFacts:
    """What is known of a target before the search.

    Parameters
    ----------
    minority : float
        Share of the rarest class.
    skew : float
        Third standardised moment of a regression target.
    log_skew : float
        That of its logarithm, or of ``log(1 + y)`` where the target can be 0.
    objective : str
        What the metric asks for: "label" where labels are counted, "ranking"; "absolute",
        "quantile_<level>", "mape", "log", "poisson", "gamma" or "tweedie" for regression; "" for
        the usual.
    """

    minority: float = 0.5
    skew: float = 0.0
    log_skew: float = np.inf
    objective: str = ""


@dataclass(frozen=True)
class TableFacts:
    """What the search space of a learner may depend on.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    features : tuple of Feature
    n_rows : int
    target : TargetFacts
    weighted : bool
        Whether rows have weights.
    """

    task: Task
    features: tuple[Feature, ...]
    n_rows: int
    target: TargetFacts = TargetFacts()
    weighted: bool = False

    @property
    def constrained(self) -> bool:
        """Whether predictions must be monotone in a feature."""
        return any(f.monotone for f in self.features)

    @property
    def numeric(self) -> tuple[int, ...]:
        """Positions of the numeric and boolean features."""
        return tuple(i for i, f in enumerate(self.features) if f.kind in ("numeric", "boolean"))

    @property
    def categorical(self) -> tuple[int, ...]:
        """Positions of the categorical features."""
        return tuple(i for i, f in enumerate(self.features) if f.kind == "categorical")

    @property
    def text(self) -> tuple[int, ...]:
        """Positions of hashed words, which stand behind all other features."""
        return tuple(i for i, f in enumerate(self.features) if f.kind == "text")


@dataclass(frozen=True)
class BuildSettings:
    """Everything besides its parameters that a model is built from.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    features : tuple of Feature
        Of the encoded matrix, before preparation.
    categorical : tuple of int
        Columns of the *prepared* rows that hold native category codes.
    n_classes : int
        0 for regression.
    seed : int
    rounds : int, optional
        Fixed number of rounds or epochs; None lets the model find it.
    monotone : tuple of int
        Direction for the first columns of the *prepared* rows; empty: none.
    """

    task: Task
    features: tuple[Feature, ...]
    categorical: tuple[int, ...]
    n_classes: int
    seed: int
    rounds: int | None
    monotone: tuple[int, ...] = ()


@dataclass(frozen=True)
class Preparation:
    """The preprocessing choices of a learner; the first of each is its default.

    Parameters
    ----------
    encodings : tuple of str
        A single one is taken without becoming a parameter; more become "<learner>:encoding".
    imputations, scalings : tuple of str
        Empty where the learner takes missing cells, or unscaled numbers, as they are.
    features : tuple of str
        Steps that add columns: "none", "all", "arithmetic", "crosses".
    sparse : bool
        Whether wide one-hot blocks may stay sparse.
    """

    encodings: tuple[Encoding, ...]
    imputations: tuple[str, ...] = ()
    scalings: tuple[str, ...] = ()
    bases: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    sparse: bool = False


class Model(Protocol):
    """A learner's model: what stands behind the preprocessing of a pipeline.

    `fit` never writes into its arguments. Learners that take weights get those of the rows as a
    fourth argument where there are some. Targets are class codes ``0..k-1``, all of them present
    and ``k >= 2``, or standardised float64 values. `predict` returns probabilities
    ``(n_rows, k)`` or values ``(n_rows,)``. Models with rounds or epochs set `rounds_`.
    """

    def fit(self, X: Any, y: Array, clock: Clock) -> Model:
        """Fit, watching the clock."""
        ...

    def predict(self, X: Any) -> Array:
        """Probabilities or values of new rows."""
        ...


@dataclass(frozen=True)
class Learner:
    """One learner of the search space.

    Parameters
    ----------
    name : str
        The value of the root parameter "learner", and the prefix of its own parameters.
    parameters : callable
        `TableFacts` to parameters, named without the prefix, parents before children.
    preparation : Preparation
    build : callable
        Active values (without the prefix) and settings to an unfitted model.
    row_exponent : float
        Cost of fitting and predicting grows with rows to this power.
    requires : str, optional
        A package without which the learner stays out of the space.
    weights, monotone : bool
        Whether its model takes weights of rows, or keeps monotonic constraints; where they are
        asked for, learners that do not stay out of the space.
    anytime : bool
        Whether a fit that the clock ends early hands back a model that is worth having.
    screened : int, optional
        Columns of a very wide table of numbers that it gets to see; None: all.
    threads : bool
        Whether several threads make a fit nearly as many times faster.
    """

    name: str
    parameters: Callable[[TableFacts], tuple[Parameter, ...]]
    preparation: Preparation
    build: Callable[[Mapping[str, Any], BuildSettings], Model]
    row_exponent: float = 1.0
    requires: str | None = None
    weights: bool = False
    monotone: bool = False
    anytime: bool = False
    screened: int | None = 2_000
    threads: bool = False

    def serves(self, facts: TableFacts) -> bool:
        """Whether it can do what is asked for."""
        return (self.weights or not facts.weighted) and (self.monotone or not facts.constrained)


def n_outputs(y: Array, task: Task) -> int:
    """Columns of what a model predicts: classes present, or one for regression."""
    return 1 if task == "regression" else int(np.max(y)) + 1
