"""A second fit on another half of a table."""

import json

import pytest

from benchmarks import own_runs


def test_the_page_counts_where_the_first_fit_is_reached(tmp_path):
    rows = [
        {"table": "a", "first": 0.2, "second": [0.19, 0.212], "without": [0.3, 0.3]},
        {"table": "b", "first": 0.2, "second": [0.2, 0.3], "without": [0.24, 0.24]},
    ]
    rows = [{"n_rows": 9, "n_jobs": 2, **row} for row in rows]
    rows += [{"table": "a", "longer": 0.18}, {"table": "b", "longer": 0.22}]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = own_runs.report(path)
    assert "Cores: 2 " in said
    assert "second: the loss of the first fit reached (within 1%) on 1 of 2" in said
    assert "without: the loss of the first fit reached (within 1%) on 0 of 2" in said
    assert "longer: the loss of the first fit reached (within 1%) on 1 of 2" in said
    assert "second against without: 1 better, 0 level, 1 worse" in said
    assert "second against longer: 0 better, 0 level, 2 worse" in said
    assert "| b | 9 | 0.2 | 0.25 | 0.24 | 0.22 |" in said


def test_all_fits_on_one_table(monkeypatch, tmp_path):
    if not own_runs.DATASETS.is_dir():
        pytest.skip("needs the shards of metadata and ../shared/datasets")
    monkeypatch.setattr(own_runs, "FIRST_SECONDS", 4.0)
    monkeypatch.setattr(own_runs, "SECOND_SECONDS", 4.0)
    monkeypatch.setattr(own_runs, "SEEDS", range(1))
    own_runs.first_fit("glass", tmp_path, n_jobs=1)
    assert list((tmp_path / "glass" / "shards").iterdir())
    found = own_runs.second_fits("glass", tmp_path, n_jobs=1)
    assert found["first"] > 0
    assert [len(found[way]) for way in ("second", "without")] == [1, 1]
    assert own_runs.longer_fit("glass", n_jobs=1)["longer"] > 0
