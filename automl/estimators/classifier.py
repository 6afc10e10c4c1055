"""The estimator `AutoMLClassifier`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin

from automl.estimators.attributes import ATTRIBUTES
from automl.estimators.base import AutoMLBase
from automl.estimators.fitted import Fitted
from automl.estimators.parameters import numpydoc

__all__ = ["AutoMLClassifier"]

Array = npt.NDArray[Any]


class AutoMLClassifier(ClassifierMixin, AutoMLBase):  # type: ignore[misc]  # noqa: D101
    __doc__ = f"""The best classifier for a table, inside a time limit.

{numpydoc()}

{ATTRIBUTES}    classes_ : ndarray of shape (n_classes,), or a list of one for each target

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True, as_frame=True)
    >>> settings = dict(time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model = AutoMLClassifier(**settings).fit(X, y)
    >>> model.predict_proba(X.head(2)).shape
    (2, 3)
    """

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _task(self) -> str:
        return "classification"

    def _keep(self, fitted: Fitted) -> None:
        super()._keep(fitted)
        self.classes_: Any = fitted.classes

    def predict_proba(self, X: Any) -> Array | list[Array]:
        """Class probabilities.

        Parameters
        ----------
        X : table of shape (n_rows, n_columns), or one row as a mapping or Series
            With the columns of the training table, by name (arrays: by position).

        Returns
        -------
        ndarray of shape (n_rows, n_classes), or a list of one for each target
            Columns in the order of ``classes_``.
        """
        probabilities: Array | list[Array] = self._predict(X)
        return probabilities

    def predict(self, X: Any) -> Array:
        """Class of each row, as ndarray of shape (n_rows,), or (n_rows, n_targets).

        The most probable one, unless `metric` counts labels and out-of-fold predictions showed
        that it gains from another threshold.
        """
        probabilities = self.predict_proba(X)
        return np.asarray(self.model_.decode(probabilities, self.classes_))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """Accuracy: the share of rows that are predicted right, all targets of them.

        Parameters
        ----------
        X : table of shape (n_rows, n_columns)
        y : array-like of shape (n_rows,) or (n_rows, n_targets)
        sample_weight : array-like of shape (n_rows,), optional
        """
        if not isinstance(getattr(self, "classes_", None), list):
            return float(super().score(X, y, sample_weight))
        right = np.all(self.predict(X) == np.asarray(y), axis=1)
        return float(np.average(right, weights=sample_weight))
