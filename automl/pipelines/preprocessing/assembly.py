"""The steps that a configuration asks for, as one scikit-learn transformer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from automl.data import Feature, Task
from automl.pipelines.declaration import Preparation, TableFacts
from automl.pipelines.preprocessing.features import feature_blocks
from automl.pipelines.preprocessing.screen import WIDE, ColumnScreen

__all__ = ["Prepared", "after_screen", "is_wide", "prepare"]

MAX_CATEGORIES = 40
DENSE_COLUMNS = 400
SMOOTHING = 10.0


@dataclass(frozen=True)
class Prepared:
    """A transformer, and what is known of the columns of its output.

    Parameters
    ----------
    transformer : object or None
        None: the rows are passed on untouched.
    categorical : tuple of int
        Where native category codes stand.
    monotone : tuple of int
        Directions of the first columns; empty where there are no constraints.
    """

    transformer: Any
    categorical: tuple[int, ...]
    monotone: tuple[int, ...]


def prepare(
    values: Mapping[str, Any], preparation: Preparation, facts: TableFacts, seed: int
) -> Prepared:
    """Assemble the preprocessing of a pipeline.

    Parameters
    ----------
    values : mapping
        Active parameters of the learner, without prefix.
    preparation : Preparation
        What the learner declares; gives the choices that are no parameters.
    facts : TableFacts
    seed : int
    """
    encoding = values.get("encoding", preparation.encodings[0])
    numeric = _numeric_steps(values, preparation, seed)
    smoothing = values.get("smoothing", SMOOTHING)
    new = feature_blocks(values.get("features", "none"), smoothing, facts, seed)
    as_it_is = encoding == "native" or not facts.categorical
    if as_it_is and not numeric and not new and not facts.text:
        return Prepared(None, facts.categorical, _directions(facts, True))
    blocks: list[tuple[str, Any, Any]] = []
    # native codes stay where they are: new columns come behind
    codes_stay = encoding in ("native", "both")
    if codes_stay:
        blocks.append(("all", "passthrough", sorted((*facts.numeric, *facts.categorical))))
    elif facts.numeric:
        blocks.append(("numeric", numeric if numeric else "passthrough", list(facts.numeric)))
    if facts.categorical and encoding != "native":
        steps = _categorical_steps(encoding, smoothing, preparation, facts, seed)
        blocks.append(("categorical", steps, list(facts.categorical)))
    if facts.text:
        blocks.append(("text", _text_steps(preparation, facts, seed), list(facts.text)))
    from sklearn.compose import ColumnTransformer

    # a sparse block makes the whole sparse, whatever the density
    transformer = ColumnTransformer([*blocks, *new], sparse_threshold=1.0)
    categorical = facts.categorical if codes_stay else ()
    return Prepared(transformer, categorical, _directions(facts, codes_stay))


def is_wide(features: tuple[Feature, ...], most: int) -> bool:
    """Whether a table has far more columns than `most`, all of numbers that may go up and down."""
    return len(features) > max(WIDE, most) and all(
        feature.kind in ("numeric", "boolean") and not feature.monotone for feature in features
    )


def after_screen(prepared: Prepared, most: int, task: Task) -> Prepared:
    """The same preprocessing, of the columns that a screen leaves."""
    screen = ColumnScreen(most, classes=task != "regression")
    after = [] if prepared.transformer is None else [prepared.transformer]
    return replace(prepared, transformer=_chain([screen, *after]))


def _directions(facts: TableFacts, codes_stay: bool) -> tuple[int, ...]:
    """Directions of the original columns, which are passed on as they are where there are any."""
    if not facts.constrained:
        return ()
    kept = sorted((*facts.numeric, *facts.categorical)) if codes_stay else facts.numeric
    return tuple(facts.features[i].monotone for i in kept)


def _numeric_steps(values: Mapping[str, Any], preparation: Preparation, seed: int) -> Any:
    """Imputation, scaling, basis: those that are declared; None where there are none."""
    from automl.pipelines.preprocessing.basis import make_basis
    from automl.pipelines.preprocessing.imputation import Imputer
    from automl.pipelines.preprocessing.scaling import make_scaler

    steps: list[Any] = []
    if preparation.imputations:
        steps.append(Imputer(values.get("imputation", preparation.imputations[0])))
    if preparation.scalings:
        steps.append(make_scaler(values.get("scaling", preparation.scalings[0]), seed))
    if preparation.bases:
        basis = values.get("basis", preparation.bases[0])
        steps += [] if basis == "none" else [make_basis(basis)]
    return _chain(steps)


def _categorical_steps(
    encoding: str,
    smoothing: float,
    preparation: Preparation,
    facts: TableFacts,
    seed: int,
) -> Any:
    from automl.pipelines.preprocessing.encoding import OrdinalCodes, TargetStatistics, make_one_hot
    from automl.pipelines.preprocessing.scaling import StandardClipScaler

    if encoding == "onehot":
        levels = [facts.features[i].n_levels + 1 for i in facts.categorical]
        sparse = preparation.sparse and sum(levels) > DENSE_COLUMNS
        most = MAX_CATEGORIES
        if not sparse:
            most = max(2, min(most, DENSE_COLUMNS // len(levels)))
        return make_one_hot(most, sparse)
    if encoding == "ordinal":
        return OrdinalCodes()
    statistics = TargetStatistics(smoothing, facts.task == "regression", seed)
    return _chain([statistics, StandardClipScaler()]) if preparation.scalings else statistics


def _text_steps(preparation: Preparation, facts: TableFacts, seed: int) -> Any:
    from automl.pipelines.preprocessing.scaling import StandardClipScaler
    from automl.pipelines.preprocessing.text import TextNumbers

    numbers = TextNumbers(facts.task == "regression", seed)
    return _chain([numbers, StandardClipScaler()]) if preparation.scalings else numbers


def _chain(steps: list[Any]) -> Any:
    if len(steps) < 2:
        return steps[0] if steps else None
    from sklearn.pipeline import make_pipeline

    return make_pipeline(*steps)
