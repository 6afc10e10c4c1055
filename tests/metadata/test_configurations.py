"""The lists of configurations: what is retired is not run, and its place is not given away."""

import json

from metadata.configurations import COUNT, extend, read_configurations


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
