"""A saved model, and files made of it that somebody may send."""

from __future__ import annotations

import json
import zipfile

import pandas as pd
import pytest
from sklearn.datasets import load_iris

import automl


@pytest.fixture(scope="session")
def owner(tmp_path_factory):
    """Home of the installation that wrote the model."""
    return tmp_path_factory.mktemp("owner")


@pytest.fixture(scope="session")
def saved(tmp_path_factory, owner):
    """Model, its file, and its table: numbers, categories, dates and texts."""
    X, y = load_iris(return_X_y=True, as_frame=True)
    X["colour"] = pd.Series(["red", "green", None] * 50, dtype="category")
    X["day"] = pd.date_range("2024-01-01", periods=150, freq="9h", tz="Europe/Berlin")
    X["note"] = [f"flower {i} of row {i * 7 % 13}" for i in range(150)]
    folder = tmp_path_factory.mktemp("models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOML_HOME", str(owner))
        model = automl.fit(
            X,
            y.map({0: "a", 1: "b", 2: "c"}),
            time_limit=None,
            max_trials=3,
            n_jobs=1,
            cv=2,
            random_state=0,
            callbacks=[lambda _: None],
        )
        model.save(folder / "iris.automl")
    return model, folder / "iris.automl", X


@pytest.fixture
def at_home(owner, monkeypatch):
    """Be the installation that wrote the model."""
    monkeypatch.setenv("AUTOML_HOME", str(owner))


@pytest.fixture
def changed(saved, tmp_path):
    """Write a copy of the model file in which members are replaced, or left out (None)."""

    def change(members=None, source=saved[1], **manifest):
        target = tmp_path / "changed.automl"
        with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w") as out:
            content = {name: whole.read(name) for name in whole.namelist()}
            about = {**json.loads(content["manifest.json"]), **manifest}
            if manifest:
                content["manifest.json"] = json.dumps(about).encode()
            for name, data in {**content, **(members or {})}.items():
                if data is not None:
                    out.writestr(name, data)
        return target

    return change
