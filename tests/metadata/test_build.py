"""Filling the base: killed, taken up, extended; on real processes and a small table."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_iris, load_wine

from automl.execution.local import LocalExecutor
from metadata.build import _outcome, main
from metadata.evaluate import _killed_after
from metadata.shards import Folders, Predictions, key_of

ROOT = Path(__file__).parents[2]
CONFIGS = [
    {"learner": "k_nearest_neighbors", "k_nearest_neighbors:n_neighbors": 3},
    {"learner": "k_nearest_neighbors", "k_nearest_neighbors:n_neighbors": 30},
    {"learner": "linear"},
    {"learner": "random_forest", "random_forest:n_estimators": 50},
    # comes to the same as the one before on tables without categories
    {"learner": "random_forest", "random_forest:n_estimators": 50, "random_forest:encoding": "x"},
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    index = ["name,task,family,tier,n_rows"]
    for name, loaded in (("iris", load_iris(as_frame=True)), ("wine", load_wine(as_frame=True))):
        loaded.frame.to_parquet(tmp_path / f"{name}.parquet")
        index.append(f"{name},multiclass,{name},1,{len(loaded.frame)}")
    (tmp_path / "datasets.csv").write_text("\n".join(index) + "\n")
    list_configurations(tmp_path, CONFIGS)
    return tmp_path


def list_configurations(place: Path, configs: list[dict[str, object]]) -> None:
    listed = [{"id": f"{i:03d}", "origin": "sobol", "values": c} for i, c in enumerate(configs)]
    (place / "multiclass.json").write_text(json.dumps(listed))


def folders_of(place: Path) -> list[str]:
    return ["--root", str(place), "--datasets", str(place), "--configurations", str(place)]


def start(place: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "metadata.build", "fill", "--jobs", "1", *folders_of(place)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def run(place: Path) -> list[str]:
    process = start(place)
    said = process.communicate()[0].splitlines()
    assert process.returncode == 0
    return said


def test_a_killed_fill_loses_nothing_and_repeats_nothing(place: Path) -> None:
    process = start(place)
    said = [process.stdout.readline() for _ in range(6)]  # the first table, and some of the second
    process.send_signal(signal.SIGKILL)
    process.communicate()
    work = next((place / "work" / "first").glob("*.jsonl"))
    with work.open("a") as file:
        file.write('{"cut off')

    said += run(place)

    assert len(said) in (8, 9)  # one more where a result was on its way when the process died
    folders = Folders(place, "first")
    assert folders.finished() == ["iris", "wine"]
    for name in folders.finished():
        shard, predictions = folders.read_shard(name), folders.read_predictions(name)
        assert sorted(i for e in shard.evals for i in e["ids"]) == [f"{i:03d}" for i in range(5)]
        assert len(shard.evals) == 4
        assert {e["key"] for e in shard.evals} == set(predictions.by_key)
        assert all(0.05 < e["slowdown"] < 50.0 for e in shard.evals)
    assert not list((place / "work" / "first").iterdir())
    check_predictions(folders)

    assert run(place) == []
    list_configurations(place, [*CONFIGS, {"learner": "extra_trees"}, {"learner": "unheard_of"}])
    before = {e["key"]: e for e in folders.read_shard("iris").evals}
    waits, *said = run(place)
    assert "unheard_of" in waits
    assert [line.split()[1:3] for line in said] == [
        ["iris", "extra_trees"],
        ["wine", "extra_trees"],
    ] or [line.split()[1] for line in said] == ["wine", "iris"]
    after = {e["key"]: e for e in folders.read_shard("iris").evals}
    assert len(after) == 5
    assert all(after[key] == eval_ for key, eval_ in before.items())


def check_predictions(folders: Folders) -> None:
    """The stored predictions give the losses that were recorded; the prior's are in the head."""
    shard, predictions = folders.read_shard("iris"), folders.read_predictions("iris")
    assert shard.head["n_rows"] == len(predictions.truth) == 150
    assert len(shard.head["prior_losses"]) == 5
    assert np.allclose(shard.head["prior_losses"], np.log(3))
    for eval_ in shard.evals:
        logs = predictions.by_key[eval_["key"]].astype(float)
        probability = np.exp(logs) / np.exp(logs).sum(axis=1, keepdims=True)
        rows = np.arange(len(logs))
        loss = -np.log(probability[rows, predictions.truth]).mean()
        assert loss == pytest.approx(np.mean(eval_["losses"]), abs=0.01)
        assert len(eval_["fit_cpu_seconds"]) == 5
        assert not eval_["cut"]


def test_what_has_a_result_keeps_it_where_the_space_has_lost_a_parameter(
    place: Path, capsys
) -> None:
    run(place)
    folders = Folders(place, "first")
    shard, kept = folders.read_shard("iris"), folders.read_predictions("iris")
    old = shard.evals[0]
    before = old["key"]
    old["config"] = {**old["config"], "lost": 1}
    old["key"] = key_of(old["config"])
    predictions = {old["key"] if key == before else key: p for key, p in kept.by_key.items()}
    folders.write("iris", shard, Predictions(kept.truth, predictions))
    more = {"learner": "k_nearest_neighbors", "k_nearest_neighbors:n_neighbors": 7}
    list_configurations(place, [*CONFIGS, more])

    main(["status", *folders_of(place)])
    assert "  2 tables lack configurations" in capsys.readouterr().out
    assert len(run(place)) == 2  # the new one on both tables
    main(["status", *folders_of(place)])
    assert "  0 tables lack configurations" in capsys.readouterr().out

    evals = folders.read_shard("iris").evals
    assert sorted(name for entry in evals for name in entry["ids"]) == [
        f"{i:03d}" for i in range(6)
    ]
    assert old["key"] in {entry["key"] for entry in evals}
    assert set(folders.read_predictions("iris").by_key) == {entry["key"] for entry in evals}


def burn() -> None:
    with _killed_after(0.2):
        sum(range(10**12))  # never looks at a clock


def test_what_never_looks_at_the_clock_is_ended_and_recorded_as_cut_off() -> None:
    with LocalExecutor(1) as executor:
        killed = executor.submit(burn)
        assert _outcome(killed)["status"] == "timeout"
        assert _outcome(killed)["cut"]
        raised = _outcome(executor.submit(int, "x"))
        assert (raised["status"], raised["cut"]) == ("failed", False)
