"""From a table to predictions, to a file and back."""

import tempfile
from pathlib import Path

from sklearn.datasets import load_wine
from sklearn.model_selection import train_test_split

import automl

X, y = load_wine(return_X_y=True, as_frame=True)
X_train, X_new, y_train, _ = train_test_split(X, y, test_size=5, stratify=y, random_state=0)

model = automl.fit(X_train, y_train, time_limit=10, random_state=0)
print(model.predict(X_new))
print(model.predict_proba(X_new).round(3))
print(model.holdout_)

with tempfile.TemporaryDirectory() as folder:
    path = model.save(Path(folder) / "wine.automl")
    print(automl.load(path).predict(X_new))
