from __future__ import annotations

import json

import numpy as np
import psutil
import pytest

from benchmarks.common.results import read_results
from benchmarks.common.tables import load_table
from benchmarks.systems.base import System
from benchmarks.systems.registry import SYSTEMS
from benchmarks.systems.run import Plan, main, plans, run_one


def _fake(function: str) -> Plan:
    system = System(function, f"tests.benchmarks.systems.fakes:{function}", ("numpy",))
    return Plan(system, 5.0, "sklearn:diabetes", 0)


@pytest.fixture(scope="module")
def diabetes():
    return load_table("sklearn:diabetes")


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    out = tmp_path_factory.mktemp("results") / "runs.jsonl"
    arguments = ["--systems", "lightgbm", "prior", "--suite", "sklearn:wine", "sklearn:diabetes"]
    arguments += ["--splits", "1", "--n-jobs", "1", "--out", str(out)]
    assert main(arguments) == 0
    return out, arguments


def test_one_line_a_run_says_everything(first_run):
    lines = [json.loads(line) for line in first_run[0].read_text().splitlines()]
    by_run = {(line["system"], line["table"]): line for line in lines}
    assert len(lines) == len(by_run) == 4
    wine = by_run["lightgbm", "sklearn:wine"]
    assert (wine["status"], wine["metric"], wine["task"]) == ("ok", "log_loss", "multiclass")
    assert wine["loss"] < by_run["prior", "sklearn:wine"]["loss"]
    assert (wine["n_rows"], wine["n_features"], wine["predict_rows"]) == (178, 13, 36)
    assert wine["fit_seconds"] > 0.0
    assert wine["latency_10k_seconds"] > 0.0
    assert wine["peak_memory_mb"] > 30.0
    assert (wine["overrun"], wine["limit_held"], wine["n_trials"]) == (0.0, None, None)
    assert set(wine["versions"]) == {"lightgbm", "scikit-learn", "numpy", "pandas", "python"}
    diabetes = by_run["prior", "sklearn:diabetes"]
    assert (diabetes["metric"], diabetes["value"]) == ("rmse", diabetes["loss"])


def test_systems_take_turns_at_each_limit(diabetes):
    names = ["lightgbm-early", "prior", "automl"]
    made = list(plans(diabetes, [SYSTEMS[name] for name in names], [2.0, 4.0], n_splits=1))
    assert [(plan.system.name, plan.budget) for plan in made] == [
        ("prior", None),
        ("lightgbm-early", 2.0),
        ("automl", 2.0),
        ("lightgbm-early", 4.0),
        ("automl", 4.0),
    ]


def test_whether_the_limit_held_and_how_many_trials_there_were_is_noted(diabetes):
    plan = Plan(SYSTEMS["lightgbm-early"], 5.0, diabetes.name, 0)
    result = run_one(plan, diabetes, 1, plan.kill_after)
    assert (result["limit_held"], result["n_trials"]) == (True, 1)
    assert result["loss"] < 70.0


def test_what_is_done_is_not_done_again(first_run):
    out, arguments = first_run
    before = out.read_text()
    assert main(arguments) == 0
    assert out.read_text() == before


def test_a_cut_off_line_is_run_again(first_run, tmp_path):
    complete, arguments = first_run
    out = tmp_path / "runs.jsonl"
    out.write_text(complete.read_text()[:-40])
    assert main([*arguments[:-1], str(out)]) == 0
    assert len(read_results([out])) == 4


def test_a_crash_becomes_a_line(diabetes):
    result = run_one(_fake("crash"), diabetes, 1, kill_after=60)
    assert result["status"] == "error"
    assert result["error"] == "exit code 1: RuntimeError: no luck today"
    assert result["loss"] is None


def test_a_hanging_system_is_killed(diabetes):
    result = run_one(_fake("hang"), diabetes, 1, kill_after=4)
    assert result["status"] == "killed"
    assert result["process_seconds"] < 10


def test_unusable_predictions_are_an_error(diabetes):
    result = run_one(_fake("nothing"), diabetes, 1, kill_after=60)
    assert (result["status"], result["error"]) == ("error", "88 predictions are not finite")


def test_processes_left_behind_are_counted_and_ended(diabetes):
    result = run_one(_fake("leave_a_process"), diabetes, 1, kill_after=60)
    assert (result["status"], result["left_behind"]) == ("ok", 1)
    assert not psutil.pid_exists(result["extras"]["pid"])


def test_memory_of_all_processes_counts_and_the_home_is_a_fresh_one(diabetes, fresh_home):
    result = run_one(_fake("spread_memory"), diabetes, 1, kill_after=60)
    assert 250 < result["peak_memory_mb"] < 500
    assert result["extras"]["home"] != str(fresh_home)


def test_a_base_that_knows_a_relative_is_refused(tmp_path):
    from benchmarks.systems.bases import check_unrelated
    from metadata.compile import compile_base

    base = compile_base(without={"stock"})
    base.write(tmp_path / "base.npz")
    check_unrelated(tmp_path, {"stock"})
    known = base.tasks["binary"].families[0]
    with pytest.raises(ValueError, match=rf"knows \['{known}'\]"):
        check_unrelated(tmp_path, {"stock", known})
    with pytest.raises(ValueError, match="has none"):
        check_unrelated(tmp_path / "elsewhere", set())


def test_a_permuted_base_is_consistent_and_wrong():
    from benchmarks.systems.bases import permuted
    from metadata.compile import compile_base

    sound = compile_base().tasks["regression"]
    wrong = permuted(compile_base()).tasks["regression"]
    assert wrong.configs == sound.configs
    assert not np.array_equal(wrong.losses, sound.losses, equal_nan=True)
    np.testing.assert_array_equal(np.sort(wrong.losses), np.sort(sound.losses))
