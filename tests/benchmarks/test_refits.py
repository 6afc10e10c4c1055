from __future__ import annotations

import json

import pytest

from benchmarks.refits import main


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    out = tmp_path_factory.mktemp("refits") / "refits.jsonl"
    settings = ["--suite", "sklearn:iris", "--seconds", "60", "--n-jobs", "1", "--trials", "2"]
    main(["run", "--out", str(out), *settings])
    return out, settings


def test_all_models_come_from_one_search(measured, tmp_path):
    out, settings = measured
    (result,) = [json.loads(line) for line in out.read_text().splitlines()]
    variants = result["variants"]
    assert variants["single"]["n_models"] == len(result["members"])
    assert variants["bags"]["n_models"] == 5 * len(result["members"])
    assert variants["bags"]["bytes"] > variants["single"]["bytes"] > 0
    assert all(0 < variant["loss"] < 1.0 for variant in variants.values())
    main(["run", "--out", str(out), *settings])  # nothing is measured twice
    assert len(out.read_text().splitlines()) == 1
    main(["report", "--out", str(out), "--page", str(tmp_path / "refits.md")])
    page = (tmp_path / "refits.md").read_text()
    assert "| folds | 1 | 1.0000 | 0 / 1 / 0 |" in page
    assert "below 2,000 rows" in page
