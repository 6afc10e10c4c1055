import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from sklearn.datasets import load_iris

import automl
from automl.cli import main
from automl.history import read_header

FAST = ["--time-limit", "4", "--random-state", "0", "--n-jobs", "1", "--no-knowledge-base"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    X, y = load_iris(return_X_y=True, as_frame=True)
    X["price"] = [f"${900 + 7 * i:,}" for i in range(len(X))]
    table = X.assign(label=y.map({0: "a", 1: "b", 2: "c"}))
    table.to_csv(folder / "train.csv", index=False)
    table.to_parquet(folder / "train.parquet")
    X.to_csv(folder / "new.csv", index=False)
    table.assign(label=table["label"].where(table.index % 10 > 0)).to_csv(folder / "holes.csv")
    (folder / "secret.key").write_text("0" * 64 + "\n")
    return folder


@pytest.fixture(scope="module")
def model(workspace):
    """A model that was fitted once; its home has the same secret as that of each test."""
    X = pd.read_csv(workspace / "train.csv")
    few = {"time_limit": None, "max_trials": 3, "n_jobs": 1, "random_state": 0, "verbose": 0}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOML_HOME", str(workspace))
        fitted = automl.fit(X, "label", knowledge_base=None, **few)
        return fitted, str(fitted.save(workspace / "iris.automl"))


@pytest.fixture
def here(workspace, monkeypatch):
    monkeypatch.chdir(workspace)
    monkeypatch.setenv("AUTOML_HOME", str(workspace))


def test_fit_says_what_it_found_and_saves_it(workspace, tmp_path, capsys, fresh_home):
    out = tmp_path / "new" / "folder" / "m.automl"
    train = str(workspace / "train.parquet")
    assert main(["fit", train, "--target", "label", "--out", str(out), *FAST]) == 0
    said = capsys.readouterr().out
    assert "task        multiclass" in said
    assert "log_loss" in said
    assert "price (numbers stored as text: comma groups thousands, in $)" in said
    assert f"saved to    {out}" in said
    fitted = automl.load(out)
    n_shown, n_run = len(fitted.leaderboard()), fitted.run_info_["n_trials"]
    assert f"chosen from {n_shown} configurations in {n_run} evaluations" in said
    assert main(["leaderboard", str(out), "--rows", "1"]) == 0
    board = capsys.readouterr().out
    assert board.startswith(f"{n_shown} configurations in {n_run} evaluations")
    assert "sorted by rung, where the highest has seen all rows, then by val_score" in board


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_predictions_go_to_a_file(model, workspace, here, suffix, tmp_path):
    out = str(tmp_path / f"out.{suffix}")
    assert main(["predict", model[1], str(workspace / f"train.{suffix}"), "--out", out]) == 0
    predictions = pd.read_csv(out) if suffix == "csv" else pd.read_parquet(out)
    assert list(predictions) == ["prediction", "probability_a", "probability_b", "probability_c"]
    truth = pd.read_csv(workspace / "train.csv")["label"]
    assert (predictions["prediction"].astype(str) == truth).mean() > 0.9


def test_the_score_is_told_where_the_table_holds_the_target(model, here, capsys):
    assert main(["predict", model[1], "train.csv"]) == 0
    assert "'label' is in the table: log_loss 0." in capsys.readouterr().err
    assert main(["predict", model[1], "holes.csv"]) == 0
    assert "135 rows); a constant has 1.0986" in capsys.readouterr().err
    assert main(["predict", model[1], "new.csv"]) == 0
    assert capsys.readouterr().err == ""


def test_labels_that_the_model_does_not_know_are_told_and_cost_no_prediction(
    model, workspace, here, capsys
):
    table = pd.read_csv("train.csv").assign(label="z")
    table.to_csv(workspace / "other.csv", index=False)
    assert main(["predict", model[1], "other.csv"]) == 0
    said = capsys.readouterr()
    assert "not scored, The column 'label' must hold values as in training" in said.err
    assert len(said.out.splitlines()) == 151


def test_evaluate_shows_the_score_beside_that_of_a_constant(model, here, capsys):
    assert main(["evaluate", model[1], "train.csv"]) == 0
    target, score, constant = capsys.readouterr().out.splitlines()
    assert target == "target      label"
    assert score.startswith("score       log_loss 0.")
    assert "95 % interval" in score
    assert constant.startswith("constant    log_loss 1.0986")


def test_evaluate_for_programs_agrees_with_scikit_learn(model, here, capsys):
    table = pd.read_csv("train.csv")
    assert main(["evaluate", model[1], "train.csv", "--metric", "accuracy", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["score"] == pytest.approx(model[0].score(table, table["label"]))
    assert found["ci_low"] <= found["score"] <= found["ci_high"]
    assert (found["n_rows"], found["constant_score"]) == (150, pytest.approx(1 / 3))


def test_rows_without_a_target_are_named_and_can_be_dropped(model, here, capsys, tmp_path):
    assert main(["evaluate", model[1], "holes.csv"]) == 2
    assert "none in 15 of 150: pass --drop-missing-target" in capsys.readouterr().err
    assert main(["evaluate", model[1], "holes.csv", "--drop-missing-target"]) == 0
    assert "135 rows" in capsys.readouterr().out
    arguments = ["fit", "holes.csv", "--target", "label", "--out", str(tmp_path / "m")]
    assert main([*arguments, *FAST]) == 2
    assert "none in 15 of 150: pass --drop-missing-target" in capsys.readouterr().err
    assert main([*arguments, "--drop-missing-target", *FAST]) == 0
    record = automl.load(tmp_path / "m").run_info_["history_path"]
    assert read_header(record)["n_rows"] == 135


@pytest.mark.usefixtures("kept_worker")
def test_the_latest_run_is_gone_on_with(workspace, tmp_path, capsys, fresh_home):
    train, out = str(workspace / "train.csv"), str(tmp_path / "m.automl")
    few = {"time_limit": None, "max_trials": 3, "n_jobs": 1, "verbose": 0, "refit": False}
    first = automl.fit(train, "label", knowledge_base=None, **few)
    arguments = ["fit", train, "--target", "label", "--out", out, "--time-limit", "4"]
    assert main([*arguments, "--resume", "latest", "--no-knowledge-base"]) == 0
    model = automl.load(out)
    assert model.run_info_["resumed_trials"] == 3
    assert model.run_info_["history_path"] == first.run_info_["history_path"]
    assert f"run         {fresh_home / 'runs'}" in capsys.readouterr().out


def test_there_may_be_no_latest_run(here, workspace, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("AUTOML_HOME", str(tmp_path / "empty"))
    assert main(["fit", "train.csv", "--target", "label", "--resume", "latest"]) == 2
    assert "no run lies in" in capsys.readouterr().err


USAGE = [
    ([], "the following arguments are required: command"),
    (["fti"], "invalid choice: 'fti'"),
    (["fit"], "required: table, --target"),
    (["fit", "train.csv"], "required: --target"),
    (["fit", "trian.csv", "--target", "y"], "does not exist (there is 'train.csv')"),
    (["fit", ".", "--target", "y"], "'.' is a folder"),
    (["fit", "", "--target", "y"], "argument table: must be a file, ''"),
    (["fit", "train.csv", "--target", "nope"], "nope"),
    (["fit", "train.csv", "--target", ""], "target ''"),
    (
        ["fit", "train.csv", "--target", "label", "--time-limit", "-3"],
        "--time-limit: must be a positive number of seconds, got '-3'",
    ),
    (
        ["fit", "train.csv", "--target", "label", "--time-limit", "0"],
        "number of seconds, got '0'",
    ),
    (
        ["fit", "train.csv", "--target", "label", "--time-limit", "1m"],
        "number of seconds, got '1m'",
    ),
    (
        ["fit", "train.csv", "--target", "label", "--n-jobs", "0"],
        "-1 for all cores, got '0'",
    ),
    (
        ["fit", "train.csv", "--target", "label", "--random-state", "1.5"],
        "--random-state: must be a non-negative integer, got '1.5'",
    ),
    (["fit", "train.csv", "--target", "label", "--task", "class"], "invalid choice: 'class'"),
    (["fit", "train.csv", "--target", "label", "--seed", "1"], "unrecognized arguments: --seed"),
    (["fit", "train.csv", "--target", "label", "--metric", "auroc"], "got 'auroc'"),
    (["fit", "train.csv", "--target", "label", "--test-size", "200"], "rows below 150, got 200"),
    (["fit", "train.csv", "--target", "label", "--resume", "nowhere"], "`resume`"),
    (["fit", "train.csv", "--target", "label", "--out", "."], "`--out` must name a file"),
    (["fit", "train.csv", "--target", "label", "--out", "train.csv/m"], "`--out` must be a file"),
    (["predict", "train.csv", "new.csv"], "`path`"),
    (["predict", "none.automl", "new.csv"], "argument model: must be a file"),
    (["evaluate", "iris.automl", "new.csv"], "`table` must hold the target 'label'"),
    (["evaluate", "iris.automl", "train.csv", "--metric", "auroc"], "got 'auroc'"),
    (["leaderboard", "iris.automl", "--rows", "-1"], "whole number of at least 0, got '-1'"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_mistakes_end_with_one_sentence(model, here, arguments, message, capsys):
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("automl: ")
    assert message in error
    assert error.count("\n") == 1


def test_a_wrong_path_is_told_before_anything_heavy_is_loaded():
    program = "import sys; from automl.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", program, "fit", "nothere.csv", "--target", "y"]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "pandas", "scipy", "sklearn"} & set(loaded)


def test_a_wrong_target_is_told_before_learners_are_loaded(workspace):
    program = "import sys; from automl.cli import main; main(sys.argv[1:]); print(*sys.modules)"
    command = [sys.executable, "-c", program, "fit", str(workspace / "train.csv"), "--target", "y"]
    command += ["--out", str(workspace / "never.automl")]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert not {"lightgbm", "sklearn", "scipy.stats"} & set(loaded)


def test_no_room_is_told_before_the_fit(workspace, small_disk, capsys):
    train = str(workspace / "train.csv")
    out = str(small_disk.path / "m.automl")
    assert main(["fit", train, "--target", "label", "--out", out]) == 2
    assert "must lie on a disk with 16 MB of room" in capsys.readouterr().err
    assert small_disk.names() == set()


def test_a_fit_is_not_lost_to_a_path(workspace, model, here, tmp_path, capsys):
    """The folder goes while the fit is under way."""
    folder = tmp_path / "out"
    command = [sys.executable, "-m", "automl", "fit", "train.csv", "--target", "label", "--quiet"]
    process = subprocess.Popen(
        [*command, "--out", str(folder / "m.automl"), *FAST],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "AUTOML_HOME": str(tmp_path / "home")},
    )
    while not list(tmp_path.glob("home/runs/*")):
        assert process.poll() is None
        time.sleep(0.02)
    folder.rmdir()
    folder.write_text("a file")
    out, error = process.communicate(timeout=200)
    assert process.returncode == 1
    (kept,) = (tmp_path / "home" / "models").iterdir()
    assert f"the model is kept in {kept}" in error.splitlines()[-1]
    assert f"saved to    {kept}" in out
    assert automl.load(kept, trusted=True).task_ == "multiclass"
    assert Path(kept).name.startswith("m-")


def test_the_command_is_installed_and_explains_itself():
    said = subprocess.run(
        [sys.executable, "-m", "automl", "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("fit", "evaluate", "leaderboard", "exit codes: 0 done"):
        assert word in said
