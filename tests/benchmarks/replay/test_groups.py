"""Replay of groups of parts: what is kept is read back, and a part that alone is right pays."""

import json

import numpy as np
import pytest

from benchmarks.replay.groups import part_lines, write_page
from benchmarks.replay.left_out import Kept, read_kept, replay_table, replayed_loss
from metadata.evaluate import as_stored
from metadata.shards import Folders, Predictions, Shard

N_ROWS = 60


@pytest.fixture
def root(tmp_path):
    """One table a task; a network that is right, and linear models that are not."""
    rng = np.random.default_rng(0)
    for task in ("binary", "multiclass", "regression"):
        n_classes = {"binary": 2, "multiclass": 3, "regression": 0}[task]
        truth = rng.integers(n_classes, size=N_ROWS) if n_classes else rng.normal(5.0, 2.0, N_ROWS)
        evals, by_key = [], {}
        for number, learner in enumerate(("mlp", "linear", "linear")):
            error = 0.01 if learner == "mlp" else 0.5 + 0.1 * number
            prediction = (
                np.eye(n_classes)[truth] * (1.0 - error) + error / n_classes
                if n_classes
                else truth + error * rng.normal(size=N_ROWS)
            )
            key = f"{number:016d}"
            evals.append({"key": key, "ids": [str(number)], "config": {"learner": learner}})
            by_key[key] = as_stored(prediction, truth, task)
        head = {"family": f"of {task}", "task": task}
        folders = Folders(tmp_path, "first")
        folders.write(task, Shard(head, evals), Predictions(truth, by_key))
        listed = [{"id": e["ids"][0], "origin": "sobol", "values": e["config"]} for e in evals]
        listed[2]["retired"] = "no gain"
        path = tmp_path / "configurations" / f"{task}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(listed), encoding="utf-8")
    return tmp_path


def test_predictions_are_read_back_as_they_were(root):
    binary, multiclass, regression = read_kept(root)
    for kept in (binary, multiclass):
        right = kept.predictions[0]
        np.testing.assert_allclose(right.sum(axis=1), 1.0)
        np.testing.assert_array_equal(right.argmax(axis=1), kept.y)
        assert right.max() == pytest.approx(0.99, abs=0.006)
    np.testing.assert_allclose(regression.predictions[0], regression.y, atol=0.05)
    assert [k.name for k in read_kept(root, unwanted={"of binary"})] == ["multiclass", "regression"]
    assert [len(k.configs) for k in read_kept(root)] == [2, 2, 2]
    assert [len(k.configs) for k in read_kept(root, retired=True)] == [3, 3, 3]


def test_a_part_that_alone_is_right_pays(root):
    for kept in read_kept(root, retired=True):
        found = replay_table(kept)
        assert found.whole < 0.5 * found.without["learners"]
        assert found.by_chance["networks"] < found.without["networks"]
        assert "features" not in found.without  # no pipeline has any


def test_one_part_is_told_table_by_table(root):
    lines = part_lines("networks", read_kept(root, retired=True), n_draws=3, n_jobs=1)
    assert [line.split()[0] for line in lines[:-1]] == ["binary", "multiclass", "regression"]
    assert "won / tied / lost 3 / 0 / 0" in lines[-1]


def test_a_loss_is_of_rows_that_the_choice_did_not_see():
    y = np.array([0.0, 1.0] * 20)
    rows = np.random.default_rng(0).permutation(40)
    lucky = np.where(np.isin(np.arange(40), rows[:20]), y, 9.0)
    kept = Kept("t", "regression", y, ({}, {}), (lucky, np.full(40, 0.5)))
    assert replayed_loss(kept, [0]) > 5.0
    assert replayed_loss(kept, [1]) == pytest.approx(0.5)


def test_the_page_has_both_tables(root, tmp_path):
    results = [
        {
            "system": system,
            "budget": 60.0,
            "table": table,
            "split": 0,
            "status": "ok",
            "loss": loss,
            "machine": {"n_jobs": 1},
        }
        for table in ("one", "two")
        for system, loss in (("automl", 0.1), ("automl-without-features", 0.2))
    ]
    page = write_page(
        tmp_path / "groups.md", [replay_table(k) for k in read_kept(root, retired=True)], results
    )
    assert "| automl-without-features 60 s | 2 | 0.500 | 2 / 0 / 0 |" in page
    assert "| networks | 3 |" in page
    assert (tmp_path / "groups.md").read_text(encoding="utf-8").rstrip() == page
