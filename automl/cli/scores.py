"""Score of a saved model on rows whose target is known, beside that of a constant."""

from __future__ import annotations

import math
import sys
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from automl.exceptions import InvalidInputError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from automl.metrics import Metric

__all__ = ["Scored", "known_rows", "score_on", "targets_in", "tell_scores"]


@dataclass(frozen=True)
class Scored:
    """A score on rows of a table.

    Parameters
    ----------
    target : str
    metric : str
    score : float
        In the metric's own sign.
    ci_low, ci_high : float
        95 % interval.
    constant_score : float
        Of the shares of classes, or the mean, of the training rows, predicted for every row.
    n_rows : int
        Rows in which the target is known.
    """

    target: str
    metric: str
    score: float
    ci_low: float
    ci_high: float
    constant_score: float
    n_rows: int

    def __str__(self) -> str:
        return (
            f"{self.metric} {self.score:.4f} (95 % interval {self.ci_low:.4f} to "
            f"{self.ci_high:.4f}, {self.n_rows} rows); a constant has {self.constant_score:.4f}"
        )

    def to_dict(self) -> dict[str, object]:
        """As values of JSON; None in place of an interval without an end."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }


def targets_in(model: Any, table: pd.DataFrame) -> list[Any]:
    """Fitted estimators of the targets that a table holds."""
    from automl.estimators import each_target

    return [one for one in each_target(model) if one.target_names_[0] in table.columns]


def known_rows(single: Any, table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows in which the target of an estimator has a value."""
    known: npt.NDArray[np.bool_] = table[single.target_names_[0]].notna().to_numpy(dtype=bool)
    return known


def score_on(single: Any, table: pd.DataFrame, metric: str | None = None) -> Scored:
    """Score a model of one target on the rows in which that is known.

    Parameters
    ----------
    single : fitted estimator
    table : DataFrame
        With the columns of the training table and the target.
    metric : str, optional
        None: the one that the model was searched with.

    Raises
    ------
    InvalidInputError
        If the metric is not known, or not defined for the target, no row has a value, or one has a
        value that the model does not know.
    """
    import numpy as np

    from automl.data import Dataset
    from automl.ensemble import EnsembleModel, Postprocess
    from automl.run.finish import check

    name = single.target_names_[0]
    rows = table[known_rows(single, table)]
    if rows.empty:
        raise InvalidInputError(
            f"The column {name!r} must have values to score predictions with; got none in "
            f"{len(table)} rows: pass a table in which the target is known."
        )
    y = _coded(single, rows[name])
    resolved = _metric(single, metric, y)
    matrix, model = single.encoder_.transform(rows), single.model_
    task = single.task_
    dataset = Dataset(matrix, y, task, single.encoder_.features, model.n_classes)
    holdout, _ = check(model, dataset, resolved, (), np.random.default_rng(0))
    if holdout is None:
        raise InvalidInputError("A table must have at least one row; got none: pass some.")
    constant: EnsembleModel = replace(model, members=(), postprocess=Postprocess())
    return Scored(
        target=name,
        metric=holdout.metric,
        score=holdout.score,
        ci_low=holdout.ci_low,
        ci_high=holdout.ci_high,
        constant_score=constant.postprocess.score(resolved, y, constant.predict(matrix)),
        n_rows=holdout.n_rows,
    )


def tell_scores(model: Any, table: pd.DataFrame) -> None:
    """Say on standard error how good predictions are, where the table holds the target."""
    for single in targets_in(model, table):
        name = single.target_names_[0]
        if not known_rows(single, table).any():
            continue
        try:
            said = str(score_on(single, table))
        except InvalidInputError as error:
            said = f"not scored, {error}"
        sys.stderr.write(f"automl: {name!r} is in the table: {said}\n")


def _coded(single: Any, labels: pd.Series[Any]) -> npt.NDArray[Any]:
    import numpy as np

    from automl.data import Target, code_like

    classes = getattr(single, "classes_", None)
    target = Target(single.task_, np.zeros(0), classes, single.target_names_[0], "")
    try:
        return code_like(target, labels)
    except InvalidInputError as error:
        raise InvalidInputError(
            f"The column {target.name!r} must hold values as in training: {error}"
        ) from error


def _metric(single: Any, asked: str | None, y: npt.NDArray[Any]) -> Metric:
    from automl.metrics import check_domain, resolve_metric

    name = single.metric_ if asked is None else asked
    try:
        found = resolve_metric(name, single.task_, getattr(single, "classes_", None))
    except InvalidInputError as error:
        if asked is not None:
            raise
        raise InvalidInputError(
            f"`--metric` must be given for this model, whose own metric {name!r} is a function "
            "that was not saved: name another one, such as auto."
        ) from error
    check_domain(found, y)
    return found
