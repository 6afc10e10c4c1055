"""The estimator `AutoMLRegressor`."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin

from automl.estimators.attributes import ATTRIBUTES
from automl.estimators.base import AutoMLBase
from automl.estimators.parameters import numpydoc

__all__ = ["AutoMLRegressor"]

Array = npt.NDArray[Any]


class AutoMLRegressor(RegressorMixin, AutoMLBase):  # type: ignore[misc]  # noqa: D101
    __doc__ = f"""The best regressor for a table, inside a time limit.

{numpydoc()}

{ATTRIBUTES}
    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> settings = dict(time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    >>> model = AutoMLRegressor(**settings).fit(X, y)
    >>> model.predict(X.head(2)).shape
    (2,)
    """

    def _task(self) -> str:
        return "regression"

    def predict(self, X: Any) -> Array:
        """Value of each row, as ndarray of shape (n_rows,), or (n_rows, n_targets)."""
        return np.asarray(self._predict(X))
