"""From where people really call `fit`; real scripts, real signals."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from automl.execution.local import FORKS
from automl.history import read_history

PROGRAM = """
print("main runs")
from sklearn.datasets import load_iris
import automl
X, y = load_iris(return_X_y=True)
seen = []
def note(result):
    seen.append(result.status)
model = automl.fit(X, y, time_limit=None, max_trials=3, n_jobs=2, callbacks=[note])
print("statuses", sorted(set(seen)), "accuracy", (model.predict(X) == y).mean() > 0.9)
"""

LONG = """
from sklearn.datasets import load_breast_cancer
import automl
X, y = load_breast_cancer(return_X_y=True)
model = automl.fit(X, y, time_limit=60, n_jobs=2, refit=False)
print("model with", model.run_info_["n_members"], "members, interrupted",
      model.run_info_["interrupted"], flush=True)
"""


def _check(output):
    assert output.count("main runs") == 1
    assert "statuses ['ok'] accuracy True" in output


def test_an_unguarded_script(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(PROGRAM)
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    _check(done.stdout)


def test_standard_input_and_command_line():
    piped = subprocess.run(
        [sys.executable, "-"], input=PROGRAM, capture_output=True, text=True, check=True
    )
    _check(piped.stdout)
    given = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    _check(given.stdout)


def test_a_notebook(tmp_path):
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(PROGRAM)])
    client = nbclient.NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}
    )
    client.execute()
    outputs = notebook.cells[0].outputs
    _check("".join(o["text"] for o in outputs if o.get("name") == "stdout"))


def _start(home):
    environment = {**os.environ, "AUTOML_HOME": str(home), "TMPDIR": str(home)}
    process = subprocess.Popen(
        [sys.executable, "-c", LONG], stdout=subprocess.PIPE, text=True, env=environment
    )
    return process, psutil.Process(process.pid)


def _wait_for_trials(home, n):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for path in Path(home).glob("runs/*/history.jsonl"):
            if len(path.read_text().splitlines()) > n:
                return path
        time.sleep(0.1)
    raise AssertionError("no trials were recorded")


def _gone(processes):
    _, alive = psutil.wait_procs(processes, timeout=10)
    return not alive


def test_ctrl_c_returns_a_model_and_ends_the_workers(tmp_path):
    process, handle = _start(tmp_path)
    _wait_for_trials(tmp_path, 6)
    workers = handle.children(recursive=True)
    assert (
        len(workers) == 3 + FORKS
    )  # two workers, the reaper, and what workers are forked off from
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert "interrupted True" in output
    assert _gone(workers)
    assert not list(tmp_path.glob("automl-*"))


def test_the_record_of_a_run_can_be_read_back(tmp_path, monkeypatch):
    from sklearn.datasets import load_iris

    import automl
    from automl.data import TableEncoder
    from automl.pipelines import pipeline_space

    monkeypatch.setenv("AUTOML_HOME", str(tmp_path))
    X, y = load_iris(return_X_y=True)
    model = automl.fit(X, y, time_limit=None, max_trials=3, n_jobs=1, random_state=0)
    features = TableEncoder().fit(X).features
    space = pipeline_space("multiclass", features, len(X))
    header, history = read_history(Path(model.run_info_["history_path"]), space)
    assert header["metric"] == "log_loss"
    assert list(history.results) == list(model.history_.results)


def test_import_loads_nothing_heavy():
    program = "import sys, automl; print([m for m in ('openml', 'matplotlib', 'lightgbm', "
    program += "'sklearn', 'polars') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
