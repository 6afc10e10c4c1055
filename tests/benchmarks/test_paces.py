"""Fits that are cut off, beside fits with larger steps."""

import json

import pytest

from benchmarks import paces


def line(table, config, paced, loss, limit=1.0):
    return {"table": table, "config": config, "limit": limit, "paced": paced, "loss": loss}


def test_a_table_counts_once_and_only_with_fits_that_have_a_partner(tmp_path):
    results = [
        line("a", 0, False, 0.4),
        line("a", 0, True, 0.2),
        line("a", 1, False, 0.4),
        line("a", 1, True, 0.2),
        line("a", 2, False, 9.0),  # was not cut off
        line("b", 0, False, 0.3),
        line("b", 0, True, 0.6),
        line("b", 0, False, 0.3, limit=2.5),
        line("b", 0, True, 0.3, limit=2.5),
        line("b", 0, False, 0.3, limit=6.0),
        line("b", 0, True, 0.3, limit=6.0),
    ]
    path = tmp_path / "paces.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in results))
    said = paces.report(path).splitlines()
    assert said[2].startswith("| 1 s | 2 | 1 | 0 | 1 | 1.000 |")
    assert said[3].startswith("| 2.5 s | 1 | 0 | 1 | 0 | 1.000 |")


def test_pipelines_are_really_fitted_both_ways(monkeypatch):
    monkeypatch.setattr(paces, "SECONDS", (0.5,))
    monkeypatch.setattr(paces, "_CUT", 0.0)
    found = list(paces.fits("sklearn:breast_cancer"))
    assert [one["paced"] for one in found] == [False, True] * 3
    assert all(0.0 < one["loss"] < 0.7 for one in found)
    slow = [one["loss"] for one in found if one["config"] == found[-1]["config"]]
    assert slow[1] == pytest.approx(min(slow), rel=0.2)
