"""Clock steps: only the monotonic clock is ever asked how long something took."""

import ast
import itertools
import time
from pathlib import Path

from sklearn.datasets import load_iris

import automl

SOURCES = Path(automl.__file__).parent
WALL = {"time.time", "time.time_ns", "datetime.now", "datetime.utcnow", "datetime.today"}


def test_no_module_reads_the_wall_clock():
    calls = {
        ".".join(ast.unparse(node.func).split(".")[-2:])
        for path in SOURCES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
    }
    assert "time.monotonic" in calls
    assert not calls & WALL


def test_a_wall_clock_that_jumps_changes_nothing(fresh_home, monkeypatch, kept_worker):
    jumps = itertools.cycle((0.0, 86_400.0, -86_400.0, 1e9))
    true = time.time
    monkeypatch.setattr(time, "time", lambda: true() + next(jumps))
    X, y = load_iris(return_X_y=True)
    model = automl.fit(X, y, time_limit=60, max_trials=2, n_jobs=1, verbose=0, random_state=0)
    assert [r.status for r in model.history_] == ["ok", "ok"]
    assert all(0 <= r.started < 60 and 0 < r.wall_seconds < 60 for r in model.history_)
    assert 0 < model.run_info_["seconds"] < 62
