"""From a configuration to an estimator, and from tasks to the space of configurations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from automl.data import Feature, Task
from automl.pipelines.declaration import BuildSettings, Learner, TableFacts, TargetFacts
from automl.pipelines.pipeline import PipelineClassifier, PipelineRegressor
from automl.pipelines.preprocessing import after_screen, feature_choices, is_wide, prepare
from automl.pipelines.registry import LEARNERS, available_learners
from automl.pipelines.targets import target_parameters, target_settings
from automl.space import Categorical, Config, Float, Parameter, Space, When

__all__ = [
    "best_rounds",
    "build_pipeline",
    "is_anytime",
    "pipeline_space",
    "predicted_scaling",
    "uses_threads",
]

ROOT = "learner"
NOT_OF_MODELS = ("encoding", "smoothing", "imputation", "scaling", "basis", "features", "target")
"""Parameters of the preprocessing and of the target, which no model gets to see."""


def pipeline_space(
    task: Task,
    features: tuple[Feature, ...],
    n_rows: int,
    target: TargetFacts | None = None,
    weighted: bool = False,
) -> Space:
    """Search space of all pipelines for a table.

    Ranges are the same for all tables of a task, so that configurations carry over; parameters
    that cannot matter (encodings without categorical features) are left out.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    features : tuple of Feature
    n_rows : int
    target : TargetFacts, optional
        Of `automl.pipelines.target_facts`; None: nothing is known of the target.
    weighted : bool
        Whether rows have weights.

    Returns
    -------
    Space
        Root "learner"; every other parameter is named "<learner>:<name>".
    """
    known = TargetFacts() if target is None else target
    facts = TableFacts(task, features, n_rows, known, weighted)
    learners = [learner for learner in available_learners() if learner.serves(facts)]
    names = tuple(learner.name for learner in learners)
    parameters: list[Parameter] = [Categorical(ROOT, names, default=names[0])]
    for learner in learners:
        own = (*learner.parameters(facts), *_preparation_parameters(learner, facts))
        own = (*own, *target_parameters(learner.name, facts, own))
        parameters.extend(_prefixed(parameter, learner.name) for parameter in own)
    return Space(parameters)


def _preparation_parameters(learner: Learner, facts: TableFacts) -> list[Parameter]:
    """Choices of the preprocessing, where there is a choice that matters."""
    declared = learner.preparation
    found: list[Parameter] = []
    if facts.categorical and len(declared.encodings) > 1:
        found.append(Categorical("encoding", declared.encodings, default=declared.encodings[0]))
        statistical = tuple(e for e in declared.encodings if e in ("target", "both"))
        if statistical:
            when = When("encoding", statistical)
            found.append(Float("smoothing", 1.0, 100.0, default=10.0, log=True, when=when))
    if facts.numeric:
        for name, choices in (
            ("imputation", declared.imputations),
            ("scaling", declared.scalings),
            ("basis", declared.bases),
        ):
            if len(choices) > 1:
                found.append(Categorical(name, choices, default=choices[0]))
    features = feature_choices(declared.features, facts)
    if len(features) > 1:
        found.append(Categorical("features", features, default=features[0]))
    return found


def _prefixed(parameter: Parameter, learner: str) -> Parameter:
    when = (
        When(ROOT, (learner,))
        if parameter.when is None
        else When(f"{learner}:{parameter.when.parameter}", parameter.when.values)
    )
    return replace(parameter, name=f"{learner}:{parameter.name}", when=when)


def build_pipeline(
    config: Config | Mapping[str, Any],
    task: Task,
    features: tuple[Feature, ...],
    n_classes: int,
    seed: int,
    max_seconds: float | None = None,
    rounds: int | None = None,
) -> PipelineClassifier | PipelineRegressor:
    """Build the estimator that a configuration describes.

    Parameters
    ----------
    config : Config
    task : {"binary", "multiclass", "regression"}
    features : tuple of Feature
        Columns of the matrix that it will be fitted on.
    n_classes : int
        0 for regression.
    seed : int
        With ``max_seconds=None`` the same seed gives the same model.
    max_seconds : float, optional
        Learners that can hand back the best so far; None: the clock is never read.
    rounds : int, optional
        Fixed number of boosting rounds or epochs, for a refit without an inner split.

    Returns
    -------
    PipelineClassifier or PipelineRegressor
        Unfitted; ``fit(X, y)`` takes float32 rows with NaN and never writes into them.
    """
    learner = LEARNERS[config[ROOT]]
    prefix = f"{learner.name}:"
    values = {name.removeprefix(prefix): config[name] for name in config if name != ROOT}
    screened = learner.screened is not None and is_wide(features, learner.screened)
    seen = features[: learner.screened] if screened else features
    facts = TableFacts(task, seen, n_rows=0)
    prepared = prepare(values, learner.preparation, facts, seed)
    if screened:
        prepared = after_screen(prepared, len(seen), task)
    settings = BuildSettings(
        task, seen, prepared.categorical, n_classes, seed, rounds, prepared.monotone
    )
    own = {name: value for name, value in values.items() if name not in NOT_OF_MODELS}
    model = learner.build(own, settings)
    if task == "regression":
        of_target = target_settings(values)
        return PipelineRegressor(prepared.transformer, model, max_seconds, **of_target)
    return PipelineClassifier(prepared.transformer, model, max_seconds)


def best_rounds(pipeline: PipelineClassifier | PipelineRegressor) -> int | None:
    """Rounds or epochs of a fitted pipeline; None where its learner has none."""
    learner = getattr(pipeline, "learner_", None)  # missing where one class needed no learner
    rounds: int | None = getattr(learner, "rounds_", None)
    return rounds


def predicted_scaling(config: Config | Mapping[str, Any]) -> float:
    """Exponent with which the cost of a configuration grows with rows."""
    return LEARNERS[config[ROOT]].row_exponent


def is_anytime(config: Config | Mapping[str, Any]) -> bool:
    """Whether a fit that the clock ends early hands back a model that is worth having."""
    return LEARNERS[config[ROOT]].anytime


def uses_threads(config: Config | Mapping[str, Any]) -> bool:
    """Whether several threads make a fit nearly as many times faster."""
    return LEARNERS[config[ROOT]].threads
