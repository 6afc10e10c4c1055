import os
import pickle
import zipfile
from importlib.metadata import version

import numpy as np
import pytest

import automl
from automl.cli import main
from automl.exceptions import DataWarning, InvalidInputError, ModelFileError
from automl.persistence import read_manifest


class Harm:
    """Leaves a file when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def test_a_loaded_model_predicts_the_same(saved, at_home):
    model, path, X = saved
    loaded = automl.load(path)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    assert loaded.holdout_ == model.holdout_
    assert loaded.leaderboard().equals(model.leaderboard())


def test_the_manifest_can_be_read_without_loading(saved):
    manifest = read_manifest(saved[1])
    assert (manifest["format_version"], manifest["format"]) == (2, "joblib")
    assert manifest["task"] == "multiclass"
    assert "scikit-learn" in manifest["packages"]


def test_no_temporary_file_is_left(saved):
    assert [p.name for p in saved[1].parent.iterdir()] == ["iris.automl"]


def test_a_file_of_another_installation_needs_trust(saved, capsys, tmp_path, fresh_home):
    model, path, X = saved
    with pytest.raises(ModelFileError, match=r"saved with your AUTOML_HOME .* format='skops'"):
        automl.load(path)
    assert not fresh_home.exists()  # asking leaves no secret behind
    loaded = automl.load(path, trusted=True)
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert main(["leaderboard", str(path)]) == 2
    assert "trusted=True" in capsys.readouterr().err
    assert main(["leaderboard", str(path), "--trusted"]) == 0
    X.to_csv(tmp_path / "rows.csv", index=False)
    assert main(["predict", str(path), str(tmp_path / "rows.csv"), "--trusted"]) == 0


@pytest.mark.parametrize("consent", [False, None, 0, "no", "yes", 1])
def test_nothing_but_true_is_trust(saved, consent):
    with pytest.raises(ModelFileError, match="was not, and loading a pickle can run any code"):
        automl.load(saved[1], trusted=consent)


def test_a_poisoned_file_runs_nothing(saved, at_home, changed, tmp_path):
    trace = tmp_path / "harm"
    poison = pickle.dumps(Harm(trace))
    for members in ({"model.joblib": poison}, {"model.joblib": poison, "signature": None}):
        with pytest.raises(ModelFileError, match="can run any code"):
            automl.load(changed(members))
    with pytest.raises(ModelFileError, match="can run any code"):
        automl.load(changed({"signature": "ü" * 32}))
    with pytest.raises(ModelFileError, match="can run any code"):
        automl.load(changed(task="regression"))  # what is said of the model is signed, too
    assert not trace.exists()
    automl.load(changed({"model.joblib": poison}), trusted=True)
    assert trace.exists()  # it was live


def test_files_of_the_version_before_had_no_signature(saved, at_home, changed):
    path = changed({"signature": None}, format_version=1)
    with pytest.raises(ModelFileError, match=r"pass trusted=True .--trusted. if you know"):
        automl.load(path)
    assert len(automl.load(path, trusted=True).history_) == 3


@pytest.mark.parametrize("trusted", [False, True])
def test_a_later_format_version_is_refused(changed, trusted):
    path = changed(format_version=99)
    with pytest.raises(ModelFileError, match=r"version 2 or earlier; .* has 99: load it with"):
        automl.load(path, trusted)


def test_packages_that_do_not_fit_are_named(saved, changed):
    major, minor = version("scikit-learn").split(".")[:2]
    for other in ("0.20.0", f"{major}.{int(minor) + 1}.0"):
        packages = {**read_manifest(saved[1])["packages"], "scikit-learn": other}
        path = changed(packages=packages)
        with pytest.raises(ModelFileError, match=f"scikit-learn {other} .*install scikit-learn=="):
            automl.load(path, trusted=True)


def test_missing_and_foreign_files_are_told_apart(tmp_path, changed):
    with pytest.raises(ModelFileError, match="does not exist"):
        automl.load(tmp_path / "none.automl")
    (tmp_path / "text.automl").write_text("hello")
    for path in (tmp_path / "text.automl", tmp_path, changed({"manifest.json": "[]"})):
        with pytest.raises(ModelFileError, match="is not, or is damaged"):
            automl.load(path)


def test_a_damaged_file_is_refused_wherever_it_is_damaged(saved, at_home, tmp_path):
    whole = saved[1].read_bytes()
    path = tmp_path / "damaged.automl"
    for place in np.linspace(0, len(whole) - 1, 40, dtype=int):
        path.write_bytes(whole[:place])
        with pytest.raises(ModelFileError, match="is not, or is damaged"):
            automl.load(path)
    for place in np.linspace(30, len(whole) - 100, 40, dtype=int):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            automl.load(path)
        except ModelFileError:
            continue
        # a byte that says nothing, such as a date: the content is what was signed
        with zipfile.ZipFile(path) as damaged, zipfile.ZipFile(saved[1]) as source:
            assert damaged.read("model.joblib") == source.read("model.joblib")


def test_a_trusted_pickle_that_ends_early_says_so(changed, saved):
    with zipfile.ZipFile(saved[1]) as archive:
        half = archive.read("model.joblib")[:5000]
    with pytest.raises(ModelFileError, match="must hold a complete model"):
        automl.load(changed({"model.joblib": half}), trusted=True)


def test_saving_where_nothing_can_be_written_says_so(saved, tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "no_folder" / "m.automl", tmp_path / "file" / "m.automl", tmp_path):
        with pytest.raises(ModelFileError, match="choose another place"):
            saved[0].save(place)
    assert {p.name for p in tmp_path.iterdir()} <= {"file", "automl-home"}


@pytest.mark.parametrize("form", ["joblib", "skops"])
def test_a_full_disk_leaves_the_model_that_was_there(saved, small_disk, form):
    path = small_disk.path / "m.automl"
    path.write_bytes(b"the model before")
    small_disk.fill(but=8_192)
    with pytest.raises(ModelFileError, match="failed with No space left on device: choose another"):
        saved[0].save(path, format=form)
    assert path.read_bytes() == b"the model before"
    assert small_disk.names() == {"m.automl"}
    small_disk.free()
    assert automl.load(saved[0].save(path, format=form)).metric_ == "log_loss"


def test_without_a_secret_a_model_is_saved_and_its_owner_told(saved, tmp_path, fresh_home):
    fresh_home.write_text("a file where a folder has to be")
    with pytest.warns(DataWarning, match="without a signature .* trusted=True .--trusted. only"):
        path = saved[0].save(tmp_path / "m.automl")
    assert len(automl.load(path, trusted=True).history_) == 3


def test_an_unknown_format_is_refused(saved, tmp_path):
    with pytest.raises(InvalidInputError, match="`format` must be one of 'joblib', 'skops'; got"):
        saved[0].save(tmp_path / "m.automl", format="onnx")
    assert not (tmp_path / "m.automl").exists()
