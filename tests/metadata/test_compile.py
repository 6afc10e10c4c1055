"""From shards to the base that ships: relatives left out, runtimes learned, failures kept."""

from __future__ import annotations

import json

import numpy as np
import pytest

from metadata.blocks import ORIGINS
from metadata.compile import compile_base
from metadata.shards import Folders, Predictions, Shard, key_of

CONFIGS = [
    {"learner": "linear", "linear:alpha": 0.1},
    {"learner": "linear", "linear:alpha": 10.0},
    {"learner": "knn", "knn:k": 3},
]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "configurations").mkdir()
    listed = [{"id": f"{i:03d}", "origin": "sobol", "values": c} for i, c in enumerate(CONFIGS)]
    (tmp_path / "configurations" / "binary.json").write_text(json.dumps(listed))
    described = {}
    for i in range(8):
        name = f"table{i}"
        described[name] = {"log_n_rows": float(i), "share_missing": 0.0}
        _write(Folders(tmp_path, "first"), name, f"family{i // 2}", 100 * 2**i)
    (tmp_path / "metafeatures").mkdir()
    (tmp_path / "metafeatures" / "first.json").write_text(json.dumps(described))
    return tmp_path


def _write(folders: Folders, table: str, family: str, n_rows: int, slowdown: float = 1.0) -> None:
    head = {
        "block": "first",
        "task": "binary",
        "family": family,
        "metric": "roc_auc",
        "n_rows": n_rows,
        "n_features": 4,
        "n_classes": 2,
        "n_categorical": 1,
        "prior_losses": [0.5, 0.5],
    }
    evals = [_eval(0, 0.2, n_rows / 1e4 * slowdown), _eval(1, 0.3, n_rows / 1e3 * slowdown)]
    evals = [entry | ({"slowdown": slowdown} if slowdown != 1.0 else {}) for entry in evals]
    failed = {"status": "timeout", "losses": [], "cut": True, "cpu_seconds": 30.0}
    evals.append({"kind": "eval", "ids": ["002"], "key": key_of(CONFIGS[2]), **failed})
    folders.write(table, Shard(head, evals), Predictions(np.zeros(3), {}))


def _eval(i: int, loss: float, seconds: float) -> dict:
    facts = {"kind": "eval", "status": "ok", "cut": False, "cpu_seconds": 2 * seconds}
    named = {"ids": [f"{i:03d}"], "key": key_of(CONFIGS[i]), "config": CONFIGS[i]}
    spent = {"fit_cpu_seconds": [seconds, seconds], "predict_cpu_seconds": [0.0, 0.0]}
    return {**facts, **named, **spent, "losses": [loss, loss]}


def test_matrices_hold_what_was_run(root):
    known = compile_base(["first"], root).tasks["binary"]
    assert known.tables == tuple(f"table{i}" for i in range(8))
    np.testing.assert_allclose(known.losses[:, :2], np.tile([0.2, 0.3], (8, 1)), rtol=1e-3)
    assert np.isnan(known.losses[:, 2]).all()
    assert known.records("binary")[0].evals[2].status == "timeout"
    assert known.cut[:, 2].all()


def test_several_blocks_make_one_base(root):
    _write(Folders(root, "second"), "late", "family9", 300)
    described = {"late": {"log_n_rows": 9.0, "share_missing": 0.5}}
    (root / "metafeatures" / "second.json").write_text(json.dumps(described))
    base = compile_base(["first", "second"], root)
    known = base.tasks["binary"]
    assert known.tables == ("late", *(f"table{i}" for i in range(8)))
    assert known.metafeatures[0].tolist() == [9.0, 0.5]
    assert base.info["blocks"] == ["first", "second"]
    assert compile_base(["first"], root).tasks["binary"].tables == known.tables[1:]


def test_relatives_are_left_out_of_everything(root):
    base = compile_base(["first"], root, without={"family0", "family3"})
    assert base.tasks["binary"].tables == ("table2", "table3", "table4", "table5")
    assert base.info["tables"] == 4


def test_runtimes_are_learned_from_rows_and_values(root):
    from automl.knowledge import TableSize

    known = compile_base(["first"], root).tasks["binary"]
    size = TableSize(0.8 * 1_000, 4, 2, 0.25)
    found = [known.runtime.predict(config, size).seconds for config in CONFIGS[:2]]
    assert found == pytest.approx([0.1, 1.0], rel=0.5)
    assert known.runtime.predict(CONFIGS[2], size) is None  # never finished, so nothing is known


def test_seconds_of_slow_machines_are_those_of_the_first_one(root):
    before = compile_base(["first"], root).tasks["binary"]
    for i in range(8):
        _write(Folders(root, "first"), f"table{i}", f"family{i // 2}", 100 * 2**i, slowdown=2.0)
    after = compile_base(["first"], root).tasks["binary"]
    np.testing.assert_allclose(after.seconds, before.seconds, rtol=1e-3)
    assert after.runtime == before.runtime


def test_runtimes_are_learned_from_whole_tables_too(root):
    from automl.knowledge import TableSize

    size = TableSize(0.8 * 100_000, 4, 2, 0.25)
    before = compile_base(["first"], root)
    for i, family in enumerate(("far", "family0")):
        _write(Folders(root, "large"), f"whole{i}", family, 100_000)
        _slow_down(Folders(root, "large"), f"whole{i}")
    after = compile_base(["first"], root)
    assert after.tasks["binary"].tables == before.tasks["binary"].tables
    slow, quick = (b.tasks["binary"].runtime.predict(CONFIGS[1], size) for b in (after, before))
    assert slow.seconds > 1.5 * quick.seconds

    without = [compile_base(["first"], root, out) for out in ({"family0"}, {"family0", "far"})]
    assert without[0].tasks["binary"].runtime != without[1].tasks["binary"].runtime


def _slow_down(folders: Folders, table: str) -> None:
    """Three times the seconds that the rows let one expect."""
    shard = folders.read_shard(table)
    for entry in shard.evals:
        entry["fit_cpu_seconds"] = [3 * s for s in entry.get("fit_cpu_seconds", [])]
    folders.write(table, shard, Predictions(np.zeros(3), {}))


def test_only_shipped_origins_are_compiled_unless_others_are_asked_for(root):
    path = root / "configurations" / "binary.json"
    listed = json.loads(path.read_text())
    listed[1] |= {"origin": "search", "family": "family1"}
    listed[2] |= {"origin": "denser"}
    path.write_text(json.dumps(listed))

    def keys(**asked) -> tuple[str, ...]:
        return compile_base(["first"], root, **asked).tasks["binary"].config_keys

    assert keys() == ("000",)
    assert keys(origins=ORIGINS) == ("000", "001", "002")
    assert keys(origins=ORIGINS, without={"family1"}) == ("000", "002")
    assert keys(origins=["search"]) == ("001",)
