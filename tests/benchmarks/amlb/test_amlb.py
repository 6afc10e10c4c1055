import pandas as pd
import pytest

from benchmarks.amlb import prepare, report
from benchmarks.common.splits import make_split
from benchmarks.common.tables import load_table


@pytest.fixture(scope="module")
def folds(tmp_path_factory):
    out = tmp_path_factory.mktemp("amlb")
    tables = ["sklearn:wine", "sklearn:diabetes"]
    prepare.main(["--tables", *tables, "--out", str(out)])
    return out


def test_folds_are_the_splits_of_the_other_pages(folds):
    table = load_table("sklearn:wine")
    for fold in range(2):
        split = make_split(table.name, fold, table.y, table.task)
        for part, rows in (("train", split.train), ("test", split.test)):
            written = pd.read_csv(folds / "sklearn_wine" / f"sklearn_wine_{part}_{fold}.csv")
            assert written["target"].tolist() == [f"c{k}_{k}" for k in table.y.iloc[rows]]
            assert written.iloc[:, :-1].to_numpy() == pytest.approx(table.X.iloc[rows].to_numpy())
            assert all(name.isidentifier() for name in written)


def test_the_definition_lists_every_table(folds):
    definition = (folds / "bench.yaml").read_text()
    assert definition.count("- name: ") == 2
    assert (
        "path: '{user}/data/sklearn_wine'\n    target: target\n    type: multiclass" in definition
    )
    assert definition.endswith("type: regression\n  folds: 2\n")


def _job(framework, task, fold, result, **more):
    return {
        "framework": framework,
        "task": task,
        "fold": fold,
        "result": result,
        "metric": "auc",
        "constraint": "1m2c",
        "version": "1",
        "app_version": "dev [somewhere, master, abc1234]",
        "duration": 61.0,
        "training_duration": 60.0,
        "predict_duration": 0.1,
        "info": None,
        **more,
    }


def test_the_page_counts_a_failed_job_as_lost(tmp_path, capsys):
    jobs = [
        _job("Automl_cold", "a", 0, 0.9),
        _job("Automl_cold", "a", 1, None, info="out of memory"),
        _job("Automl_cold", "b", 0, 0.8),
        _job("Automl_cold", "b", 1, 0.6),
        _job("flaml", "a", 0, 0.5),
        _job("flaml", "a", 1, 0.5),
        _job("flaml", "b", 0, 0.7),
        _job("flaml", "b", 1, 0.7),
        _job("flaml", "b", 1, 0.9, constraint="10s2c"),
    ]
    pd.DataFrame(jobs).to_csv(tmp_path / "results.csv", index=False)
    report.main([str(tmp_path / "results.csv"), "--out", str(tmp_path / "amlb.md")])
    page = (tmp_path / "amlb.md").read_text()
    assert "| a | auc | nan | 0.5 |" in page
    assert "| b | auc | 0.7 | 0.7 |" in page
    assert "| flaml | 0 | 1 | 1 |" in page
    assert "- Automl_cold, a, fold 1: out of memory" in page
    assert "commit abc1234" in page
    assert "somewhere" not in page
    with pytest.raises(SystemExit, match="no job of the constraint '1h8c'"):
        report.main([str(tmp_path / "results.csv"), "--constraint", "1h8c"])
