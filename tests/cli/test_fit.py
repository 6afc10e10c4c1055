import subprocess
import sys

import pandas as pd
import pytest
from sklearn.datasets import load_iris

from automl.cli import main


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cli")
    X, y = load_iris(return_X_y=True, as_frame=True)
    table = X.assign(label=y.map({0: "a", 1: "b", 2: "c"}))
    table.to_csv(folder / "train.csv", index=False)
    table.to_parquet(folder / "train.parquet")
    X.to_csv(folder / "new.csv", index=False)
    return folder


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_fit_predict_and_leaderboard(workspace, suffix, capsys):
    model, out = workspace / f"{suffix}.automl", workspace / f"predictions.{suffix}"
    train = str(workspace / f"train.{suffix}")
    arguments = [
        "--target",
        "label",
        "--time-limit",
        "6",
        "--out",
        str(model),
        "--random-state",
        "0",
    ]
    assert main(["fit", train, *arguments]) == 0
    said = capsys.readouterr().out
    assert "multiclass" in said
    assert "log_loss" in said
    assert main(["predict", str(model), str(workspace / "new.csv"), "--out", str(out)]) == 0
    predictions = pd.read_csv(out) if suffix == "csv" else pd.read_parquet(out)
    assert list(predictions) == ["prediction", "probability_a", "probability_b", "probability_c"]
    truth = pd.read_csv(workspace / "train.csv")["label"]
    assert (predictions["prediction"].astype(str) == truth).mean() > 0.9
    assert main(["leaderboard", str(model)]) == 0
    assert "lightgbm" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fit", "none.csv", "--target", "y"], "none.csv"),
        (["fit", "train.csv", "--target", "nope"], "nope"),
        (["fit", "train.csv", "--target", "label", "--time-limit", "-3"], "`time_limit`"),
        (["fit", "train.csv", "--target", "label", "--out", "no/where/m"], "`--out`"),
        (["predict", "train.csv", "new.csv"], "`path`"),
    ],
)
def test_mistakes_end_with_one_sentence(workspace, arguments, message, capsys, monkeypatch):
    monkeypatch.chdir(workspace)
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("automl: ")
    assert message in error
    assert error.count("\n") == 1


def test_the_command_is_installed_and_explains_itself():
    said = subprocess.run(
        [sys.executable, "-m", "automl", "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert "fit" in said
    assert "leaderboard" in said
