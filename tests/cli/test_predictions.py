"""`automl predict` from file to file, in one piece and in several."""

import numpy as np
import pandas as pd
import pytest

import automl
from automl.cli import main
from automl.cli.predictions import write_predictions
from automl.exceptions import InvalidInputError

N = 60


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"size": rng.normal(size=N), "level": rng.choice(["01", "1", "b"], N)})
    table["label"] = np.where(table["size"] > 0, "yes", "no")
    settings = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "verbose": 0, "refit": False}
    folder = tmp_path_factory.mktemp("predictions")
    table.to_csv(folder / "train.csv", index=False)
    model = automl.fit(
        folder / "train.csv", "label", random_state=0, knowledge_base=None, **settings
    )
    new = table.drop(columns="label").sort_values("level").reset_index(drop=True)
    new.to_csv(folder / "new.csv", index=False)
    named = new.set_index(pd.Index([f"row {i}" for i in range(N)], name="id"))
    named.to_parquet(folder / "named.parquet", row_group_size=11)
    new.to_parquet(folder / "new.parquet", row_group_size=11)
    return model, folder, new


def _read(path):
    return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)


@pytest.mark.parametrize("source", ["new.csv", "new.parquet"])
@pytest.mark.parametrize("out", ["out.csv", "out.parquet", "out.csv.gz", "out.csv.zip"])
def test_parts_give_what_one_piece_gives(fitted, tmp_path, source, out):
    model, folder, new = fitted
    write_predictions(model, str(folder / source), str(tmp_path / out), n_rows=7)
    found = _read(tmp_path / out)
    assert list(found) == ["prediction", "probability_no", "probability_yes"]
    assert found["prediction"].tolist() == model.predict(new).tolist()
    np.testing.assert_allclose(found.iloc[:, 1:], model.predict_proba(new))
    assert [path.name for path in tmp_path.iterdir()] == [out]


@pytest.mark.parametrize("out", ["out.csv", "out.parquet"])
def test_names_of_rows_are_kept(fitted, tmp_path, out):
    model, folder, new = fitted
    write_predictions(model, str(folder / "named.parquet"), str(tmp_path / out), n_rows=7)
    found = _read(tmp_path / out)
    names = found["id"] if out.endswith("csv") else found.index
    assert names.tolist() == [f"row {i}" for i in range(N)]
    assert found["prediction"].tolist() == model.predict(new).tolist()


def test_a_failure_on_the_way_leaves_what_was_there(fitted, tmp_path):
    model, folder, _ = fitted
    (tmp_path / "broken.csv").write_text((folder / "new.csv").read_text() + "1,b,3\n")
    (tmp_path / "out.csv").write_text("earlier")
    with pytest.raises(InvalidInputError, match=f"line {N + 2} has 3"):
        write_predictions(model, str(tmp_path / "broken.csv"), str(tmp_path / "out.csv"), 7)
    assert (tmp_path / "out.csv").read_text() == "earlier"
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.filterwarnings("error")
def test_a_file_without_rows_gives_one_without_rows(fitted, tmp_path):
    model, _, _ = fitted
    (tmp_path / "none.csv").write_text("size,level\n")
    write_predictions(model, str(tmp_path / "none.csv"), str(tmp_path / "out.csv"))
    assert (tmp_path / "out.csv").read_text() == "prediction,probability_no,probability_yes\n"


def test_the_command_prints_and_refuses_formats_that_it_does_not_write(fitted, tmp_path, capsys):
    model, folder, _ = fitted
    saved, new = str(model.save(tmp_path / "m.automl")), str(folder / "new.csv")
    assert main(["predict", saved, new]) == 0
    said = capsys.readouterr().out
    assert said.startswith("prediction,probability_no,probability_yes\n")
    assert said.count("\n") == N + 1
    assert main(["predict", saved, new, "--out", str(tmp_path / "out.xlsx")]) == 2
    assert "`--out` must be a CSV or parquet file" in capsys.readouterr().err


def test_facts_of_the_run_say_how_many_rows_were_seen(fitted):
    assert fitted[0].run_info_["rows_seen"] == N
    assert fitted[0].run_info_["rows_in_file"] == N
