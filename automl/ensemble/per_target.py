"""One ensemble for each of several targets, in the form of a single one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble.model import EnsembleModel

__all__ = ["ModelPerTarget"]

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class ModelPerTarget:
    """Ensembles of the same encoded matrix.

    Parameters
    ----------
    models : tuple of EnsembleModel
        In the order of the targets; all for classes, or all for numbers.
    """

    models: tuple[EnsembleModel, ...]

    def __repr__(self) -> str:
        return f"ModelPerTarget({len(self.models)} ensembles)"

    def predict(self, X: Array) -> list[Array] | Array:
        """Probabilities of each target, or an ndarray of values, shape (n_rows, n_targets)."""
        predictions = [model.predict(X) for model in self.models]
        return predictions if self.models[0].n_classes else np.column_stack(predictions)

    def decode(self, probabilities: list[Array], classes: list[Array]) -> Array:
        """Labels of each target, shape (n_rows, n_targets)."""
        parts = zip(self.models, probabilities, classes, strict=True)
        return _side_by_side([model.decode(*predicted) for model, *predicted in parts])


def _side_by_side(labels: list[Array]) -> Array:
    """One column a target; labels keep their types where numpy would turn numbers into text."""
    numbers = {one.dtype.kind in "biuf" for one in labels}
    return np.column_stack([one.astype(object) for one in labels] if len(numbers) > 1 else labels)
