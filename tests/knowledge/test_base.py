from __future__ import annotations

import gzip
import hashlib
import json
import os
import pickle
import subprocess
import sys
from dataclasses import replace

import pytest

from automl.exceptions import DataWarning, KnowledgeBaseError
from automl.knowledge import KnowledgeBase, open_knowledge_base

_WRITER = """
import sys
from automl.knowledge import EvalRecord, KnowledgeBase, RunRecord
base, who = KnowledgeBase(sys.argv[1]), sys.argv[2]
print("ready", flush=True)
sys.stdin.readline()
for i in range(40):
    made = EvalRecord({"k": i}, f"config-{i}", 0, "ok", 0.5, 1.0, 1.0)
    base.add(RunRecord(f"{who}-{i}", who, "binary", "roc_auc", {"a": 1.0}, "s", (made,)))
    base.add(RunRecord(f"both-{i}", "both", "binary", "roc_auc", {"a": 1.0}, "s", (made,)))
"""


def _lines(path):
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_a_run_comes_back_as_it_was(base, make_run, make_eval):
    run = make_run(
        "abc",
        make_eval(0.25, rung=0, learner="tree", rate=0.125),
        make_eval(None, status="crashed", learner="knn"),
    )
    base.add(run)
    assert base.records() == (run,)


def test_nothing_is_there_before_the_first_run(tmp_path):
    base = KnowledgeBase(tmp_path / "none")
    assert base.records() == ()
    assert base.nearest({"log_n_rows": 5.0}, "binary", 3) == []
    assert not base.path.exists()


def test_metafeatures_are_rounded_and_extremes_left_out(base, make_run):
    base.add(make_run("abc", meta={"log_n_rows": 6.34388, "log_max_levels": 4.0, "min_x": -1.0}))
    assert base.records()[0].metafeatures == {"log_n_rows": 6.34}


def test_shards_are_lines_of_readable_json(base, make_run, make_eval):
    base.add(make_run("abc", make_eval(0.25, learner="tree")))
    (path,) = base.shard_paths()
    run, evaluation = map(json.loads, gzip.decompress(path.read_bytes()).splitlines())
    assert (run["schema"], run["name"]) == (3, "abc")
    assert evaluation["config"] == {"learner": "tree", "rate": 0.1}


def test_two_processes_writing_at_once_lose_nothing(base):
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(base.path), who],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for who in ("first", "second")
    ]
    for writer in writers:
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0]
    names = [record.name for record in base.records()]
    assert {name: names.count(name) for name in names} == {"first": 40, "second": 40, "both": 40}


@pytest.mark.parametrize("damage", ["torn", "changed", "empty", "no gzip"])
def test_damaged_shard_is_named_and_left_out(base, make_run, make_eval, damage):
    base.add(make_run("whole", make_eval(0.1, learner="tree")))
    (whole,) = base.shard_paths()
    base.add(make_run("victim", make_eval(0.2, learner="tree")))
    (victim,) = set(base.shard_paths()) - {whole}
    content = victim.read_bytes()
    damaged = {
        "torn": content[:-20],
        "changed": gzip.compress(gzip.decompress(content).replace(b"0.2", b"0.1")),
        "empty": b"",
        "no gzip": b"name,loss\n",
    }
    victim.write_bytes(damaged[damage])
    with pytest.warns(DataWarning, match=rf"left out, .*{victim.name} is not readable"):
        records = base.records()
    assert [record.name for record in records] == ["whole"]


def test_shard_of_a_later_schema_is_left_out(base, make_run, monkeypatch):
    monkeypatch.setattr("automl.knowledge.records.SCHEMA", 4)
    base.add(make_run("abc"))
    monkeypatch.undo()
    with pytest.warns(DataWarning, match="its schema is 4, this version reads 3"):
        assert base.records() == ()


def test_a_shard_of_the_first_schema_is_read(base, make_run, make_eval):
    base.add(make_run("abc", make_eval(0.25, learner="tree")))
    (path,) = base.shard_paths()
    lines = _lines(path)
    lines[0]["schema"] = 1
    for name in ("family", "prior_loss"):
        del lines[0][name]
    for name in ("cut", "weight"):
        del lines[1][name]
    content = "".join(json.dumps(line) + "\n" for line in lines).encode()
    path.unlink()
    name = hashlib.sha256(content).hexdigest()[:24]
    (path.parent / f"{name}.jsonl.gz").write_bytes(gzip.compress(content))
    assert base.records() == (make_run("abc", make_eval(0.25, learner="tree")),)


def test_runs_of_one_table_unite_and_a_member_stays_one(base, make_run, make_eval):
    light = replace(make_eval(0.2, learner="tree"), weight=0.25)
    heavy = replace(make_eval(0.3, learner="tree"), weight=0.75)
    base.add(make_run("abc", heavy))
    base.add(make_run("abc", light, make_eval(0.1, learner="knn")))
    base.add(make_run("abc", make_eval(0.4, learner="tree")))
    (run,) = base.records()
    found = {one.config["learner"]: (one.loss, one.weight) for one in run.evals}
    assert found == {"tree": (0.2, 0.75), "knn": (0.1, 0.0)}


def test_damage_and_loss_are_noticed_and_mended(base, make_run, make_eval):
    for i, name in enumerate(("whole", "victim", "lost")):
        base.add(make_run(name, make_eval(0.1 + i, learner="tree")))
    assert base.verify().ok
    assert len(base.rebuild().whole) == 3
    of = {_lines(path)[0]["name"]: path for path in base.shard_paths()}
    of["victim"].write_bytes(of["victim"].read_bytes()[:-9])
    of["lost"].unlink()
    base.add(make_run("late", make_eval(0.5, learner="tree")))
    verdict = base.verify()
    assert [name for name, _ in verdict.damaged] == [of["victim"].name]
    assert verdict.lost == (of["lost"].name,)
    assert len(verdict.unlisted) == 1
    assert not verdict.ok
    base.rebuild()
    assert base.verify().ok
    assert [record.name for record in base.records()] == ["late", "whole"]
    assert of["victim"].with_name(f"{of['victim'].name}.damaged").exists()


def test_union_keeps_the_best_known_whatever_the_order(tmp_path, make_run, make_eval):
    tree = {"learner": "tree", "rate": 0.5}
    runs = [
        make_run("abc", make_eval(0.30, **tree), make_eval(None, status="timeout", learner="knn")),
        make_run("abc", make_eval(0.20, **tree), make_eval(0.40, rung=1, **tree)),
        make_run("abc", make_eval(0.25, **tree), make_eval(0.35, learner="knn")),
    ]
    bases = [KnowledgeBase(tmp_path / name) for name in ("forth", "back")]
    for run in [*runs, runs[0]]:
        bases[0].add(run)
    for run in reversed(runs):
        bases[1].add(run)
    (record,) = bases[0].records()
    assert bases[1].records() == (record,)
    assert {(e.rung, e.config["learner"]): e.loss for e in record.evals} == {
        (1, "tree"): 0.40,
        (2, "tree"): 0.20,
        (2, "knn"): 0.35,
    }


def test_losses_of_other_metrics_stay_apart(base, make_run, make_eval):
    base.add(make_run("abc", make_eval(0.3, learner="tree")))
    base.add(make_run("abc", make_eval(0.1, learner="tree"), metric="log_loss"))
    assert sorted((r.metric, r.evals[0].loss) for r in base.records()) == [
        ("log_loss", 0.1),
        ("roc_auc", 0.3),
    ]


def test_merging_a_base_twice_adds_it_once(tmp_path, base, make_run):
    other = KnowledgeBase(tmp_path / "other")
    base.add(make_run("both"))
    for name in ("both", "new"):
        other.add(make_run(name))
    assert base.merge(other) == 1
    assert base.merge(other) == 0
    assert [record.name for record in base.records()] == ["both", "new"]


def test_settings_of_fit_are_understood(fresh_home, tmp_path):
    assert open_knowledge_base(None) is None
    assert open_knowledge_base("auto").path == fresh_home / "knowledge"
    assert open_knowledge_base(tmp_path / "own").path == tmp_path / "own"


def test_file_in_place_of_the_folder_is_refused(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(KnowledgeBaseError, match="must be 'auto', a folder or None"):
        KnowledgeBase(tmp_path / "file")


def test_folder_that_cannot_be_written_is_said(tmp_path, make_run):
    (tmp_path / "shards").touch()
    with pytest.raises(KnowledgeBaseError, match="folder that can be written"):
        KnowledgeBase(tmp_path).add(make_run("abc"))


def test_on_a_full_disk_what_was_there_stays(small_disk, make_run, make_eval):
    base = KnowledgeBase(small_disk.path / "base")
    base.add(make_run("abc", make_eval(0.25, learner="tree")))
    base.rebuild()
    records, names = base.records(), small_disk.names()
    small_disk.fill()
    with pytest.raises(KnowledgeBaseError, match=r"No space left on device: .* write_back=False"):
        base.add(make_run("xyz", make_eval(0.5, learner="knn")))
    with pytest.raises(KnowledgeBaseError, match="No space left on device"):
        base.rebuild()
    assert small_disk.names() == names
    assert base.records() == records
    assert base.verify().ok


def test_a_poisoned_run_runs_nothing(base, make_run, tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    base.add(make_run("abc"))
    poison = pickle.dumps(Harm())
    folder = base.shard_paths()[0].parent
    name = hashlib.sha256(poison).hexdigest()[:24]  # as if it were whole
    (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(poison))
    with pytest.warns(DataWarning, match="A run of the knowledge base is left out"):
        assert [record.name for record in base.records()] == ["abc"]
    assert not (tmp_path / "harm").exists()
