import json
import zipfile

import numpy as np
import pytest
from sklearn.datasets import load_iris

import automl
from automl.exceptions import ModelFileError
from automl.persistence import read_manifest


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    X, y = load_iris(return_X_y=True, as_frame=True)
    model = automl.fit(
        X, y, time_limit=None, max_trials=3, n_jobs=1, random_state=0, callbacks=[lambda _: None]
    )
    path = model.save(tmp_path_factory.mktemp("models") / "iris.automl")
    return model, path, X


def _with_manifest(path, target, **changed):
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w") as out:
        manifest = {**json.loads(source.read("manifest.json")), **changed}
        out.writestr("manifest.json", json.dumps(manifest))
        out.writestr("model.joblib", source.read("model.joblib"))
    return target


def test_a_loaded_model_predicts_the_same(saved):
    model, path, X = saved
    loaded = automl.load(path)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert loaded.holdout_ == model.holdout_
    assert len(loaded.leaderboard()) == len(model.leaderboard())


def test_the_manifest_can_be_read_without_loading(saved):
    manifest = read_manifest(saved[1])
    assert manifest["format_version"] == 1
    assert manifest["task"] == "multiclass"
    assert "scikit-learn" in manifest["packages"]


def test_no_temporary_file_is_left(saved):
    assert [p.name for p in saved[1].parent.iterdir()] == ["iris.automl"]


def test_another_format_version_is_refused(saved, tmp_path):
    path = _with_manifest(saved[1], tmp_path / "new.automl", format_version=99)
    with pytest.raises(ModelFileError, match=r"must hold format version 1; .* has 99"):
        automl.load(path)


def test_packages_that_do_not_fit_are_named(saved, tmp_path):
    packages = {**read_manifest(saved[1])["packages"], "scikit-learn": "0.20.0"}
    path = _with_manifest(saved[1], tmp_path / "old.automl", packages=packages)
    with pytest.raises(ModelFileError, match=r"scikit-learn 0\.20\.0 .*install scikit-learn==0"):
        automl.load(path)


def test_missing_damaged_and_foreign_files_are_told_apart(saved, tmp_path):
    with pytest.raises(ModelFileError, match="does not exist"):
        automl.load(tmp_path / "none.automl")
    (tmp_path / "text.automl").write_text("hello")
    with pytest.raises(ModelFileError, match="is not, or is damaged"):
        automl.load(tmp_path / "text.automl")
    (tmp_path / "half.automl").write_bytes(saved[1].read_bytes()[:2000])
    with pytest.raises(ModelFileError, match="is not, or is damaged"):
        automl.load(tmp_path / "half.automl")


def test_saving_where_nothing_can_be_written_says_so(saved, tmp_path):
    with pytest.raises(ModelFileError, match="choose another place"):
        saved[0].save(tmp_path / "no_folder" / "m.automl")
