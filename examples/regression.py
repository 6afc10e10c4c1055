"""A number instead of a class, another metric, and the estimator inside scikit-learn."""

from sklearn.datasets import load_diabetes
from sklearn.model_selection import cross_val_score

import automl

X, y = load_diabetes(return_X_y=True, as_frame=True)

model = automl.fit(X, y, time_limit=10, metric="mae", metrics=["rmse", "r2"], random_state=0)
print(model.holdout_, dict(model.holdout_.scores))

estimator = automl.AutoMLRegressor(time_limit=5, test_size=0, random_state=0, verbose=0)
print(cross_val_score(estimator, X, y, cv=3, scoring="r2"))
