"""Models that are handed on: everything of ours is held, and nothing else is made."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
import sys
import zipfile

import numpy as np
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.model_selection import KFold

import automl
from automl.exceptions import ModelFileError
from automl.persistence import read_manifest
from automl.persistence.safe import dump_safe, load_safe


@pytest.fixture(scope="module")
def handed_on(saved, tmp_path_factory):
    return saved[0].save(tmp_path_factory.mktemp("safe") / "iris.automl", format="skops")


@pytest.fixture
def forged(changed, handed_on):
    """Write a model file in which the tree of data has been changed by somebody."""

    def forge(change, **members):
        with zipfile.ZipFile(handed_on) as outer:
            inner = zipfile.ZipFile(io.BytesIO(outer.read("model.skops")))
        content = {name: inner.read(name) for name in inner.namelist()}
        tree = json.loads(content["schema.json"])
        tree = change(tree) or tree
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as out:
            for name, data in {**content, "schema.json": json.dumps(tree), **members}.items():
                out.writestr(name, data)
        return changed({"model.skops": buffer.getvalue()}, source=handed_on)

    return forge


def node(loader, name, **fields):
    module, _, kind = name.rpartition(".")
    return {"__loader__": loader, "__module__": module, "__class__": kind, **fields}


def text(value):
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)


def test_a_model_that_was_handed_on_loads_without_trust(saved, handed_on, fresh_home):
    model, _, X = saved
    loaded = automl.load(handed_on)
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    np.testing.assert_array_equal(loaded.predict(X), model.predict(X))
    assert loaded.holdout_ == model.holdout_
    assert loaded.leaderboard().equals(model.leaderboard())
    assert loaded.get_params() == {**model.get_params(), "callbacks": None}
    assert (loaded.columns_, loaded.run_info_) == (model.columns_, model.run_info_)
    assert read_manifest(handed_on)["format"] == "skops"
    assert not fresh_home.exists()


def test_what_was_loaded_can_be_handed_on_again(handed_on, tmp_path, saved):
    again = automl.load(handed_on).save(tmp_path / "again.automl", format="skops")
    X = saved[2]
    np.testing.assert_array_equal(automl.load(again).predict(X), automl.load(handed_on).predict(X))


def test_settings_that_are_objects_are_left_behind(saved):
    model = pickle.loads(pickle.dumps(saved[0])).set_params(
        cv=KFold(3), random_state=np.random.default_rng(0), knowledge_base=None
    )
    loaded = load_safe(dump_safe(model), "here")
    assert (loaded.cv, loaded.random_state, loaded.time_limit) == (None, None, None)
    assert isinstance(model.cv, KFold)


def test_a_part_that_cannot_be_held_is_named_when_it_is_saved(saved, tmp_path):
    model = pickle.loads(pickle.dumps(saved[0]))
    for part, name in ((IsolationForest(), "IsolationForest"), (print, "print")):
        model.extra_ = part
        with pytest.raises(ModelFileError, match=f"must be 'joblib' for this model; .*{name}"):
            model.save(tmp_path / "m.automl", format="skops")
    assert not (tmp_path / "m.automl").exists()


def gadgets(trace):
    """Ways to run something, or to make what was never meant to be made."""
    call = node("TupleNode", "builtins.tuple", content=[text(str(trace))])
    home = node("ListNode", "builtins.list", content=[text(str(trace))])
    return {
        "os.mkdir (FunctionNode)": node("FunctionNode", "os.mkdir"),
        "os.mkdir (ConstructorFromReduceNode)": node(
            "ConstructorFromReduceNode", "os.mkdir", content=call
        ),
        "os.mkdir (TypeNode)": node("TypeNode", "os.mkdir"),
        "os.mkdir (ListNode)": node("ListNode", "os.mkdir", content=[text("x")]),
        "os.mkdir (DictNode)": node("DictNode", "os.mkdir", content={}, key_types=home),
        "operator.methodcaller (OperatorFuncNode)": node(
            "OperatorFuncNode", "operator.methodcaller", attrs=call
        ),
        "pathlib.Path (MethodNode)": node(
            "MethodNode", "pathlib.Path", content={"func": "mkdir", "obj": call}
        ),
        # ours, and harmful in the hands of others
        "automl.history.file.HistoryFile (ConstructorFromReduceNode)": node(
            "ConstructorFromReduceNode", "automl.history.file.HistoryFile", content=call
        ),
        "automl.metrics.metric.Metric (ObjectNode)": node(
            "ObjectNode", "automl.metrics.metric.Metric", content=None
        ),
        # listed, but not to be called with arguments
        "automl.history.history.History (ConstructorFromReduceNode)": node(
            "ConstructorFromReduceNode", "automl.history.history.History", content=call
        ),
        "sklearn.pipeline.FeatureUnion (ObjectNode)": node(
            "ObjectNode", "sklearn.pipeline.FeatureUnion"
        ),
        "os.system (FunctionNode)": node(
            "PartialNode",
            "functools.partial",
            content={"func": node("FunctionNode", "os.system"), "args": home},
        ),
        "None.None (NoSuchNode)": {"__loader__": "NoSuchNode"},
    }


@pytest.mark.parametrize("name", list(gadgets("")))
def test_what_models_are_not_made_of_is_named_and_not_made(forged, tmp_path, name):
    trace = tmp_path / "harm"

    def hide(tree):
        tree["content"]["content"]["run_info_"]["content"]["n_trials"] = gadgets(trace)[name]

    path = forged(hide)
    for trusted in (False, True):  # trust in pickles is no trust in this
        with pytest.raises(ModelFileError) as caught:
            automl.load(path, trusted)
        assert f"holds a {name} and was not loaded" in str(caught.value)
    assert not trace.exists()


def test_an_array_that_is_a_pickle_is_not_unpickled(forged, tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    buffer = io.BytesIO()
    np.save(buffer, np.array([Harm()], dtype=object), allow_pickle=True)

    def hide(tree):
        array = node("NdArrayNode", "numpy.ndarray", type="numpy", file="harm.npy")
        tree["content"]["content"]["run_info_"]["content"]["n_trials"] = array

    for content in (buffer.getvalue(), pickle.dumps(Harm())):
        with pytest.raises(ModelFileError, match="must hold a complete model"):
            automl.load(forged(hide, **{"harm.npy": content}))
    assert not (tmp_path / "harm").exists()


def test_something_else_than_a_model_is_refused(forged):
    for other in (text("hello"), [], gadgets("")["os.mkdir (TypeNode)"]):
        with pytest.raises(ModelFileError, match="and was not loaded"):
            automl.load(forged(lambda _, other=other: other or [1]))


def test_a_tree_that_is_too_deep_ends_in_a_sentence(forged):
    def bury(tree):
        for _ in range(400):
            tree = {**node("ListNode", "builtins.list"), "content": [tree]}
        return {
            **node("ObjectNode", "automl.estimators.classifier.AutoMLClassifier"),
            "content": tree,
        }

    with pytest.raises(ModelFileError, match="must hold"):
        automl.load(forged(bury))


def test_without_skops_it_says_what_to_install(handed_on, tmp_path):
    code = f"""
import sys
sys.modules["skops"] = None
import automl
from automl.cli import main
try:
    automl.load({str(handed_on)!r})
except ImportError as error:
    print(error)
raise SystemExit(main(["fit", {str(handed_on)!r}, "--target", "y", "--format", "skops"]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "needs the package skops, which is not installed: pip install" in done.stdout
    assert done.returncode == 2
    assert "needs the package skops" in done.stderr  # before anything is fitted
