"""One AUTOML_HOME, several runs, and what is damaged in it."""

import gzip
import re

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
    assert len({read_header(path)["table"] for _, path in said}) == 1  # one secret for both
    base = open_knowledge_base("auto")
    assert base.verify().ok
    assert [len(record.evals) for record in base.records()[-1:]] == [2]
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


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("secret.key", b"abc", "must be 64 hex digits, but .*secret.key holds something else"),
        ("runs", b"", "`AUTOML_HOME` must be a folder that can be written"),
        ("knowledge", gzip.compress(b"{}"), "`knowledge_base` must be 'auto', a folder or None"),
    ],
)
def test_a_damaged_home_ends_the_run_with_a_sentence(
    temporary, fresh_home, kept_worker, name, content, message
):
    fresh_home.mkdir()
    (fresh_home / name).write_bytes(content)
    with pytest.raises(KnowledgeBaseError, match=message):
        automl.fit(*load_iris(return_X_y=True), **QUICK)
    assert_nothing_left([], temporary, fresh_home)
