"""Warnings point at the line of the user, wherever in the package their cause is found."""

from __future__ import annotations

import ast
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import automl
from automl.exceptions import DataWarning, InvalidInputError

PACKAGE = Path(automl.__file__).parent
SETTINGS = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "knowledge_base": None, "verbose": 0}


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"a": rng.normal(size=60), "b": rng.normal(size=60)})
    y = pd.Series(np.where(X["a"] > 0, "yes", "no"), name="y")
    y.iloc[0] = "once"  # a class of one row: told deep inside of a run
    return X, y


@pytest.fixture(scope="module")
def fitted(table):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = automl.fit(*table, **SETTINGS)  # this line
    return model, [one for one in caught if one.category is DataWarning]


def _source(warning):
    assert warning.filename == __file__
    return Path(__file__).read_text().splitlines()[warning.lineno - 1].strip()


def test_a_warning_from_deep_inside_of_a_run_names_the_line_that_called_fit(fitted):
    caught = fitted[1]
    assert any("a single row" in str(one.message) for one in caught)
    assert {_source(one) for one in caught} == {
        "model = automl.fit(*table, **SETTINGS)  # this line"
    }


def test_a_warning_while_the_table_is_read_names_the_line_of_either_door(table):
    X, y = table[0].set_axis(["a", "a"], axis=1), table[1].iloc[1:]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with pytest.raises(InvalidInputError):
            automl.fit(X, y, **SETTINGS)
        with pytest.raises(InvalidInputError):
            automl.AutoMLClassifier(**SETTINGS).fit(X, y)
    assert [_source(one) for one in caught if "Column names repeat" in str(one.message)] == [
        "automl.fit(X, y, **SETTINGS)",
        "automl.AutoMLClassifier(**SETTINGS).fit(X, y)",
    ]


def test_a_warning_of_a_prediction_names_the_line_also_through_scikit_learn(table, fitted):
    model, _ = fitted
    X = table[0].assign(a=["unheard of", *table[0]["a"].iloc[1:].astype(str)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.predict(X)
        make_pipeline(FunctionTransformer(), model).predict(X)
    assert [_source(one) for one in caught if "could not be read" in str(one.message)] == [
        "model.predict(X)",
        "make_pipeline(FunctionTransformer(), model).predict(X)",
    ]


def test_nothing_in_the_package_counts_frames_by_hand():
    for path in PACKAGE.rglob("*.py"):
        if "stacklevel" in (text := path.read_text()) and path.name != "exceptions.py":
            calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
            assert not any(k.arg == "stacklevel" for call in calls for k in call.keywords), path
