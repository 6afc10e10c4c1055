from __future__ import annotations

import numpy as np
import pytest

from automl.data import Dataset, Feature
from automl.evaluation.prediction import predict
from automl.pipelines import build_pipeline, pipeline_space
from benchmarks import candidates
from benchmarks.candidates import CANDIDATES, Candidate, compare, main


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    sizes = ["--rows", "100", "--seconds", "1"]
    with pytest.MonkeyPatch.context() as patch:
        few = {"huber line": CANDIDATES["huber line"], "dart": CANDIDATES["dart"]}
        patch.setattr(candidates, "CANDIDATES", few)
        main(["collect", "--store", str(folder), "--suite", "sklearn:diabetes", *sizes])
    return folder


def test_each_candidate_is_compared_in_the_ensemble_and_alone(store, capsys):
    compare(store)
    found = capsys.readouterr().out.splitlines()
    assert [line.split("loss ratio")[0].strip() for line in found] == [
        "with huber line",
        "huber line alone",
        "with dart",
        "dart alone",
    ]


def test_a_store_keeps_to_its_rows(store):
    before = {path: path.read_bytes() for path in store.rglob("*.npz")}
    with pytest.raises(ValueError, match="begun with 100 rows and would go on with 90"):
        main(["collect", "--store", str(store), "--suite", "sklearn:diabetes", "--rows", "90"])
    assert {path: path.read_bytes() for path in store.rglob("*.npz")} == before


def test_components_are_for_wide_tables_and_robust_losses_for_values():
    def table(n_columns, task):
        features = tuple(Feature(str(i), "numeric") for i in range(n_columns))
        X = np.zeros((2, n_columns), dtype=np.float32)
        return Dataset(X, np.array([0, 1]), task, features, 2)

    components, robust = CANDIDATES["components, linear"], CANDIDATES["huber line"]
    assert components.serves(table(50, "binary"))
    assert not components.serves(table(5, "binary"))
    assert robust.serves(table(5, "regression"))
    assert not robust.serves(table(5, "binary"))


@pytest.mark.parametrize("label", list(CANDIDATES))
def test_every_candidate_changes_what_is_predicted(label):
    candidate: Candidate = CANDIDATES[label]
    rng = np.random.default_rng(0)
    X = rng.normal(size=(150, 40)).astype(np.float32)
    y = X[:, 0] * 3.0 + X[:, 1] ** 2 + rng.standard_t(2, size=150)
    task, n_classes = ("regression", 0) if "regression" in candidate.tasks else ("binary", 2)
    y = (y > 1.0).astype(int) if n_classes else y
    features = tuple(Feature(str(i), "numeric") for i in range(40))
    config = pipeline_space(task, features, 150).adapt({"learner": candidate.learner})
    usual, changed = (build_pipeline(config, task, features, n_classes, 0, 2.0) for _ in range(2))
    candidate.change(changed)
    new = rng.normal(size=(50, 40)).astype(np.float32)
    predicted = [predict(one.fit(X, y), new, n_classes) for one in (usual, changed)]
    assert np.isfinite(predicted[1]).all()
    assert not np.allclose(*predicted)
