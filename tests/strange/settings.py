"""Settings of a wrong type, at their limits, or against each other: name -> values to draw from."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import (
    GroupKFold,
    KFold,
    LeaveOneOut,
    PredefinedSplit,
    RepeatedKFold,
    ShuffleSplit,
    StratifiedKFold,
    TimeSeriesSplit,
)

__all__ = ["N_ROWS", "SETTINGS"]

N_ROWS = 30
"""Of the table that settings are tried on."""

_NAN = float("nan")


def _raises(*_: Any) -> float:
    raise RuntimeError("a metric\nof two lines")


def _no_number(*_: Any) -> Any:
    return "high"


class _BadSplitter:
    def split(self, X: Any, y: Any = None, groups: Any = None) -> Any:
        raise KeyError("no such thing")


class _OddSplitter:
    def __init__(self, pairs: Any):
        self.pairs = pairs

    def split(self, X: Any, y: Any = None, groups: Any = None) -> Any:
        return self.pairs

    def __repr__(self) -> str:
        return f"_OddSplitter({self.pairs!r})"


_ROWS = np.arange(N_ROWS)

SETTINGS: dict[str, list[Any]] = {
    "time_limit": [
        0,
        -1,
        _NAN,
        float("inf"),
        "60",
        True,
        1j,
        [60],
        1e-9,
        np.float32(0),
        "",
        b"1",
        decimal.Decimal("NaN"),
        pd.NA,
        datetime.timedelta(seconds=9),
    ],
    "max_trials": [0, -1, 1.5, "3", True, _NAN, np.int64(1), np.array([1]), None],
    "metric": [
        "",
        "nothing",
        "rmse",
        "roc_auc",
        "f1",
        "accuracy",
        "neg_log_loss",
        None,
        1,
        b"auc",
        _raises,
        _no_number,
        len,
        "roc_auc_ovr_weighted",
        "pinball_0.9",
        "pinball_7",
        [],
        "AUTO",
        "completeness_score",
        "jaccard_samples",
        "max_error",
        "positive_likelihood_ratio",
    ],
    "metrics": [
        "rmse",
        ["nothing"],
        [None],
        [_raises],
        {"a": 1},
        ("accuracy", "log_loss"),
        [""],
        ["f1"] * 3,
        [1],
        np.array(["accuracy"]),
        ["auto"],
    ],
    "n_jobs": [0, -2, 1.0, "2", True, _NAN, None, [1], 10**9],
    "memory_limit": [0, -5, "1 GB", _NAN, float("inf"), True],
    "test_size": [
        1.5,
        1.0,
        -0.1,
        0,
        0.0,
        1,
        29,
        30,
        10**9,
        1e-12,
        0.999,
        "half",
        None,
        _NAN,
        True,
        np.float64(0.5),
        [0.2],
    ],
    "cv": [
        0,
        1,
        -3,
        2,
        30,
        31,
        10**6,
        2.0,
        "5",
        True,
        [],
        [[]],
        [()],
        [(1, 2, 3)],
        [([0], [0])],
        [([], [])],
        [([0, 1], [2, 99])],
        [([0, 1], [-1])],
        [(["a"], ["b"])],
        [([0.5], [1.5])],
        [(_ROWS[:20], _ROWS[20:])],
        [(_ROWS < 20, _ROWS >= 20)],
        {1: 2},
        KFold,
        KFold(31),
        KFold(3, shuffle=True),
        StratifiedKFold(20),
        LeaveOneOut(),
        TimeSeriesSplit(3),
        TimeSeriesSplit(29),
        ShuffleSplit(2, test_size=0.9),
        RepeatedKFold(n_splits=2, n_repeats=2),
        GroupKFold(3),
        PredefinedSplit(_ROWS % 3),
        PredefinedSplit(_ROWS[:5]),
        _BadSplitter(),
        _OddSplitter(None),
        _OddSplitter(7),
        _OddSplitter([([[0]], [[1]])]),
        _OddSplitter([(0, 1)]),
        [(slice(0, 10), slice(10, 20))],
        (i for i in ()),
    ],
    "time_column": ["c0", "c1", "c2", "nothing", "", 0, None, ["c0"], b"c0"],
    "column_types": [
        {},
        {"c0": "numeric"},
        {"nothing": "numeric"},
        {"c0": "number"},
        {"c0": None},
        {"c0": ["numeric"]},
        {0: "numeric"},
        {None: "text"},
        [],
        "numeric",
        {"c1": "numeric"},
        {"c0": "datetime"},
        {"c1": "boolean"},
        {"c0": "text", "c1": "text", "c2": "text"},
        {"c0": "ignore", "c1": "ignore", "c2": "ignore"},
        {"c1": "datetime"},
    ],
    "monotonic_constraints": [
        {"c0": 1},
        {"c0": 2},
        {"c0": True},
        {"c0": "up"},
        {"c1": 1},
        {"nothing": 1},
        {"c0": _NAN},
        {"c0": [1]},
        [1, 0],
        1,
        {"c0": None},
        {"c0": 1.0},
        {"c0": np.array([1, 0])},
    ],
    "refit": ["yes", None, 1, 0, "AUTO", [], np.bool_(True)],
    "optimizer": ["", "nothing", None, 1, "grid", "random", "sobol", ["bohb"], "BOHB"],
    "objectives": [["accuracy"], []],
    "constraints": [{"latency": 1}, {}],
    "executor": [1, "tcp://x"],
    "knowledge_base": [
        "",
        "no such folder",
        Path("/nowhere/at/all"),
        1,
        "AUTO",
        "a\x00b",
        b"auto",
        True,
    ],
    "write_back": ["no", None, 1],
    "random_state": [
        -1,
        1.5,
        "0",
        2**32,
        2**63,
        10**40,
        _NAN,
        True,
        np.int8(3),
        np.random.default_rng(0),
        np.random.RandomState(0),
        [1],
    ],
    "verbose": [-1, "high", None, 10, _NAN],
    "callbacks": [print, [1], ["print"], {}, None],
    "task": ["regression", "binary", "multiclass", "classify", None, 1, "", ["auto"], "AUTO"],
    "groups": [
        "c0",
        "c1",
        "nothing",
        "",
        [],
        [1],
        _ROWS % 4,
        _ROWS % 2,
        _ROWS * 0,
        list(_ROWS),
        [None] * N_ROWS,
        [1j] * N_ROWS,
        [[1]] * N_ROWS,
        np.zeros((N_ROWS, 2)),
        1,
        {},
        [_NAN] * N_ROWS,
        pd.Series(["a", "b", "c"] * 10, dtype="category"),
    ],
    "sample_weight": [
        [],
        [1],
        [0] * N_ROWS,
        [-1] * N_ROWS,
        [_NAN] * N_ROWS,
        ["1"] * N_ROWS,
        [1e300] * N_ROWS,
        [1e-300] * N_ROWS,
        [float("inf")] * N_ROWS,
        _ROWS,
        _ROWS > 20,
        [None] * N_ROWS,
        "c0",
        1,
        [[1]] * N_ROWS,
        np.ones((N_ROWS, 2)),
        [1j] * N_ROWS,
        [1e308] * 15 + [1e-308] * 15,
        [decimal.Decimal(1)] * N_ROWS,
    ],
    "X_test": [
        [],
        None,
        1,
        "no such file.csv",
        pd.DataFrame(),
        pd.DataFrame({"c0": [1.0]}),
        pd.DataFrame({"c0": [1.0], "c1": ["red"], "c2": [1]}),
        np.zeros((2, 3)),
        np.zeros((2, 9)),
        np.zeros((2, 3, 3)),
    ],
    "y_test": [[], ["a"], ["a", "b"], ["never"], [None], 1, "c0", [1.5], [["a"]], None],
    "resume": ["no such run", "", 1, Path("/"), True, b"x", "a\x00b"],
    "tiem_limit": [5],
}
"""The last one is no setting."""
