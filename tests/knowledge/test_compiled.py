from __future__ import annotations

import pytest

from automl.exceptions import KnowledgeBaseError
from automl.knowledge import KnowledgeBase


def test_rows_come_back_as_runs_beside_the_own_ones(tmp_path, compiled, make_run, make_eval):
    compiled.write(tmp_path / "base.npz")
    base = KnowledgeBase(tmp_path)
    base.add(make_run("own", make_eval(0.1, learner="tree")))
    first, second, own = base.records("binary")
    assert (first.name, first.family, first.prior_loss) == ("abc", "letters", 0.5)
    assert [(e.status, e.loss, e.cut) for e in first.evals] == [
        ("ok", 0.25, False),
        ("timeout", None, True),
    ]
    assert first.evals[1].config == {"learner": "knn", "k": 3}
    assert len(second.evals) == 1  # what was not run is no evaluation
    assert own.name == "own"
    assert base.records("regression") == ()
    assert [n.record.name for n in base.nearest({"log_n_rows": 6.0}, "binary", 1)] == ["xyz"]


def test_the_same_base_gives_the_same_bytes(tmp_path, compiled):
    for name in ("a", "b"):
        compiled.write(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_damaged_file_is_named(tmp_path, compiled):
    compiled.write(tmp_path / "base.npz")
    path = tmp_path / "base.npz"
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(KnowledgeBaseError, match=r"base\.npz cannot be read"):
        KnowledgeBase(tmp_path).records()


def test_the_model_of_runtimes_comes_back_as_it_was(tmp_path, compiled):
    compiled.write(tmp_path / "base.npz")
    assert (
        KnowledgeBase(tmp_path).compiled().tasks["binary"].runtime
        == compiled.tasks["binary"].runtime
    )
