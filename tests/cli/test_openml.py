import pandas as pd
import pytest

from automl.cli import main
from tests.openml.conftest import client, server

__all__ = ["client", "server"]


def test_a_task_is_run_and_published(server, tmp_path, capsys):
    out = str(tmp_path / "run")
    options = [
        "--time-limit",
        "3",
        "--random-state",
        "0",
        "--n-jobs",
        "1",
        "--out",
        out,
        "--publish",
    ]
    assert main(["openml", "run", "1", *options]) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line[:16] for line in said[:2]] == ["repeat 0 fold 0:", "repeat 0 fold 1:"]
    assert said[2].startswith("task 1 (two): roc_auc ")
    assert said[2].endswith(f"published as run {min(server.runs)}")
    assert said[3] == f"written to {out}"


def test_a_suite_shows_each_fold_and_what_could_not_be_run(server, tmp_path, capsys):
    out = tmp_path / "suite"
    options = ["--time-limit", "3", "--folds", "1", "--metric", "roc_auc", "--out", str(out)]
    assert main(["openml", "suite", "22", *options]) == 0
    said = capsys.readouterr().out
    assert "task 2 repeat 0 fold 0: log_loss" in said
    assert "failed, prior only: InvalidInputError: `metric`" in said
    assert "task 77: not run, OpenML at" in said
    assert len(pd.read_csv(out / "results.csv")) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "99"], "has no such task"),
        (["run", "1", "--time-limit", "0"], "--time-limit: must be a positive number of seconds"),
        (["suite", "99"], "has no such suite"),
        (
            ["suite", "21", "--memory-limit", "-1"],
            "--memory-limit: must be a positive number of megabytes",
        ),
    ],
)
def test_mistakes_end_with_one_sentence(server, arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["openml", *arguments]) == 2
    error = capsys.readouterr().err
    assert error.startswith("automl: ")
    assert message in error
    assert error.count("\n") == 1
    assert not list(tmp_path.glob("openml_runs/**/*.json"))


def test_an_interruption_says_that_folds_are_kept(server, tmp_path, capsys, monkeypatch):
    def interrupted(*_args, **_settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("automl.openml.tasks.run_fold", interrupted)
    assert main(["openml", "run", "1", "--out", str(tmp_path / "run")]) == 130
    assert "finished folds are kept" in capsys.readouterr().err
