"""Callers that fork, run threads, have no streams, or start workers that never answer."""

import multiprocessing
import os
import subprocess
import sys
import threading
import time

import numpy as np
import psutil
import pytest
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.ensemble import HistGradientBoostingClassifier
from threadpoolctl import threadpool_info

import automl
from automl.exceptions import DataWarning

from .conftest import assert_nothing_left

QUICK = {"time_limit": None, "max_trials": 2, "n_jobs": 1, "verbose": 0, "refit": False}
FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")


def _in_a_fork(function, *arguments):
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sending.send(function(*arguments)))
    child.start()
    try:
        assert receiving.poll(200), "the fork hangs"
        return receiving.recv()
    finally:
        child.kill()
        child.join()


@FORK
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_after_fit_predicts_and_fits(temporary, fresh_home):
    X, y = load_breast_cancer(return_X_y=True)
    model = automl.fit(X, y, **QUICK)
    expected = model.predict_proba(X)
    np.testing.assert_array_equal(_in_a_fork(model.predict_proba, X), expected)
    native = HistGradientBoostingClassifier(max_iter=3)
    assert _in_a_fork(lambda: native.fit(X, y).score(X, y)) > 0.9
    again = _in_a_fork(lambda: automl.fit(X, y, **QUICK).holdout_.score)
    assert again > 0.9
    assert_nothing_left([], temporary, fresh_home)


@pytest.mark.filterwarnings(
    "ignore:`sklearn.utils.parallel.delayed`"
)  # its filters are not thread-safe
def test_two_fits_in_threads_beside_busy_ones(temporary, fresh_home):
    """Threads of OpenMP and BLAS run in the caller; nobody's limits are changed for good."""
    limits = [pool["num_threads"] for pool in threadpool_info()]
    X, y = load_iris(return_X_y=True)
    stop, models = threading.Event(), {}
    matrix = np.random.default_rng(0).normal(size=(300, 300))

    def work():
        while not stop.wait(0.05):
            HistGradientBoostingClassifier(max_iter=2).fit(X, y)
            matrix @ matrix

    def run(name):
        models[name] = automl.fit(X, y, random_state=0, knowledge_base=None, **QUICK)
        for _ in range(20):
            models[name].predict(X)

    before = set(threading.enumerate())
    fits = [threading.Thread(target=run, args=(name,)) for name in "ab"]
    busy = threading.Thread(target=work)
    for thread in (busy, *fits):
        thread.start()
    for thread in fits:
        thread.join()
    stop.set()
    busy.join()
    np.testing.assert_array_equal(models["a"].predict_proba(X), models["b"].predict_proba(X))
    assert set(threading.enumerate()) <= before
    assert [pool["num_threads"] for pool in threadpool_info()][: len(limits)] == limits
    assert len(list(fresh_home.glob("runs/*/history.jsonl"))) == 2
    assert_nothing_left([], temporary, fresh_home)


def test_no_streams_and_a_long_temporary_path(tmp_path, fresh_home, monkeypatch):
    """As a daemon has it on a cluster."""
    folder = tmp_path / ("t" * 120)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    program = f"""
import automl
from sklearn.datasets import load_iris
model = automl.fit(*load_iris(return_X_y=True), **{ {**QUICK, "verbose": 1}!r})
open({str(tmp_path / "said")!r}, "w").write(str(set(r.status for r in model.history_)))
"""
    command = f"exec {sys.executable} -c '{program}' <&- >&- 2>&-".replace('"', '\\"')
    script = tmp_path / "script.py"
    script.write_text(program)
    command = f"exec {sys.executable} {script} <&- >&- 2>&-"
    subprocess.run(["/bin/sh", "-c", command], check=True, timeout=200)
    assert (tmp_path / "said").read_text() == "{'ok'}"
    assert_nothing_left([], folder, fresh_home)


def test_workers_that_never_start_do_not_stop_the_clock(temporary, fresh_home, monkeypatch):
    (temporary.parent / "asleep.py").write_text("import os, time\ntime.sleep(600)")
    monkeypatch.syspath_prepend(temporary.parent)
    monkeypatch.setattr("automl.run.workers._PRELOAD", ("asleep",))
    monkeypatch.setattr(
        "automl.run.workers._import_all", lambda _: None
    )  # here it would sleep, too
    before = set(psutil.Process().children(recursive=True))
    started = time.monotonic()
    with pytest.warns(DataWarning, match="No pipeline was finished in time"):
        automl.fit(*load_iris(return_X_y=True), time_limit=4, n_jobs=2, verbose=0)
    assert time.monotonic() - started < 60  # on a machine with other load, too
    left = set(psutil.Process().children(recursive=True)) - before
    assert_nothing_left(left, temporary, fresh_home, 1.0)


OUTER = """
from sklearn.model_selection import cross_val_score
model = automl.AutoMLClassifier(time_limit=None, max_trials=2, verbose=0, test_size=0, refit=False)
print(cross_val_score(model, *load_iris(return_X_y=True), cv=2, n_jobs=2).min() > 0.8)
"""


def test_an_outer_parallel_cross_validation_leaves_nothing(start, temporary, fresh_home):
    output, _ = start(OUTER).communicate(timeout=200)
    assert output == "True\n"
    assert len(list(fresh_home.glob("runs/*/history.jsonl"))) == 2
    assert_nothing_left([], temporary, fresh_home)
