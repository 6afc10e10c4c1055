"""One AUTOML_HOME, several runs, and what is damaged in it."""

import gzip
import os
import re
import subprocess
import sys

import pytest
from sklearn.datasets import load_iris

import automl
from automl.exceptions import DataWarning, KnowledgeBaseError
from automl.history import read_header
from automl.knowledge import open_knowledge_base

from .conftest import assert_nothing_left

QUICK = {"time_limit": None, "max_trials": 2, "n_jobs": 1, "verbose": 0, "refit": False}

TWO = f"""
print("ready", flush=True)
sys.stdin.readline()
model = automl.fit(*load_iris(return_X_y=True), random_state=0, **{QUICK!r})
print(len(model.history_), model.run_info_["history_path"])
"""


def test_two_runs_at_once_begin_the_same_home(start, temporary, fresh_home):
    both = [start(TWO, stdin=-1) for _ in range(2)]
    for process in both:
        assert process.stdout.readline() == "ready\n"
    for process in both:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=200)[0].split() for process in both]
    assert [n for n, _ in said] == ["2", "2"]
    assert len({path for _, path in said}) == 2
    assert {read_header(path)["task"] for _, path in said} == {"multiclass"}
    base = open_knowledge_base("auto")
    assert base.verify().ok
    assert [len(record.evals) for record in base.own_records()] == [2]  # one secret for both
    assert_nothing_left([], temporary, fresh_home)


def test_a_corrupt_shard_is_told_and_the_run_goes_on(temporary, fresh_home, kept_worker):
    X, y = load_iris(return_X_y=True)
    automl.fit(X, y, **QUICK)
    base = open_knowledge_base("auto")
    (shard,) = base.shard_paths()
    shard.write_bytes(shard.read_bytes()[:-30])
    with pytest.warns(DataWarning, match=f"left out, .*{re.escape(shard.name)} is not readable"):
        model = automl.fit(X, y, **QUICK)
    assert model.holdout_.score < 0.5
    assert not [start for start in model.warm_start_ if start.source.startswith("table ")]
    assert len(base.shard_paths()) == 2
    assert len(base.rebuild().damaged) == 1
    assert_nothing_left([], temporary, fresh_home)


def test_a_damaged_base_ends_the_run_with_a_sentence(temporary, fresh_home, kept_worker):
    fresh_home.mkdir()
    (fresh_home / "knowledge").write_bytes(gzip.compress(b"{}"))
    with pytest.raises(KnowledgeBaseError, match="`knowledge_base` must be 'auto', a folder"):
        automl.fit(*load_iris(return_X_y=True), **QUICK)
    assert_nothing_left([], temporary, fresh_home)


def test_a_damaged_secret_is_told_and_a_cold_run_never_asks_for_it(
    temporary, fresh_home, kept_worker
):
    fresh_home.mkdir()
    (fresh_home / "secret.key").write_bytes(b"abc")
    X, y = load_iris(return_X_y=True)
    with pytest.warns(DataWarning, match="not added to .* must be 64 hex digits, but .*secret.key"):
        automl.fit(X, y, **QUICK)
    (fresh_home / "secret.key").unlink()
    assert automl.fit(X, y, knowledge_base=None, **QUICK).holdout_.score < 0.5
    assert not (fresh_home / "secret.key").exists()


def test_a_home_that_cannot_be_written_costs_a_warning(temporary, fresh_home, kept_worker):
    fresh_home.write_text("a file where a folder belongs")
    with pytest.warns(DataWarning) as told:
        model = automl.fit(*load_iris(return_X_y=True), **QUICK)
    (message,) = [str(one.message) for one in told]
    assert message.startswith("Nothing of this run is kept beside the model")
    assert message.endswith("set it to another one.")
    assert model.holdout_.score < 0.5
    assert model.run_info_["history_path"] is None
    with pytest.warns(DataWarning, match="without a signature"):
        path = model.save(temporary / "m.automl")
    assert automl.load(path, trusted=True).task_ == "multiclass"
    path.unlink()


STRANGER = """
import os
from automl.knowledge import automl_home, is_signed, open_knowledge_base
os.setuid(54_321)  # after the imports, which may lie in a folder of the first user
print(automl_home())
print(len(open_knowledge_base("auto").own_records()), is_signed(automl_home(), "", b"", b""))
"""


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="takes another user")
@pytest.mark.parametrize(("home", "where"), [(None, os.devnull), ("/root", "/root/.local")])
def test_a_user_of_a_container_without_a_home_has_no_own_runs(home, where, temporary):
    """Any number as user, whose HOME is missing or is a folder of somebody else."""
    hidden = ("HOME", "AUTOML_HOME", "XDG_DATA_HOME")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    if home is not None:
        environment["HOME"] = home
    done = subprocess.run(
        [sys.executable, "-c", STRANGER],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    path, known = done.stdout.splitlines()
    assert path.startswith(where)
    assert known == "0 False"
