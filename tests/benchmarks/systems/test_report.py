from __future__ import annotations

import json
import math

import pytest

from benchmarks.common.statistics import duel, normalised
from benchmarks.systems.report import main, mean_losses, render


def _result(system, table, loss, split=0, budget=None, **fields):
    return {
        "system": system,
        "budget": budget,
        "table": table,
        "split": split,
        "metric": "roc_auc",
        "n_rows": 100,
        "n_features": 5,
        "status": "ok" if loss is not None else "error",
        "error": "" if loss is not None else "exit code 1: boom",
        "loss": loss,
        "fit_seconds": 1.0,
        "overrun": 0.0,
        "latency_10k_seconds": 0.1,
        "peak_memory_mb": 100.0,
        "left_behind": 0,
        "extras": {},
        "versions": {"pandas": "3.0"},
        "machine": {"cpus": 2, "n_jobs": 2, "system": "Linux"},
        "date": "2030-01-02T00:00:00Z",
        **fields,
    }


RESULTS = [
    _result("prior", "a", 0.5),
    _result("prior", "b", 0.5),
    _result("mine", "a", 0.1, budget=60, fit_seconds=60.5, overrun=0.5),
    _result("mine", "b", 0.2, budget=60, fit_seconds=70.0, overrun=10.0),
    _result("other", "a", 0.3),
    _result("other", "b", None),
]


def _row(page, first):
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {first} | ")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_summary_of_a_system():
    page = render("try", RESULTS)
    system, tables, errors, rank, score, *_ = _row(page.split("## One")[0], "mine 60 s")
    assert (system, tables, errors, rank, score) == ("mine 60 s", "2", "0", "1.00", "1.000")
    assert _row(page.split("## One")[0], "other")[2:5] == ["1", "2.50", "0.250"]


def test_a_pair_has_the_mean_difference_of_scores_with_its_interval():
    pairs = render("try", RESULTS).split("## One against one")[1]
    (line,) = [line for line in pairs.splitlines() if line.startswith("| mine 60 s | other ")]
    # 1 against 0.5 on one table, 1 against a failure on the other: 0.75, and 12.7 errors of 0.25
    assert line.strip("| ").split(" | ")[-1] == "+0.750 (-2.427 to +3.927)"


def test_late_runs_are_counted_beyond_the_allowance():
    assert _row(render("try", RESULTS).split("## One")[0], "mine 60 s")[6:8] == ["1", "10.00"]


def test_a_failed_run_loses_and_is_listed():
    page = render("try", RESULTS)
    assert _row(page, "b")[-3:] == ["**0.2**", "failed", "0.5"]
    assert _row(page.split("## One")[1], "other")[1:4] == ["prior", "1 / 0 / 1", "1 of 2"]
    assert "- other on b, split 0: error, exit code 1: boom" in page


def test_there_is_a_picture_only_where_the_prior_has_run():
    assert "try.svg" in render("try", RESULTS)
    assert "svg" not in render("try", [r for r in RESULTS if r["system"] != "prior"])


def test_splits_are_averaged_first_and_only_common_ones_count():
    results = [_result("x", "a", loss, split) for split, loss in enumerate([0.1, 0.3, 0.9])]
    results += [_result("y", "a", loss, split) for split, loss in enumerate([0.2, 0.2])]
    assert mean_losses(results) == {"x": {"a": pytest.approx(0.2)}, "y": {"a": 0.2}}


def test_small_differences_are_ties():
    found = duel([0.10005, 0.101, 0.2], [0.1, 0.1, math.inf])
    assert (found.wins, found.ties, found.losses, found.points) == (1, 1, 1, 1.5)


def test_wilcoxon_finds_what_is_consistent():
    assert duel([0.1] * 20, [0.2] * 20).p < 0.001
    assert duel([0.1] * 20, [0.1] * 20).p == 1.0


@pytest.mark.parametrize(
    ("loss", "expected"), [(0.5, 0.0), (0.1, 1.0), (0.3, 0.5), (math.inf, 0.0), (9.0, -1.0)]
)
def test_normalised_score(loss, expected):
    assert normalised(loss, prior=0.5, best=0.1) == pytest.approx(expected)


def test_page_is_written_and_printed(tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    path.write_text("".join(json.dumps(result) + "\n" for result in RESULTS))
    assert main([str(path), "--name", "try", "--pages", str(tmp_path / "pages")]) == 0
    page = (tmp_path / "pages" / "try.md").read_text()
    assert page.startswith("# Benchmark: try")
    assert capsys.readouterr().out.strip() == page.strip()


def test_a_page_may_have_some_of_the_systems_only(tmp_path, capsys):
    path = tmp_path / "runs.jsonl"
    path.write_text("".join(json.dumps(result) + "\n" for result in RESULTS))
    arguments = [
        str(path),
        "--name",
        "try",
        "--pages",
        str(tmp_path),
        "--only",
        "mine 60 s",
        "prior",
    ]
    assert main(arguments) == 0
    page = capsys.readouterr().out
    assert "| mine 60 s | prior | 2 / 0 / 0 |" in page
    assert "other" not in page


def test_no_results_are_said(tmp_path, capsys):
    assert main([str(tmp_path / "none.jsonl"), "--name", "try"]) == 1
    assert "no results" in capsys.readouterr().err


def test_the_page_shows_a_picture(tmp_path):
    file = tmp_path / "runs.jsonl"
    file.write_text("".join(json.dumps(result) + "\n" for result in RESULTS))
    assert main([str(file), "--name", "try", "--pages", str(tmp_path)]) == 0
    assert "(try.svg)" in (tmp_path / "try.md").read_text()
    picture = (tmp_path / "try.svg").read_text()
    assert picture.count("<svg") == 1
