import json
import pickle
import subprocess
import sys

import numpy as np
import pytest

from automl.exceptions import InvalidInputError
from automl.space import Categorical, Config, Float, Integer, Space, When


def tree() -> Space:
    return Space(
        [
            Categorical("learner", ("knn", "svm", "prior"), default="svm"),
            Integer("knn:k", 1, 50, default=5, log=True, when=When("learner", ("knn",))),
            Float("svm:C", 1e-3, 1e3, default=1.0, log=True, when=When("learner", ("svm",))),
            Categorical(
                "svm:kernel", ("linear", "rbf"), default="rbf", when=When("learner", ("svm",))
            ),
            Float("svm:gamma", 1e-4, 1.0, default=0.1, when=When("svm:kernel", ("rbf",))),
            Categorical("scale", (True, False), default=True),
        ]
    )


def test_default_holds_active_parameters_only():
    assert tree().default().to_dict() == {
        "learner": "svm",
        "svm:C": 1.0,
        "svm:kernel": "rbf",
        "svm:gamma": 0.1,
        "scale": True,
    }


def test_grandchildren_follow_their_grandparents():
    space = tree()
    names = [p.name for p in space.active({"learner": "knn", "svm:kernel": "rbf"})]
    assert names == ["learner", "knn:k", "scale"]
    assert "svm:gamma" not in space.make({"svm:kernel": "linear"})


def test_samples_and_mutations_are_legal():
    space, rng = tree(), np.random.default_rng(0)
    config = space.default()
    for _ in range(500):
        config = space.mutate(config, rng)
        for found in (config, space.sample(rng)):
            assert space.make(found.to_dict()) == found


def test_the_same_seed_draws_the_same():
    first, second = (tree().sample(np.random.default_rng(3)) for _ in range(2))
    assert first == second
    assert tree().sample(np.random.default_rng(4)) != first


def test_mutation_rarely_changes_what_is_active():
    space, rng = tree(), np.random.default_rng(0)
    config = space.make(learner="svm")
    mutated = [space.mutate(config, rng) for _ in range(1000)]
    moved = sum(other["learner"] != "svm" for other in mutated)
    assert 10 < moved < 150
    for other in mutated:
        if other["learner"] == "svm" and other["svm:kernel"] == "rbf":
            assert 1 <= sum(config[name] != other[name] for name in config) <= 3


def test_mutation_changes_the_root_where_nothing_else_can_vary():
    space = Space([Categorical("learner", ("a", "b"), default="a")])
    assert space.mutate(space.default(), np.random.default_rng(0))["learner"] == "b"


def test_mutation_hands_back_what_cannot_vary():
    space = Space([Categorical("learner", ("a",), default="a")])
    assert space.mutate(space.default(), np.random.default_rng(0)) == space.default()


def test_make_completes_and_orders():
    config = tree().make({"scale": False}, learner="knn")
    assert list(config.items()) == [("learner", "knn"), ("knn:k", 5), ("scale", False)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"depth": 3}, "'depth' is not part of the space"),
        ({"learner": "knn", "svm:C": 1.0}, r"'svm:C' is not active .*'learner' is among \['svm'\]"),
        ({"svm:C": 1e4}, "'svm:C' must be a number from 0.001 to 1000.0, got 10000.0"),
        ({"learner": "tree"}, "'learner' must be one of"),
    ],
)
def test_make_rejects_what_does_not_fit(values, message):
    with pytest.raises(InvalidInputError, match=message):
        tree().make(values)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ([], "needs at least one parameter"),
        ([Integer("a", 0, 1, 0), Integer("a", 0, 1, 0)], "must be unique, got 'a' twice"),
        ([Integer("a", 0, 1, 0, when=When("b", (1,)))], "declared before it, got 'b'"),
        (
            [Float("b", 0, 1, 0), Integer("a", 0, 1, 0, when=When("b", (1,)))],
            "categorical or integer parameter",
        ),
        (
            [Integer("b", 0, 1, 0), Integer("a", 0, 1, 0, when=When("b", (7,)))],
            "'b' must be a whole number from 0 to 1, got 7",
        ),
        (
            [Integer("b", 0, 1, 0), Integer("a", 0, 1, 0, when=When("b", ()))],
            "needs at least one value of 'b'",
        ),
    ],
)
def test_a_space_checks_its_conditions(parameters, message):
    with pytest.raises(InvalidInputError, match=message):
        Space(parameters)


def test_id_covers_the_declaration():
    declarations = [
        Float("x", 0.1, 1, default=0.5),
        Float("y", 0.1, 1, default=0.5),
        Float("x", 0.1, 2, default=0.5),
        Float("x", 0.1, 1, default=0.6),
        Float("x", 0.1, 1, default=0.5, log=True),
        Integer("x", 0, 1, default=0),
        Categorical("x", (0, 1), default=0),
    ]
    assert len({Space([parameter]).id for parameter in declarations}) == len(declarations)
    assert tree().id == tree().id


def test_configs_are_keys():
    space = tree()
    a, b = space.make({"svm:C": 0.1}), space.make({"svm:C": 0.1 + 1e-15})
    assert a == b
    assert hash(a) == hash(b)
    assert a.key == b.key
    assert len({a, b, space.make({"svm:C": 0.2})}) == 2
    assert len(a.key) == 16


def test_configs_of_different_spaces_differ():
    other = Space([*tree().parameters, Integer("x", 0, 1, 0, when=When("learner", ("knn",)))])
    mine, theirs = tree().default(), other.default()
    assert mine.to_dict() == theirs.to_dict()
    assert mine != theirs
    assert mine.key != theirs.key


def test_configs_do_not_change():
    config = tree().default()
    with pytest.raises(TypeError, match="does not support item assignment"):
        config["scale"] = False
    config.to_dict()["scale"] = False
    assert config["scale"] is True


def test_configs_travel_through_json_and_pickle():
    space, rng = tree(), np.random.default_rng(0)
    for _ in range(50):
        config = space.sample(rng)
        assert space.make(json.loads(json.dumps(config.to_dict()))) == config
        copy = pickle.loads(pickle.dumps(config))
        assert copy == config
        assert copy.key == config.key


def test_keys_hold_across_processes():
    program = (
        "from automl.space import *;"
        "s = Space([Categorical('f', ('a', 'b'), 'a'), Float('x', 0, 1, 0.3)]);"
        "print(s.id, s.default().key, hash(s.default()))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    space = Space([Categorical("f", ("a", "b"), "a"), Float("x", 0, 1, 0.3)])
    assert run.stdout.split()[:2] == [space.id, space.default().key]


def test_finite_spaces_can_be_listed():
    space = Space(
        [
            Categorical("a", ("x", "y"), default="x"),
            Integer("b", 1, 3, default=1, when=When("a", ("x",))),
            Categorical("c", (True, False), default=True),
        ]
    )
    listed = list(space.configs())
    assert space.finite
    assert len(listed) == len(set(listed)) == (3 + 1) * 2
    rng = np.random.default_rng(0)
    assert {space.sample(rng) for _ in range(500)} == set(listed)


def test_spaces_with_floats_cannot_be_listed():
    assert not tree().finite
    with pytest.raises(InvalidInputError, match="'svm:C' is a Float"):
        tree().configs()


def test_repr_shows_the_values():
    space = Space([Integer("x", 0, 3, default=2)])
    assert repr(space.default()) == "Config({'x': 2})"
    assert isinstance(space.default(), Config)
