"""Killed from outside: workers, the parent, and Ctrl-C while nothing answers."""

import json
import random
import signal

import numpy as np
import psutil
from sklearn.datasets import load_breast_cancer, load_iris

import automl

from .conftest import assert_nothing_left, ended, trials_of, wait_until

LONG = """
X, y = load_breast_cancer(return_X_y=True)
automl.fit(X, y, time_limit=None, max_trials=1000, n_jobs=2, knowledge_base=None, verbose=0)
"""


def test_kill_9_of_the_parent_while_all_workers_hang(start, temporary, fresh_home):
    process = start(LONG, {"lightgbm": "hang", "linear": "breed"})
    family = psutil.Process(process.pid)
    wait_until(lambda: len(list(fresh_home.glob("broken-*"))) == 2)
    everybody = family.children(recursive=True)
    process.kill()
    process.wait()
    assert_nothing_left(everybody, temporary, fresh_home)
    (record,) = fresh_home.glob("runs/*/history.jsonl")
    assert json.loads(record.read_text().splitlines()[0])["header"]["task"] == "binary"


def test_killed_workers_are_replaced_and_a_killed_reaper_is_not_missed(temporary, fresh_home):
    X, y = load_iris(return_X_y=True)
    before = set(psutil.Process().children(recursive=True))

    def kill_all(result):
        if result.info.number == 0:
            killed = set(psutil.Process().children(recursive=True)) - before
            for process in killed:
                process.kill()
            wait_until(lambda: all(map(ended, killed)))

    model = automl.fit(
        X,
        y,
        time_limit=None,
        max_trials=3,
        n_jobs=2,
        knowledge_base=None,
        verbose=0,
        callbacks=[kill_all],
        refit=False,
    )
    assert [r.status for r in model.history_].count("ok") >= 2, [
        (r.info.number, r.started, r.message) for r in model.history_
    ]
    assert np.mean(model.predict(X) == y) > 0.9
    assert_nothing_left(
        set(psutil.Process().children(recursive=True)) - before, temporary, fresh_home, 1.0
    )


def test_ctrl_c_while_the_only_worker_hangs_refits_what_was_found(start, temporary, fresh_home):
    process = start(
        """
X, y = load_iris(return_X_y=True)
model = automl.fit(X, y, time_limit=None, max_trials=9, n_jobs=1, knowledge_base=None, verbose=0)
print("refitted", model.refitted_, "interrupted", model.run_info_["interrupted"])
""",
        {"extra_trees": "hang"},
    )
    family = psutil.Process(process.pid)
    wait_until(lambda: list(fresh_home.glob("broken-*")))
    process.send_signal(signal.SIGINT)
    everybody = family.children(recursive=True)
    output, _ = process.communicate(timeout=200)
    assert output == "refitted True interrupted True\n"
    assert_nothing_left(everybody, temporary, fresh_home)


SETTINGS = {
    "time_limit": None,
    "max_trials": 8,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
    "knowledge_base": None,
    "refit": False,
}


def test_kills_at_any_moment_change_nothing(start, temporary, fresh_home, kept_worker):
    X, y = load_breast_cancer(return_X_y=True)
    expected = automl.fit(X, y, **SETTINGS)
    done = trials_of(fresh_home)
    moment = random.Random()
    program = f"""
X, y = load_breast_cancer(return_X_y=True)
automl.fit(X, y, resume=os.environ.get("RUN"), **{SETTINGS!r})
"""
    process = start(program)
    wanted = done + moment.randint(1, 5)
    wait_until(lambda: trials_of(fresh_home) >= wanted)
    process.kill()
    process.wait()
    folder = max((fresh_home / "runs").iterdir(), key=lambda path: path.stat().st_mtime)
    model = automl.fit(X, y, resume=folder, **SETTINGS)
    assert 1 <= model.run_info_["resumed_trials"] <= 8
    assert [(r.info, r.status, r.loss) for r in model.history_] == [
        (r.info, r.status, r.loss) for r in expected.history_
    ]
    assert model.holdout_ == expected.holdout_
    np.testing.assert_array_equal(model.predict_proba(X), expected.predict_proba(X))
    assert_nothing_left([], temporary, fresh_home)
