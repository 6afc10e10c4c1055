"""What a compiled base advises, beside own runs and without them."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest

from automl.knowledge import NO_ADVICE, KnowledgeBase, TableSize, advise, open_knowledge_base
from automl.knowledge.base import SHIPPED
from automl.space import Categorical, Space

HERE = {"log_n_rows": 6.0}
SIZE = TableSize(320, 8, 2, 0.0)


@pytest.fixture
def shipped(tmp_path, compiled) -> KnowledgeBase:
    compiled.write(tmp_path / "base.npz")
    return KnowledgeBase(tmp_path)


def test_shared_configurations_are_ordered_and_say_where_they_won(shipped, space):
    advice = advise(shipped, HERE, SIZE, "binary", "roc_auc", space)
    first, second = advice.starts
    assert (first.config["learner"], first.config["rate"], first.source) == ("tree", 0.5, "xyz")
    assert first.why == "was the best on 'xyz', which looks the same as this table"
    assert second.config["learner"] == "knn"


def test_own_runs_come_first_and_nothing_comes_twice(shipped, space, make_run, make_eval):
    shipped.add(
        make_run("own", make_eval(0.1, learner="knn", k=7), make_eval(0.2, rate=0.5), meta=HERE)
    )
    advice = advise(shipped, HERE, SIZE, "binary", "roc_auc", space)
    assert [start.source for start in advice.starts] == ["own", "xyz", "xyz"]
    assert [dict(start.config) for start in advice.starts][:2] == [
        {"learner": "knn", "k": 7},
        {"learner": "tree", "rate": 0.5},
    ]


def test_earlier_tables_become_priors_that_hold_failures(shipped, space):
    nearest, other = advise(shipped, HERE, SIZE, "binary", "roc_auc", space).earlier
    assert nearest.weight == 1.0 > other.weight > 0.0
    assert nearest.scores == (-0.5,)
    assert other.scores == (-0.25, -math.inf)


def test_costs_are_known_before_the_first_fit(shipped, space):
    runtime = advise(shipped, HERE, SIZE, "binary", "roc_auc", space).runtime
    slow = runtime.predict({"learner": "tree", "rate": 0.01}, SIZE)
    fast = runtime.predict({"learner": "tree", "rate": 0.9}, SIZE)
    assert slow.seconds > fast.seconds
    assert slow.at_most == pytest.approx(slow.seconds * math.exp(1.645 * 0.4))
    assert runtime.predict({"learner": "unheard of"}, SIZE) is None


def test_other_metrics_use_the_ranks_and_other_tasks_nothing(shipped, space):
    assert advise(shipped, HERE, SIZE, "binary", "accuracy", space).starts
    assert advise(shipped, HERE, SIZE, "regression", "rmse", space) == NO_ADVICE or not (
        advise(shipped, HERE, SIZE, "regression", "rmse", space).starts
    )


def test_families_that_the_space_lacks_are_left_out(shipped):
    flat = Space([Categorical("learner", ("linear",), "linear"), Categorical("a", (1, 2), 1)])
    found = advise(shipped, HERE, SIZE, "binary", "roc_auc", flat)
    assert {start.config["learner"] for start in found.starts} <= {"linear"}


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_shipped_base_is_small_quick_and_advises(fresh_home, task):
    from metadata.configurations import union_space

    assert SHIPPED.stat().st_size < 5e6
    base = open_knowledge_base("auto")
    known = base.compiled().tasks[task]
    meta = dict(zip(known.names, known.metafeatures[0].tolist(), strict=True))
    space = union_space(task)
    advise(base, meta, SIZE, task, known.metric, space)
    started = time.process_time()
    advice = advise(base, meta, SIZE, task, known.metric, space)
    assert time.process_time() - started < 0.5  # 0.05 on a quiet machine
    assert len(advice.starts) >= 30
    assert known.tables[0] in {start.source for start in advice.starts}
    assert np.isfinite(
        [advice.runtime.predict(s.config, SIZE).seconds for s in advice.starts]
    ).all()
