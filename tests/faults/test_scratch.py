"""The folder for temporary files: full, or not there."""

import re
import tempfile

import numpy as np
import pytest
from sklearn.datasets import load_iris

import automl
from automl.exceptions import ScratchError

QUICK = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "verbose": 0, "knowledge_base": None}


def test_a_table_that_does_not_fit_on_the_disk_is_told_and_leaves_nothing(
    small_disk, kept_worker, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk.path))
    X = np.random.default_rng(0).random((100_000, 30))
    with pytest.raises(
        ScratchError, match=r"room for 12 MB and the models, but .* failed with .*: free some"
    ):
        automl.fit(X, X[:, 0], **QUICK)
    assert small_disk.names() == set()


def test_models_that_do_not_fit_on_the_disk_cost_trials_and_not_the_run(small_disk, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(small_disk.path))
    X, y = load_iris(return_X_y=True)
    settings = {**QUICK, "max_trials": 3, "refit": False}
    model = automl.fit(X, y, callbacks=[lambda _: small_disk.fill()], **settings)
    assert model.predict(X).shape == y.shape
    first, *others = model.history_
    assert first.ok
    assert len(others) == 2
    assert all(re.search(r"No space left|requested and \d+ written", r.message) for r in others)


def test_no_folder_for_temporary_files_is_told(tmp_path, kept_worker, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(ScratchError, match=r"No such file or directory\): set TMPDIR"):
        automl.fit(*load_iris(return_X_y=True), **QUICK)
