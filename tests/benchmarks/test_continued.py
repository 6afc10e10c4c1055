from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import make_classification, make_regression

from automl.data import Dataset, Feature
from benchmarks import continued
from benchmarks.common.tables import DATASETS
from benchmarks.continued import main, measure


@pytest.fixture
def tables(monkeypatch):
    """Two tables instead of the real ones, which a user's machine lacks."""

    def parts(name, _datasets, n_rows):
        values = name == "values"
        make = make_regression if values else make_classification
        X, y = make(n_samples=n_rows + 100, n_features=5, random_state=0)
        X = X.astype(np.float32)
        features = tuple(Feature(str(i), "numeric") for i in range(5))
        task, n_classes = ("regression", 0) if values else ("binary", 2)
        data = Dataset(X[:n_rows], y[:n_rows], task, features, n_classes)
        return data, X[n_rows:], y[n_rows:]

    monkeypatch.setattr(continued, "table_parts", parts)


@pytest.mark.parametrize("name", ["values", "labels"])
def test_both_ways_learn(tables, name):
    found = measure(name, DATASETS, 2_000)
    assert found is not None
    assert found["continued"] == pytest.approx(found["anew"], rel=0.5)
    assert found["continued trees"] > 0


def test_small_tables_have_nothing_to_go_on_from(tables):
    assert measure("labels", DATASETS, 1_000) is None


def test_the_comparison_is_printed(tables, capsys):
    main(["--suite", "values", "--rows", "2000"])
    *_, losses, seconds = capsys.readouterr().out.splitlines()
    assert losses.startswith("continued")
    assert seconds.startswith("CPU seconds, continued / anew")
