import math

import numpy as np
import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression

from automl.ensemble import EnsembleModel, Member
from automl.exceptions import DataWarning
from automl.space import Categorical, Space

CONFIG = Space([Categorical("learner", ("one", "other"), default="one")]).default()
EVERYWHERE = (-math.inf, math.inf)


class Unsure:
    """A model that has no number for rows whose first value is large."""

    def __init__(self, model):
        self.model = model

    def _blank(self, X, prediction):
        prediction[X[:, 0] > 7.0] = np.nan
        return prediction

    def predict(self, X):
        return self._blank(X, self.model.predict(X))

    def predict_proba(self, X):
        return self._blank(X, self.model.predict_proba(X))


def _members(*models):
    return tuple(Member(CONFIG, 0.5, (model,), refitted=False) for model in models)


def test_a_member_without_a_number_is_left_out_for_that_row():
    X, y = load_iris(return_X_y=True)
    sure = LogisticRegression(max_iter=1000).fit(X, y)
    unsure = Unsure(LogisticRegression(C=0.01, max_iter=1000).fit(X, y))
    model = EnsembleModel(_members(sure, unsure), np.ones(3) / 3, 3, EVERYWHERE)
    far = X[:, 0] > 7.0
    with pytest.warns(DataWarning, match=f"predicted {far.sum()} rows with values that are not"):
        predicted = model.predict(X)
    np.testing.assert_allclose(predicted[far], sure.predict_proba(X[far]))
    both = (sure.predict_proba(X[~far]) + unsure.predict_proba(X[~far])) / 2
    np.testing.assert_allclose(predicted[~far], both)


def test_where_no_member_has_a_number_the_prior_is_predicted():
    X, y = load_iris(return_X_y=True)
    alone = Unsure(LinearRegression().fit(X, y))
    model = EnsembleModel(_members(alone), np.array([1.25]), 0, EVERYWHERE)
    with pytest.warns(DataWarning, match="not finite"):
        predicted = model.predict(X)
    far = X[:, 0] > 7.0
    assert set(predicted[far]) == {1.25}
    np.testing.assert_allclose(predicted[~far], alone.predict(X[~far]))
