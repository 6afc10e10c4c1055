"""The optimizer benchmark, on a made-up task instead of the test-bed."""

from __future__ import annotations

import json
import math

import pytest

from benchmarks.common.results import read_lines
from benchmarks.optimizers import runner as optimizers_runner
from benchmarks.optimizers.__main__ import main
from benchmarks.optimizers.report import area, regret_at, write_page
from benchmarks.optimizers.runner import earlier_tasks, play, simulate_workers
from benchmarks.optimizers.systems import SYSTEMS, Job
from benchmarks.optimizers.testbed import Parameter, Task, bench_tasks

TASK = Task("7", "family", worst=0.5, best=1.0)
PARAMETERS = (
    Parameter("booster", "choice", "tree", ("tree", "linear")),
    Parameter("eta", "float", 0.1, low=1e-3, high=1.0, log=True),
    Parameter("depth", "int", 3, low=1, high=9, parent="booster", values=("tree",)),
)
OWN = ("bohb", "grid", "random", "sobol", "tpe", "smac", "successive_halving", "hyperband", "asha")


class Bed:
    parameters = PARAMETERS

    def auc(self, task, config, fidelity=1.0):
        miss = abs(math.log10(config["eta"]) + 1) / 4 + abs(config.get("depth", 9) - 5) / 20
        return 0.98 - 0.4 * miss - 0.05 * (1.0 - fidelity)

    def aucs(self, task, configs, fidelity=1.0):
        import numpy as np

        return np.array([self.auc(task, config, fidelity) for config in configs])


@pytest.fixture
def folder(tmp_path):
    tasks = [(str(i), f"family{i // 2}") for i in range(100)]
    lines = "\n".join(f"{task},{family}" for task, family in tasks)
    (tmp_path / "tasks.csv").write_text(f"task_id,family\n{lines}\n")
    rows = [f"auc,{name},{value},rbv2,{t}" for t, _ in tasks for name, value in EDGES]
    text = "metric,statistic,value,scenario,instance\n" + "\n".join(rows)
    (tmp_path / "instance_statistics.csv").write_text(text + "\n")
    return tmp_path


EDGES = (("min", 0.5), ("max", 1.0))


def result(system, task, trace, mode="cold", seed=0):
    return {
        "kind": "run",
        "system": system,
        "mode": mode,
        "task": task,
        "seed": seed,
        "trace": trace,
        "n": 100,
        "cost": 100.0,
        "optimizer_seconds": 0.2,
        "version": "1.2",
    }


def test_the_tasks_are_fixed_and_of_different_families(folder):
    chosen, others = bench_tasks(folder)
    assert len(chosen) == 40
    assert len({task.family for task in chosen} | {task.family for task in others}) == 50
    assert bench_tasks(folder)[0] == chosen
    assert chosen[0].regret(0.75) == 0.5


@pytest.mark.parametrize("name", OWN)
def test_every_strategy_plays_within_the_budget(name):
    played = play(Bed(), SYSTEMS[name].make(PARAMETERS, 0), TASK, 12.0)
    assert 11.0 < played["cost"] <= 12.0
    costs = [cost for cost, _ in played["trace"]]
    assert costs == sorted(costs)
    assert played["trace"][-1][1] < 0.3
    again = play(Bed(), SYSTEMS[name].make(PARAMETERS, 0), TASK, 12.0)
    assert again["trace"] == played["trace"]


def test_the_incumbent_is_the_best_at_the_largest_fidelity():
    jobs = [(0.001, 1 / 3), (0.1, 1 / 3), (0.01, 1.0), (0.1, 1 / 3), (0.03, 1.0)]

    class Planned:
        def __init__(self):
            self.left = iter(jobs)

        def ask(self):
            eta, fidelity = next(self.left, (None, None))
            if eta is None:
                return None
            return Job({"booster": "tree", "eta": eta, "depth": 5}, fidelity, None)

        def tell(self, job, loss):
            assert 0.0 < loss < 1.0

    played = play(Bed(), Planned(), TASK, 100.0)
    at_full = {eta: TASK.regret(Bed().auc(TASK, {"eta": eta, "depth": 5})) for eta, _ in jobs}
    expected = [(1 / 3, 0.001), (2 / 3, 0.1), (5 / 3, 0.01), (3.0, 0.03)]
    assert played["trace"] == [
        (pytest.approx(cost, abs=1e-4), pytest.approx(at_full[eta], abs=1e-6))
        for cost, eta in expected
    ]


@pytest.mark.parametrize("name", ["bohb", "tpe", "hyperband", "successive_halving", "asha"])
def test_eight_workers_are_busy(name):
    assert simulate_workers(Bed(), SYSTEMS[name].make(PARAMETERS, 0), TASK, 0) > 0.95


def test_earlier_tasks_are_of_other_families_and_help(folder):
    tasks = [TASK, Task("8", "family", 0.5, 1.0), Task("9", "other", 0.5, 1.0)]
    (prior,) = earlier_tasks(Bed(), TASK, tasks, 0, permuted=False)
    (wrong,) = earlier_tasks(Bed(), TASK, tasks, 0, permuted=True)
    assert prior.configs == wrong.configs
    assert prior.scores != wrong.scores
    assert sorted(prior.scores) == sorted(wrong.scores)
    warm, cold = (
        play(Bed(), SYSTEMS["tpe"].make(PARAMETERS, 0, priors), TASK, 5.0)["trace"][-1][1]
        for priors in ([prior], [])
    )
    assert warm < cold


def test_runs_are_appended_and_not_made_again(folder, monkeypatch, capsys):
    monkeypatch.setattr(optimizers_runner, "Testbed", lambda _: Bed())
    monkeypatch.setattr(optimizers_runner, "BUDGET", 3.0)
    out = folder / "results.jsonl"
    arguments = ["random", "--out", str(out), "--seeds", "2", "--testbed", str(folder)]
    optimizers_runner.main([*arguments, "--tasks", "1"])
    first = out.read_text()
    assert len(first.splitlines()) == 2
    other = '{"kind": "install", "system": "dehb", "error": null}\n{"kind": "speed"}\n'
    out.write_text(first + other + '{"kind": "run", "sys')  # cut off
    optimizers_runner.main([*arguments, "--tasks", "2"])
    found = [r for r in read_lines(out) if r["kind"] == "run"]
    assert len(found) == 4
    assert out.read_text().startswith(first)
    assert len({(r["task"], r["seed"]) for r in found}) == 4
    optimizers_runner.main([*arguments, "--tasks", "2", "--workers"])
    assert {r["kind"] for r in read_lines(out)} == {"run", "workers", "install", "speed"}


def test_a_system_that_fails_is_part_of_the_results(folder, monkeypatch):
    def broken(parameters, seed):
        raise RuntimeError("no such thing")

    monkeypatch.setattr(optimizers_runner, "Testbed", lambda _: Bed())
    system = SYSTEMS["dehb"]
    monkeypatch.setitem(SYSTEMS, "dehb", type(system)(broken, "dehb", "dehb", ()))
    out = folder / "results.jsonl"
    optimizers_runner.main(
        ["dehb", "--out", str(out), "--seeds", "1", "--tasks", "1", "--testbed", str(folder)]
    )
    (line,) = read_lines(out)
    assert line["error"] == "RuntimeError: no such thing"
    assert "- dehb: 1 runs ended with RuntimeError" in write_page(folder / "page.md", [line])


def test_regret_between_changes_and_its_mean():
    trace = [(1.0, 0.5), (3.0, 0.1)]
    known = [regret_at(trace, cost) for cost in (0.5, 1.0, 2.9, 3.0, 99.0)]
    assert known == [1.0, 0.5, 0.5, 0.1, 0.1]
    assert area(trace, end=5.0) == pytest.approx((1.0 + 2 * 0.5 + 2 * 0.1) / 5)


def test_the_page_says_who_is_better(tmp_path):
    results = []
    for task in map(str, range(12)):
        results += [
            result("random", task, [(1.0, 0.6), (60.0, 0.3), (180.0, 0.2)]),
            result("optuna-tpe", task, [(1.0, 0.5), (40.0, 0.25)]),
            result("bohb", task, [(0.5, 0.4), (20.0, 0.1)]),
            result("bohb", task, [(0.5, 0.4), (5.0, 0.1)], mode="warm"),
            result("bohb", task, [(0.5, 0.6), (30.0, 0.1)], mode="permuted"),
        ]
    results.append({"kind": "install", "system": "hpbandster", "error": "no wheel"})
    results.append({"kind": "workers", "system": "bohb", "utilisation": 0.99})
    speed = {"strategy": "bohb", "space": "flat", "rungs": 3, "trials": 500}
    results.append({"kind": "speed", **speed, "milliseconds": 3.0, "slow_milliseconds": 4.0})
    page = write_page(tmp_path / "optimizers.md", results)
    assert (tmp_path / "optimizers.md").read_text() == page
    assert (tmp_path / "optimizers.svg").exists()
    assert "| bohb | 0.1000 | 0.1000 | 0.1000 | 2.00 |" in page
    assert "| optuna-tpe | 25 | -0.4000 | 12 / 0 / 0 |" in page
    assert "| bohb warm | 12 | 5.0 |" in page
    assert "| bohb | 99.0 % | 99.0 % | 1 |" in page
    assert "| bohb | flat | 3 | 500 | 3.0 | 4.0 |" in page
    assert "- hpbandster does not install: no wheel" in page


def test_a_duel_compares_the_seeds_that_both_have_run(tmp_path):
    results = [result("random", task, [(1.0, 0.5)]) for task in map(str, range(12))]
    for task in map(str, range(12)):
        results += [result("bohb", task, [(1.0, 0.1 + 0.8 * s)], seed=s) for s in (0, 1)]
        results.append(result("smac3", task, [(1.0, 0.2)]))
    page = write_page(tmp_path / "optimizers.md", results)
    assert "| smac3 | 100 | -0.1000 | 12 / 0 / 0 |" in page
    assert "| bohb | 0.5000 | 0.5000 | 0.5000 | 2.00 |" in page


def test_an_environment_that_is_missing_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.optimizers.__main__.VENVS", tmp_path)
    assert main(["run", "--systems", "smac3", "--out", str(tmp_path / "x.jsonl")]) == 1
    assert "smac3: run `python -m benchmarks.optimizers install` first" in capsys.readouterr().err


def test_an_environment_that_does_not_install_is_recorded(tmp_path, monkeypatch):
    class Failed:
        returncode, stderr = 1, "ERROR: no matching\n distribution"

    monkeypatch.setattr("benchmarks.optimizers.__main__.subprocess.run", lambda *_, **__: Failed)
    out = tmp_path / "x.jsonl"
    assert main(["install", "--venvs", "dehb", "--out", str(out)]) == 1
    assert json.loads(out.read_text()) == {
        "kind": "install",
        "system": "dehb",
        "error": "ERROR: no matching distribution",
    }
