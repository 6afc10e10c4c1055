"""What a fault must never leave, and how to provoke one."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

HERE = Path(__file__).parent


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """A folder for temporary files that nobody else uses."""
    folder = tmp_path / "t"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def set_faults(monkeypatch):
    """Make learners break in the workers of this process and of those that it starts."""

    def choose(faults):
        monkeypatch.setenv("FAULTS", json.dumps(faults))
        monkeypatch.setenv("FAULTS_OF", str(os.getpid()))
        monkeypatch.syspath_prepend(HERE)
        monkeypatch.setattr("automl.run.workers._PRELOAD", ("automl.evaluation.evaluate", "faulty"))

    return choose


PREAMBLE = f"""
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell ignores it
sys.path.insert(0, {str(HERE)!r})
os.environ["FAULTS_OF"] = str(os.getpid())
import automl, automl.run.workers
from sklearn.datasets import load_breast_cancer, load_iris
automl.run.workers._PRELOAD = ("automl.evaluation.evaluate", os.environ.get("PRELOAD", "lightgbm"))
"""


@pytest.fixture
def start(temporary, fresh_home):
    """Start a program that may use `automl`, both data sets, and faults."""
    started = []

    def run(program, faults=None, **settings):
        environment = dict(os.environ)
        if faults is not None:
            environment |= {"FAULTS": json.dumps(faults), "PRELOAD": "faulty"}
        process = subprocess.Popen(
            [sys.executable, "-c", PREAMBLE + program],
            env=environment,
            **{"stdout": subprocess.PIPE, "text": True, **settings},
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def wait_until(condition, seconds=200.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


def ended(process):
    """Whether a process is gone; one that only waits to be counted by its parent is."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def assert_nothing_left(processes, folder, home, seconds=10.0):
    """No process, no temporary file, no file half-written."""
    wait_until(lambda: all(map(ended, processes)), seconds)
    wait_until(lambda: not list(folder.iterdir()), seconds)
    assert not [path for path in home.rglob("*") if path.name.endswith(".tmp")]


def trials_of(home):
    """Trials recorded by all runs of a home."""
    return sum(
        max(0, len(path.read_text().splitlines()) - 1) for path in home.glob("runs/*/history.jsonl")
    )
