from __future__ import annotations

import numpy as np
import pytest

from benchmarks.replay.pipelines import Library, Stored, load, loss_on_test, main, today


def _collect(folder, *tables):
    sizes = ["--configs", "3", "--rows", "100"]
    main(["collect", "--store", str(folder), "--suite", *tables, *sizes])


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    _collect(folder, "sklearn:wine", "sklearn:diabetes")
    return folder


def test_predictions_of_every_pipeline_are_kept(store):
    diabetes, wine = load(store)
    assert (diabetes.task, wine.task) == ("regression", "multiclass")
    assert len(wine.pipelines) >= 3
    assert len(wine.y) == 100
    for pipeline in wine.pipelines:
        np.testing.assert_allclose(pipeline.out_of_fold.sum(axis=1), 1.0, rtol=1e-5)
        assert pipeline.test.shape == (len(wine.y_test), 3)
        assert pipeline.seconds > 0.0
    assert wine.pipelines[0].loss <= wine.pipelines[-1].loss
    assert loss_on_test(wine, wine.pipelines, today) < 0.5


def test_what_is_stored_is_not_fitted_again(store):
    before = {path: path.stat().st_mtime_ns for path in store.rglob("*.npz")}
    _collect(store, "sklearn:wine")
    after = {path: path.stat().st_mtime_ns for path in store.rglob("*.npz")}
    changed = {path.name for path in after if after[path] != before[path]}
    assert changed <= {"truth.npz"}


def test_a_learner_that_alone_is_right_pays(capsys):
    from benchmarks.replay.pipelines import compare_without

    y, y_test = np.arange(20.0), np.arange(5.0)

    def stored(learner, error):
        found = y_test + error
        return Stored({"learner": learner, "depth": error}, 1.0, error, y + error, found)

    library = Library("line", "regression", y, y_test, (stored("good", 0.1), stored("bad", 3.0)))
    compare_without([library], ["good", "depth=3.0"])
    good, bad = capsys.readouterr().out.splitlines()
    assert "1 / 0 / 0" in good
    assert "0 / 1 / 0" in bad


def test_parts_stand_behind_options_as_the_help_has_it(store, capsys):
    main(["without", "--store", str(store), "linear", "lightgbm"])
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == [
        "linear",
        "lightgbm",
    ]
