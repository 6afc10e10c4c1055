import json
import math
import os
import signal
import subprocess
import sys
import warnings

import numpy as np
import pytest

from automl.exceptions import DataWarning, InvalidInputError
from automl.history import HistoryFile, TrialInfo, TrialResult, read_history
from automl.space import Categorical, Float, Integer, Space, When

SPACE = Space(
    [
        Categorical("learner", ("knn", "svm"), default="svm"),
        Integer("knn:k", 1, 50, default=5, when=When("learner", ("knn",))),
        Float("svm:C", 1e-3, 1e3, default=1.0, log=True, when=When("learner", ("svm",))),
        Categorical("scale", (True, False, None), default=True),
    ]
)


def results(n):
    rng = np.random.default_rng(0)
    made = []
    for i in range(n):
        info = TrialInfo(i, SPACE.sample(rng), i % 3, "random")
        loss = None if i % 4 == 3 else float(rng.normal())
        losses = None if loss is None else (loss,)
        status = "timeout" if losses is None else "ok"
        message = 'line 1\nline "2" ü\u2028'
        made.append(
            TrialResult(
                info,
                status,
                losses,
                loss,
                0.1 * i,
                1 / 3,
                100.0,
                1.5,
                message,
                {"n": i, "a": [1.5]},
            )
        )
    return made


@pytest.fixture
def record(tmp_path):
    path = tmp_path / "history.jsonl"
    with HistoryFile(path) as file:
        file.write_header({"task": "binary", "seed": 7})
        for result in results(12):
            file.append(result)
    return path


def test_what_is_read_is_what_was_written(record):
    header, history = read_history(record, SPACE)
    assert header == {"task": "binary", "seed": 7}
    assert list(history) == results(12)
    assert [r.info.config.key for r in history] == [r.info.config.key for r in results(12)]


FORMAT_1 = """\
{"format":1,"header":{"seed":7}}
{"number":0,"rung":1,"origin":"portfolio","config_key":"%s","config":%s,"status":"ok","loss":0.25,\
"score":0.75,"wall_seconds":1.0,"cpu_seconds":0.9,"peak_memory_mb":10.0,"started":0.5,"message":"",\
"details":{"fraction":1.0,"folds":[{"fold":0,"score":0.75,"loss":0.25}]}}
{"number":1,"rung":0,"origin":"random","config_key":"%s","config":%s,"status":"timeout",\
"loss":null,"score":null,"wall_seconds":1.0,"cpu_seconds":0.9,"peak_memory_mb":10.0,"started":2.0,\
"message":"too long","details":{}}
"""


def test_records_of_the_first_format_are_read_and_continued(tmp_path):
    path, config = tmp_path / "history.jsonl", SPACE.default()
    path.write_text(FORMAT_1 % (2 * (config.key, json.dumps(config.to_dict()))))
    with HistoryFile(path) as file:
        file.append(results(3)[2])
    header, history = read_history(path, SPACE)
    assert header == {"seed": 7}
    assert [result.losses for result in history] == [(0.25,), None, results(3)[2].losses]
    expected = {"threads": 1, "fold": 0, "score": 0.75, "losses": [0.25]}
    assert history.results[0].details["folds"] == [expected]


def test_each_line_is_strict_json(tmp_path):
    path = tmp_path / "history.jsonl"
    info = TrialInfo(0, SPACE.default(), 0, "portfolio")
    details = {
        "nan": float("nan"),
        "numpy": np.float64("-inf"),
        "array": np.array([1.0, np.inf]),
        "nested": {"tuple": (1, None, True)},
    }
    result = TrialResult(info, "failed", None, math.nan, 1.0, 1.0, math.inf, 0.0, "", details)
    with HistoryFile(path) as file:
        file.write_header({"limit": math.inf})
        file.append(result)

    def refuse(constant):
        raise AssertionError(constant)

    for line in path.read_text().splitlines():
        json.loads(line, parse_constant=refuse)
    header, history = read_history(path, SPACE)
    (read,) = history
    assert header == {"limit": math.inf}
    assert math.isnan(read.score)
    assert read.peak_memory_mb == math.inf
    assert math.isnan(read.details["nan"])
    assert read.details["numpy"] == -math.inf
    assert read.details["array"] == [1.0, math.inf]
    assert read.details["nested"] == {"tuple": [1, None, True]}


def test_a_line_is_readable_as_soon_as_append_returns(tmp_path):
    path = tmp_path / "history.jsonl"
    file = HistoryFile(path)
    file.write_header({})
    for n, result in enumerate(results(3), start=1):
        file.append(result)
        assert len(read_history(path, SPACE)[1]) == n
    file.close()


def test_a_torn_last_line_is_left_out_with_a_warning(record):
    whole = record.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    for cut in (2, len(last) // 2, len(last) - 1):
        record.write_bytes(whole[:-cut])
        with pytest.warns(DataWarning, match="last line of .* was cut off"):
            _, history = read_history(record, SPACE)
        assert list(history) == results(11)


def test_a_missing_last_line_feed_loses_nothing(record):
    record.write_bytes(record.read_bytes()[:-1])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(read_history(record, SPACE)[1]) == 12


@pytest.mark.parametrize(("cut", "left"), [(0, 12), (1, 12), (30, 11)])
def test_a_record_can_be_continued_wherever_it_was_cut(record, cut, left):
    record.write_bytes(record.read_bytes()[: -cut or None])
    with HistoryFile(record) as file:
        file.append(results(13)[12])
    _, history = read_history(record, SPACE)
    assert list(history) == [*results(left), results(13)[12]]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the platform cannot kill this way")
def test_a_killed_process_leaves_a_readable_record(tmp_path):
    path = tmp_path / "history.jsonl"
    program = f"""
import os, signal
from automl.history import HistoryFile, TrialInfo, TrialResult
from automl.space import Integer, Space
config = Space([Integer("x", 0, 9, default=0)]).default()
file = HistoryFile({str(path)!r})
file.write_header({{"seed": 1}})
for i in range(5):
    info = TrialInfo(i, config, 0, "random")
    file.append(TrialResult(info, "ok", (0.5,), 0.5, 1.0, 1.0, 1.0, 0.0))
os.kill(os.getpid(), signal.SIGKILL)
"""
    run = subprocess.run([sys.executable, "-c", program], env=os.environ, check=False)
    assert run.returncode == -signal.SIGKILL
    header, history = read_history(path, Space([Integer("x", 0, 9, default=0)]))
    assert header == {"seed": 1}
    assert len(history) == 5


def test_damage_before_the_last_line_is_an_error(record):
    lines = record.read_text().splitlines(keepends=True)
    record.write_text("".join([*lines[:4], lines[4][:20] + "\n", *lines[5:]]))
    with pytest.raises(InvalidInputError, match=r"Line 5 of .* is damaged"):
        read_history(record, SPACE)


def test_another_space_is_an_error(record):
    with pytest.raises(InvalidInputError, match=r"Line 2 of .* does not fit the space"):
        read_history(record, Space([Integer("x", 0, 9, default=0)]))
    grown = Space([*SPACE.parameters, Integer("x", 0, 9, default=0)])
    with pytest.raises(InvalidInputError, match="written with another space"):
        read_history(record, grown)


def test_a_missing_field_is_an_error(record):
    lines = record.read_text().splitlines(keepends=True)
    entry = json.loads(lines[1])
    del entry["rung"]
    record.write_text("".join([lines[0], json.dumps(entry) + "\n"]))
    with pytest.raises(InvalidInputError, match=r"Line 2 of .* lacks 'rung'"):
        read_history(record, SPACE)


@pytest.mark.parametrize("content", ["", '{"number": 0}\n', '{"format": 99, "header": {}}\n'])
def test_a_file_without_a_header_is_an_error(tmp_path, content):
    path = tmp_path / "history.jsonl"
    path.write_text(content)
    with pytest.raises(InvalidInputError, match="does not begin with its header"):
        read_history(path, SPACE)


def test_a_header_never_overwrites_a_record(record):
    with (
        HistoryFile(record) as file,
        pytest.raises(
            InvalidInputError, match="must be a new file where a header is to be written"
        ),
    ):
        file.write_header({})
    assert len(read_history(record, SPACE)[1]) == 12


def test_details_must_be_json_able(tmp_path):
    info = TrialInfo(0, SPACE.default(), 0, "random")
    result = TrialResult(info, "ok", (1.0,), 1.0, 1.0, 1.0, 1.0, 0.0, details={"model": object()})
    with (
        HistoryFile(tmp_path / "history.jsonl") as file,
        pytest.raises(InvalidInputError, match="A record holds numbers, strings"),
    ):
        file.append(result)


def test_on_a_full_disk_the_record_ends_with_a_whole_line(small_disk):
    path = small_disk.path / "history.jsonl"
    with HistoryFile(path) as file:
        file.write_header({})
        small_disk.fill(but=8_192)
        with pytest.raises(OSError, match="No space left"):
            list(map(file.append, results(100)))
        written = path.read_bytes().count(b"\n") - 1
        assert 0 < written < 100
        assert path.read_bytes().endswith(b"\n")
        small_disk.free()
        file.append(results(100)[written])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, history = read_history(path, SPACE)
    assert history.results == tuple(results(written + 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [("config", [1]), ("details", 3), ("losses", {"$float": "now"}), ("status", ["ok"])],
)
def test_a_result_of_other_types_is_an_error(record, name, value):
    header, first, *rest = record.read_text().splitlines()
    changed = json.dumps({**json.loads(first), name: value})
    record.write_text("\n".join([header, changed, *rest, ""]))
    with pytest.raises(InvalidInputError, match="Line 2 of"):
        read_history(record, SPACE)


def test_the_former_name_of_a_status_is_read(tmp_path):
    path = tmp_path / "history.jsonl"
    with HistoryFile(path) as file:
        file.write_header({})
        info = TrialInfo(0, SPACE.default(), 0, "random")
        file.append(TrialResult(info, "memory_out", None, None, 1.0, 1.0, 9.0, 0.0))
    path.write_text(path.read_text().replace('"memory_out"', '"memory"'))
    assert read_history(path, SPACE)[1].results[0].status == "memory_out"
