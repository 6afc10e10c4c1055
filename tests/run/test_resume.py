"""Going on with a run: real kills, and the same model as without them."""

import json
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris, make_classification

import automl
from automl.data import Fold
from automl.evaluation.problem import Problem
from automl.exceptions import DataWarning, InvalidInputError
from automl.execution.local import LocalStore
from automl.metrics import METRICS
from automl.run.record import RunFolder

SETTINGS = {
    "time_limit": None,
    "max_trials": 5,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
    "knowledge_base": None,
}


def table():
    """Large enough for subsamples to be a fidelity."""
    return make_classification(2_100, 5, random_state=0)


def trials(model):
    return [(r.info, r.status, r.loss) for r in model.history_]


def assert_same(one, other, X):
    assert trials(one) == trials(other)
    assert one.holdout_ == other.holdout_
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))


KILLED = """
import os, signal, sys
from sklearn.datasets import make_classification
import automl

X, y = make_classification(2_100, 5, random_state=0)

def die(result):
    if result.info.number == 3:
        os.kill(os.getpid(), signal.SIGKILL)

automl.fit(X, y, time_limit=None, max_trials=5, n_jobs=1, random_state=0, verbose=0,
           knowledge_base=None, callbacks=[die])
"""


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    X, y = table()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOML_HOME", str(tmp_path_factory.mktemp("home")))
        return automl.fit(X, y, **SETTINGS), X, y


def runs(home):
    return list(Path(home).glob("runs/*"))


def test_a_killed_run_that_is_resumed_gives_the_model_of_one_that_was_not(
    uninterrupted, fresh_home, kept_worker
):
    expected, X, y = uninterrupted
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, check=False)
    assert killed.returncode == -9
    (folder,) = runs(fresh_home)
    assert len((folder / "history.jsonl").read_text().splitlines()) == 5
    assert list((folder / "predictions").iterdir())
    lost = next((folder / "predictions").iterdir())
    lost.unlink()  # what cannot be brought back is made again
    model = automl.fit(X, y, resume=folder, **SETTINGS)
    assert_same(model, expected, X)
    assert model.run_info_["resumed_trials"] == 4
    assert Path(model.run_info_["history_path"]) == folder / "history.jsonl"
    assert len((folder / "history.jsonl").read_text().splitlines()) == 6
    assert not (folder / "predictions").exists()


def test_a_finished_run_can_have_more_trials(uninterrupted, fresh_home, kept_worker):
    expected, X, y = uninterrupted
    settings = {**SETTINGS, "knowledge_base": fresh_home / "empty"}
    first = automl.fit(X, y, **{**settings, "max_trials": 2})
    path = first.run_info_["history_path"]
    model = automl.fit(X, y, resume=path, **{**settings, "random_state": None})
    assert_same(model, expected, X)
    assert len(runs(fresh_home)) == 1


def test_what_the_base_advised_is_advised_again(uninterrupted, fresh_home, kept_worker):
    _, X, y = uninterrupted
    settings = {**SETTINGS, "knowledge_base": "auto", "refit": False, "max_trials": 4}
    expected = automl.fit(X, y, **settings, write_back=False)
    first = automl.fit(X, y, **{**settings, "max_trials": 2})  # and the own base has grown
    model = automl.fit(X, y, resume=first.run_info_["history_path"], **settings)
    assert expected.warm_start_
    assert_same(model, expected, X)


def test_a_limit_of_seconds_goes_on_too(uninterrupted, fresh_home, kept_worker):
    _, X, y = uninterrupted
    first = automl.fit(X, y, **{**SETTINGS, "max_trials": 2})
    path = first.run_info_["history_path"]
    settings = {**SETTINGS, "time_limit": 60, "max_trials": 3, "refit": False}
    model = automl.fit(X, y, resume=path, **settings)
    assert trials(model)[:2] == trials(first)
    assert len(trials(model)) == 3
    assert model.holdout_.score > 0.8


@pytest.fixture
def finished(kept_worker):
    X, y = load_iris(return_X_y=True)
    settings = {**SETTINGS, "max_trials": 1, "refit": False}
    model = automl.fit(X, y, **settings)
    return X, y, settings, Path(model.run_info_["history_path"]).parent


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"random_state": 1}, "`random_state` must be None or that of the resumed run, 0; got 1"),
        ({"metric": "accuracy"}, "a run with the same `metric`"),
        ({"optimizer": "random"}, "a run with the same `optimizer`"),
        ({"test_size": 0.5}, "a run with the same `test_size`, `cv`"),
        ({"cv": 3}, "a run with the same `test_size`, `cv`"),
        ({"resume": 3}, "`resume` must be the path .* got a int"),
        ({"resume": "nowhere"}, "`resume` must be the path .*nowhere is none"),
    ],
)
def test_a_run_of_something_else_is_refused(finished, changed, message):
    X, y, settings, folder = finished
    with pytest.raises(InvalidInputError, match=message):
        automl.fit(X, y, **{**settings, "resume": folder, **changed})


def test_another_table_is_refused(finished):
    X, y, settings, folder = finished
    with pytest.raises(InvalidInputError, match="a run with the same X and y"):
        automl.fit(X + 1.0, y, resume=folder, **settings)


def test_a_run_of_an_earlier_version_is_told(finished):
    X, y, settings, folder = finished
    header, *rest = (folder / "history.jsonl").read_text().splitlines()
    content = json.loads(header)
    del content["header"]["warm"]
    (folder / "history.jsonl").write_text("\n".join([json.dumps(content), *rest, ""]))
    with pytest.raises(InvalidInputError, match="must name a run of this version"):
        automl.fit(X, y, resume=folder, **settings)


def test_a_run_that_is_still_going_on_is_left_alone(finished, tmp_path):
    X, y, settings, folder = finished
    copy = shutil.copytree(folder, tmp_path / "copy")
    holding = f"""
import sys, time
from pathlib import Path
from automl.run.record import RunFolder
with RunFolder(Path({str(copy)!r}), None) as held:
    print("held", flush=True)
    sys.stdin.readline()
"""
    process = subprocess.Popen(
        [sys.executable, "-c", holding], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout.readline() == "held\n"
        before = (copy / "history.jsonl").read_bytes()
        with pytest.raises(InvalidInputError, match="is still being written"):
            automl.fit(X, y, resume=copy, **settings)
        assert (copy / "history.jsonl").read_bytes() == before
    finally:
        process.communicate("\n", timeout=60)
    assert len(automl.fit(X, y, resume=copy, **settings).history_) == 1


class Harm:
    """Leaves a folder when it is unpickled."""

    def __init__(self, trace):
        self.trace = trace

    def __reduce__(self):
        return os.mkdir, (str(self.trace),)


def test_a_poisoned_run_runs_nothing_and_is_made_again(finished, tmp_path):
    X, y, settings, folder = finished
    first = json.loads((folder / "history.jsonl").read_text().splitlines()[1])
    trace = tmp_path / "harm"
    for place in ("predictions", "models"):
        (folder / place).mkdir()
    poison = pickle.dumps(Harm(trace))
    for fold in first["details"]["folds"]:
        name = f"{first['config_key']}-{fold['fold']}"
        np.save(folder / f"predictions/{name}.npy", np.array([Harm(trace)]), allow_pickle=True)
        (folder / f"models/{name}.joblib").write_bytes(poison)
    for name in ("problem.pkl", "X.npy", "y.npy", "weights.npy"):
        (folder / name).write_bytes(poison)
    with pytest.warns(DataWarning, match="A kept prediction is made again, .* does not hold one"):
        model = automl.fit(X, y, resume=folder, **settings)
    assert model.holdout_.score < 0.5
    assert not trace.exists()
    pickle.loads(poison)
    assert trace.exists()  # it was live


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x93NUMPY\x01\x00",
        np.zeros(3),
        np.full((120, 3), np.nan),
        np.full((120, 3), "1"),
    ],
)
def test_a_kept_prediction_that_is_none_is_not_handed_on(tmp_path, content):
    fold = Fold(train=np.arange(120, 200), validation=np.arange(120))
    store = LocalStore(tmp_path)
    problem = Problem(store, "multiclass", 3, (), METRICS["log_loss"], (fold,))
    with RunFolder(tmp_path / "run", problem) as record:
        kept = tmp_path / "run" / "predictions" / "abc-0.npy"
        if isinstance(content, bytes):
            kept.write_bytes(content)
        else:
            np.save(kept, content)
        with pytest.warns(DataWarning, match="A kept prediction is made again"):
            assert not record.bring_back("abc", 0)
        np.save(kept, np.full((120, 3), 1 / 3))
        assert record.bring_back("abc", 0)
        np.testing.assert_array_equal(problem.prediction("abc", 0), np.full((120, 3), 1 / 3))


@pytest.mark.parametrize(
    "change",
    [
        lambda trial: trial.update(rung=99),
        lambda trial: trial["details"].update(folds=3),
        lambda trial: trial["details"]["folds"][0].update(fold="/../../../tmp/evil"),
        lambda trial: trial["details"]["folds"][0].update(fold=-1),
        lambda trial: trial["details"]["folds"][0].update(losses=["0"]),
        lambda trial: trial["details"]["folds"][0].pop("rounds"),
    ],
)
def test_a_record_that_no_run_writes_is_refused(finished, change):
    X, y, settings, folder = finished
    header, trial, *rest = (folder / "history.jsonl").read_text().splitlines()
    changed = json.loads(trial)
    change(changed)
    (folder / "history.jsonl").write_text("\n".join([header, json.dumps(changed), *rest, ""]))
    with pytest.raises(InvalidInputError, match=r"trial 0 in .* has a rung or folds that no run"):
        automl.fit(X, y, resume=folder, **settings)


def test_a_disk_that_gets_full_costs_the_record_and_not_the_model(
    small_disk, kept_worker, monkeypatch
):
    home = small_disk.path / "home"
    monkeypatch.setenv("AUTOML_HOME", str(home))
    X, y = load_iris(return_X_y=True)
    settings = {**SETTINGS, "knowledge_base": "auto", "max_trials": 3, "refit": False}
    with pytest.warns(DataWarning) as warned:
        model = automl.fit(X, y, callbacks=[lambda _: small_disk.fill()], **settings)
    said = " ".join(str(warning.message) for warning in warned)
    assert "The record of this run ends here" in said
    assert "The run was not added to the knowledge base, the model is not affected" in said
    assert "No space left on device" in said
    assert model.predict(X).shape == y.shape
    assert len(model.history_) == 3
    assert not [name for name in small_disk.names() if name.endswith(".tmp")]
    record = Path(model.run_info_["history_path"]).read_bytes()
    assert 1 <= record.count(b"\n") < 4
    assert record.endswith(b"\n")
    small_disk.fill()  # the end of a run gives back the space of its predictions
    names = small_disk.names()
    with pytest.warns(DataWarning, match="Nothing of this run is kept .* No space left on device"):
        assert automl.fit(X, y, **settings).run_info_["history_path"] is None
    assert small_disk.names() == names
