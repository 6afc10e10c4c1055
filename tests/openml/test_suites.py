import os
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

import automl.openml
from automl.exceptions import InvalidInputError, OpenMLError
from tests.openml.conftest import files_of
from tests.openml.stand_in import KEY

QUICK = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "random_state": 0, "refit": False}
pytestmark = pytest.mark.usefixtures("kept_worker")

PROGRAM = """
import automl.openml
automl.openml.fit_suite(21, time_limit=None, max_trials=1, n_jobs=1, random_state=0, refit=False,
                        output="suite", on_fold=lambda task, fold: print(task, fold, flush=True))
"""


def _environment(server, home):
    """Configure openml as a user does: with its configuration file."""
    config = home / "config" / "openml" / "config"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(f"server = {server.url}\napikey = {KEY}\ncachedir = {home / 'cache'}\n")
    return {**os.environ, "XDG_CONFIG_HOME": str(home / "config")}


def _stop_during_fold(server, folder, how, n_finished):
    """Start the suite in a process and stop it inside the fold after so many that are reported."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        cwd=folder,
        env=_environment(server, folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    for _ in range(n_finished):
        assert process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(how)
    assert process.wait(timeout=60) != 0
    return _finished_folds(folder / "suite")


def _finished_folds(suite):
    files = files_of(suite)
    return {name: files[name] for name in files if "/folds/" in name and name.endswith(".json")}


def test_an_interrupted_suite_goes_on_without_repeating_a_fold(server, client, tmp_path):
    killed = _stop_during_fold(server, tmp_path, signal.SIGKILL, 1)
    assert list(killed) == ["task_1/folds/repeat-0-fold-0.json"]
    interrupted = _stop_during_fold(server, tmp_path, signal.SIGINT, 3)
    assert len(interrupted) == 3
    assert killed.items() <= interrupted.items()

    client.config.set_root_cache_directory(tmp_path / "cache")
    result = automl.openml.fit_suite(21, output=tmp_path / "suite", **QUICK)
    assert interrupted.items() <= _finished_folds(tmp_path / "suite").items()
    names = [(task.name, len(task.folds)) for task in result.tasks]
    assert names == [("two", 2), ("three", 2), ("numbers", 2)]
    for task in result.tasks:
        assert len(client.runs.OpenMLRun.from_filesystem(task.path).data_content) == 60
    table = pd.read_csv(tmp_path / "suite" / "results.csv")
    assert table["status"].tolist() == ["ok"] * 6
    assert table["metric"].drop_duplicates().tolist() == ["roc_auc", "log_loss", "rmse"]
    assert table["score"].notna().all()


def test_failures_are_listed_and_count_with_the_predictions_of_the_prior(server, tmp_path):
    settings = {**QUICK, "metric": "roc_auc"}  # not defined for three classes
    result = automl.openml.fit_suite(22, folds=1, output=tmp_path / "suite", **settings)
    (three,) = result.tasks
    (fold,) = three.failures
    assert "`metric`" in fold.message
    table = server.tables[12][1]
    shares = table["target"].iloc[1::2].value_counts(normalize=True)
    assert fold.scores["accuracy"] == (table["target"].iloc[::2] == shares.idxmax()).mean()
    for label, share in shares.items():
        assert set(fold.predictions[f"confidence.{label}"]) == {share}
    assert result.not_run.keys() == {4, 77}
    assert "Clustering" in result.not_run[4]
    assert "no such task" in result.not_run[77]
    written = pd.read_csv(tmp_path / "suite" / "results.csv")
    assert written["status"].tolist() == ["failed", "not run", "not run"]
    assert "1 failed and count as prior only" in str(result)


@pytest.mark.parametrize(
    ("suite", "error", "message"),
    [
        (99, OpenMLError, "has no such suite, asked for suite 99"),
        ("no/such", InvalidInputError, "`suite_id` must be the number or the alias"),
        (-1, InvalidInputError, "`suite_id`"),
    ],
)
def test_a_suite_that_is_none(server, tmp_path, suite, error, message):
    with pytest.raises(error, match=message):
        automl.openml.fit_suite(suite, output=tmp_path / "suite", **QUICK)
    assert not (tmp_path / "suite").exists()
