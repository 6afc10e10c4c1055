from __future__ import annotations

import os
import pickle

import numpy as np
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


def test_a_full_disk_leaves_the_base_that_was_there(small_disk, compiled):
    path = small_disk.path / "base.npz"
    path.write_bytes(b"before")
    small_disk.fill()
    with pytest.raises(OSError, match="No space left"):
        compiled.write(path)
    assert path.read_bytes() == b"before"
    assert small_disk.names() == {"base.npz"}


def test_a_poisoned_base_runs_nothing(tmp_path, compiled):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harm"),)

    path = tmp_path / "base.npz"
    compiled.write(path)
    with np.load(path) as whole:
        arrays = dict(whole)
    for name in ("text", "binary.losses"):
        np.savez(path, **{**arrays, name: np.array([Harm()], dtype=object)})
        with pytest.raises(KnowledgeBaseError, match="cannot be read"):
            KnowledgeBase(tmp_path).records()
    path.write_bytes(pickle.dumps(Harm()))
    with pytest.raises(KnowledgeBaseError, match="cannot be read"):
        KnowledgeBase(tmp_path).records()
    assert not (tmp_path / "harm").exists()
    pickle.loads(pickle.dumps(Harm()))
    assert (tmp_path / "harm").exists()  # it was live
