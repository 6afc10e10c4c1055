"""The lists of configurations: what is retired is not run, and its place is not given away."""

import json
from collections import Counter

from metadata.blocks import ORIGINS
from metadata.configurations import (
    COUNT,
    extend,
    extend_denser,
    extend_found,
    read_configurations,
    write_configurations,
)


def test_what_is_retired_is_read_on_demand_and_keeps_its_place(tmp_path):
    listed = [
        {"id": "000", "origin": "portfolio", "values": {"learner": "lightgbm"}},
        {"id": "001", "origin": "sobol", "values": {"learner": "linear"}, "retired": "no gain"},
    ]
    (tmp_path / "binary.json").write_text(json.dumps(listed), encoding="utf-8")
    assert [entry.id for entry in read_configurations("binary", tmp_path)] == ["000"]
    everything = read_configurations("binary", tmp_path, retired=True)
    assert [entry.id for entry in everything] == ["000", "001"]
    longer = extend("binary", everything)
    assert longer[:2] == everything
    assert [entry.id for entry in longer] == [f"{i:03d}" for i in range(len(longer))]
    assert len(longer) >= COUNT


def test_denser_draws_three_more_of_each_learner_and_only_once(tmp_path):
    listed = extend("binary", [])
    denser = extend_denser("binary", listed)
    assert denser[: len(listed)] == listed
    more = Counter(entry.values["learner"] for entry in denser[len(listed) :])
    assert set(more.values()) == {3}
    assert set(more) == {entry.values["learner"] for entry in listed}
    assert extend_denser("binary", denser) == denser
    assert extend("binary", denser) == denser
    write_configurations("binary", denser, tmp_path)
    assert read_configurations("binary", tmp_path) == listed
    assert read_configurations("binary", tmp_path, ORIGINS) == denser


def test_finds_carry_their_family_and_are_not_listed_twice():
    listed = extend("regression", [])
    found = [{"learner": "linear", "linear:C": 0.0}, dict(listed[0].values)]
    longer = extend_found("regression", listed, found, "far")
    assert len(longer) <= len(listed) + 1
    assert all(entry.family == "far" for entry in longer[len(listed) :])
    assert extend_found("regression", longer, found, "near") == longer
