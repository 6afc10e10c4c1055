"""The knowledge base from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sklearn.datasets import load_iris

from automl.cli import main
from automl.data import Dataset, TableEncoder, read_target
from automl.knowledge import EvalRecord, KnowledgeBase, RunRecord
from automl.metafeatures import extract


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bunch = load_iris(as_frame=True)
    encoder, target = TableEncoder().fit(bunch.data), read_target(bunch.target, "multiclass")
    meta = extract(Dataset.of(encoder.transform(bunch.data), target, encoder.features))
    config = {"learner": "linear", "linear:C": 0.5}
    evals = (
        EvalRecord(config, "a", 2, "ok", 0.125, 1.0, 1.0),
        EvalRecord({"learner": "mlp"}, "b", 2, "crashed", None, 1.0, 1.0),
    )
    base = KnowledgeBase(tmp_path / "base")
    base.add(RunRecord("public:iris", "iris", "multiclass", "log_loss", meta, "s", evals))
    bunch.frame.to_csv(tmp_path / "iris.csv", index=False)
    return tmp_path


def run(capsys, *arguments: object) -> tuple[int, str]:
    code = main(["kb", *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out + captured.err


def test_info_show_and_similar(folder, capsys) -> None:
    base = ("--base", folder / "base")
    code, said = run(capsys, "info", *base)
    assert code == 0
    assert "1 tables, 2 configurations, 2 evaluations (1 without a result)" in said
    assert "loss 0.125 in 1.00 s: learner=linear, C=0.5" in run(capsys, "show", "iris", *base)[1]
    code, said = run(capsys, "show", "wine", *base)
    assert code == 2
    assert "`dataset` must be a table of the base, got 'wine': it knows iris" in said
    said = run(
        capsys, "similar", folder / "iris.csv", "--target", "target", "--task", "multiclass", *base
    )[1]
    assert said.startswith("0.00  iris")


def test_merge_verify_and_rebuild(folder, capsys) -> None:
    other = folder / "other"
    assert run(capsys, "merge", other, folder / "base") == (0, f"1 new runs in {other}\n")
    assert run(capsys, "merge", other, folder / "base")[1].startswith("0 new runs")
    (shard,) = (other / "shards").iterdir()
    shard.write_bytes(shard.read_bytes()[:-3])
    code, said = run(capsys, "verify", "--base", other)
    assert code == 2
    assert f"damaged: {shard.name}" in said
    assert "set aside" in run(capsys, "rebuild", "--base", other)[1]
    assert run(capsys, "verify", "--base", other)[0] == 0


def test_a_base_that_is_not_there_is_said(tmp_path, capsys) -> None:
    code, said = run(capsys, "info", "--base", tmp_path / "none")
    assert code == 2
    assert "`--base` must be a folder that exists" in said
