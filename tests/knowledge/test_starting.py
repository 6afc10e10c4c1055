from __future__ import annotations

from dataclasses import replace

import pytest

from automl.knowledge import TableSize, advise
from automl.space import Categorical, Float, Space, When

HERE = {"log_n_rows": 6.2, "log_n_features": 2.1, "share_categorical": 0.4, "share_missing": 0.1}
NEAR = {"log_n_rows": 6.3, "log_n_features": 2.1, "share_categorical": 0.4, "share_missing": 0.15}
FAR = {"log_n_rows": 10.9, "log_n_features": 5.0, "share_categorical": 0.0, "share_missing": 0.9}
SIZE = TableSize(400, 8, 2, 0.4)


def _starts(base, space):
    return advise(base, HERE, SIZE, "binary", "roc_auc", space).starts


def test_best_configurations_of_the_sibling_come_with_a_reason(base, space, make_run, make_eval):
    rates = {0.1: 0.3, 0.2: 0.1, 0.3: 0.2, 0.4: 0.4}
    evals = [make_eval(loss, learner="tree", rate=rate) for rate, loss in rates.items()]
    base.add(make_run("abc", *evals, meta=NEAR))
    base.add(make_run("far", make_eval(0.0, learner="knn"), meta=FAR))
    starts = _starts(base, space)
    assert [start.config["rate"] for start in starts] == [0.2, 0.3]
    assert starts[0].source == "abc"
    assert (
        starts[0].why == "won on 'abc', which is like this table in columns and share of categories"
    )


def test_same_table_says_so(base, space, make_run, make_eval):
    base.add(make_run("abc", make_eval(0.3, learner="tree"), meta=HERE))
    (start, *_) = _starts(base, space)
    assert start.why == "won on 'abc', which looks the same as this table"
    assert repr(start) == "WarmStart(tree, from 'abc')"


def test_only_the_highest_rung_counts(base, space, make_run, make_eval):
    base.add(
        make_run(
            "abc",
            make_eval(0.01, rung=0, learner="knn"),
            make_eval(0.5, rung=2, learner="tree"),
            make_eval(None, rung=3, status="timeout", learner="knn"),
        )
    )
    assert [start.config["learner"] for start in _starts(base, space)] == ["tree"]


def test_tables_take_turns_and_nothing_comes_twice(base, space, make_run, make_eval):
    def evals(*rates):
        losses = (0.1, 0.2, 0.3, 0.4)
        return [
            make_eval(loss, learner="tree", rate=rate)
            for loss, rate in zip(losses, rates, strict=True)
        ]

    base.add(make_run("nearest", *evals(0.1, 0.2, 0.8, 0.9), meta=HERE))
    base.add(make_run("next", *evals(0.1, 0.3, 0.8, 0.9), meta=NEAR))
    assert [(start.source, start.config["rate"]) for start in _starts(base, space)] == [
        ("nearest", 0.1),
        ("nearest", 0.2),
        ("next", 0.3),
    ]


def test_members_of_the_ensemble_come_instead_of_the_best_ones(base, space, make_run, make_eval):
    best = [make_eval(0.1 + i / 100, learner="tree", rate=0.1 + i / 20) for i in range(4)]
    light = replace(best[1], weight=0.25)
    heavy = replace(make_eval(0.9, rung=1, learner="knn"), weight=0.75)
    base.add(make_run("abc", *best, light, heavy))
    starts = _starts(base, space)
    assert starts[0].why.startswith("was in the ensemble on 'abc', ")
    assert [start.config for start in starts] == [
        space.make(heavy.config),
        space.make(light.config),
    ]


def test_one_family_does_not_take_everything(base, space, make_run, make_eval):
    trees = [make_eval(0.1 + i / 100, learner="tree", rate=0.1 + i / 20) for i in range(8)]
    base.add(
        make_run("abc", *trees, make_eval(0.105, learner="knn"), make_eval(0.9, learner="knn", k=2))
    )
    learners = [start.config["learner"] for start in _starts(base, space)]
    assert sorted(learners) == ["knn", "tree", "tree", "tree"]


def test_families_of_another_space_are_left_out_and_other_values_give_way(
    base, make_run, make_eval
):
    base.add(
        make_run(
            "abc",
            make_eval(0.1, learner="knn"),
            make_eval(0.2, learner="tree", rate=0.9),
            make_eval(0.3, learner="tree", rate=0.2),
            *[make_eval(0.8, learner="knn", k=k) for k in (7, 8, 9)],
        )
    )
    narrower = Space(
        [
            Categorical("learner", ("tree",), default="tree"),
            Float("rate", 0.01, 0.5, default=0.1, when=When("learner", ("tree",))),
        ]
    )
    assert [start.config["rate"] for start in _starts(base, narrower)] == [0.1, 0.2]


@pytest.mark.parametrize("fields", [{"task": "multiclass"}, {"metric": "log_loss"}, {"meta": FAR}])
def test_what_does_not_compare_starts_nothing(base, space, make_run, make_eval, fields):
    base.add(make_run("near", make_eval(0.1, learner="knn"), meta=HERE, task="multiclass"))
    base.add(make_run("abc", make_eval(0.1, learner="tree"), **fields))
    assert _starts(base, space) == ()


def test_a_run_of_failures_starts_nothing(base, space, make_run, make_eval):
    base.add(make_run("abc", make_eval(None, status="memory_out", learner="tree")))
    assert _starts(base, space) == ()
