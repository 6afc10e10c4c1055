"""The fitted ensemble: members with weights, and a prior for when there are none."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.ensemble.postprocess import UNCHANGED, Postprocess
from automl.evaluation.prediction import predict_each
from automl.exceptions import warn_user
from automl.space import Config

__all__ = ["EnsembleModel", "Member"]

Array = npt.NDArray[Any]

_CHUNK_CELLS = 20_000_000


@dataclass(frozen=True, eq=False)
class Member:
    """A pipeline of the ensemble; several models of it are averaged.

    Parameters
    ----------
    config : Config
    weight : float
    models : tuple of fitted estimators
        One a fold, or a single one fitted on all rows.
    refitted : bool
        Whether the models saw all rows.
    """

    config: Config
    weight: float
    models: tuple[Any, ...]
    refitted: bool


@dataclass(frozen=True, eq=False)
class EnsembleModel:
    """Weighted mean of members; with no member, the prior.

    Parameters
    ----------
    members : tuple of Member
    prior : ndarray of shape (n_classes,) or (1,)
        Class shares or mean target of the training rows.
    n_classes : int
        0 for regression.
    bounds : tuple of float
        Regression values are clipped to these.
    postprocess : Postprocess
        What is done to the mean.
    """

    members: tuple[Member, ...]
    prior: Array
    n_classes: int
    bounds: tuple[float, float]
    postprocess: Postprocess = UNCHANGED

    def __repr__(self) -> str:
        if not self.members:
            return "EnsembleModel(no members: it predicts the prior)"
        heaviest_first = sorted(self.members, key=lambda member: -member.weight)
        listed = ", ".join(f"{m.weight:.2f} {m.config['learner']}" for m in heaviest_first)
        return f"EnsembleModel({listed})"

    def predict(self, X: Array) -> Array:
        """Predict an encoded matrix, in blocks of bounded size.

        Parameters
        ----------
        X : ndarray of shape (n_rows, n_features)

        Returns
        -------
        ndarray of shape (n_rows, n_classes) or (n_rows,)
        """
        step = max(1, _CHUNK_CELLS // max(1, X.shape[1]))
        blocks = [self._predict(X[i : i + step]) for i in range(0, len(X), step)]
        if not blocks:
            return np.zeros((0, self.n_classes)) if self.n_classes else np.zeros(0)
        return self.postprocess.apply(np.concatenate(blocks))

    def labels(self, probability: Array) -> Array:
        """Class codes of predicted probabilities, by the thresholds that suit the metric."""
        return self.postprocess.labels(probability)

    def decode(self, probability: Array, classes: Array) -> Array:
        """Labels of predicted probabilities, shape (n_rows,)."""
        return np.asarray(classes[self.labels(probability)])

    def _predict(self, X: Array) -> Array:
        if not self.members:
            return (
                np.tile(self.prior, (len(X), 1))
                if self.n_classes
                else np.full(len(X), float(self.prior[0]))
            )
        models = [model for member in self.members for model in member.models]
        weights = [m.weight / len(m.models) for m in self.members for _ in m.models]
        mixed = self._mix(weights, predict_each(models, X, self.n_classes), len(X))
        if self.n_classes == 0:
            return np.clip(mixed[:, 0], *self.bounds)
        return np.asarray(mixed / mixed.sum(axis=1, keepdims=True))

    def _mix(self, weights: list[float], predictions: Iterable[Array], n_rows: int) -> Array:
        """Weighted mean of the models that have a number for a row; the prior where none has."""
        total = np.zeros((n_rows, max(1, self.n_classes)))
        weight = np.zeros((n_rows, 1))
        for w, prediction in zip(weights, predictions, strict=True):
            columns = prediction.reshape(total.shape)
            told = np.isfinite(columns).all(axis=1, keepdims=True)
            if not told.all():
                warn_user(
                    f"A member of the ensemble predicted {np.sum(~told)} rows with values that are "
                    "not finite; the others predict these rows without it."
                )
            total += np.where(told, w * columns, 0.0)
            weight += w * told
        known = weight > 0.0
        return np.where(known, total / np.where(known, weight, 1.0), self.prior)
