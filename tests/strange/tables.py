"""Names of columns, kinds of tables, targets, and tables to predict that are not like the first."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from tests.strange.columns import COLUMNS

__all__ = ["NAMES", "PREDICTED", "TABLES", "TARGETS"]

Generator = np.random.Generator


class _Own:
    """An object that says nothing of itself."""


def _multi_index(k: int) -> Any:
    return pd.MultiIndex.from_tuples([("a", i) for i in range(k)])


NAMES: dict[str, Callable[[int], Any]] = {
    "texts": lambda k: [f"c{i}" for i in range(k)],
    "numbers": lambda k: list(range(k)),
    "fractions": lambda k: [i + 0.5 for i in range(k)],
    "tuples": lambda k: pd.Index([(i, "a") for i in range(k)], tupleize_cols=False),
    "levels": _multi_index,
    "same": lambda k: ["a"] * k,
    "same as text": lambda k: [1, "1", 1.0, "1.0", *range(k)][:k],
    "numbered": lambda k: ["a", "a", "a.1", "a.2", *map(str, range(k))][:k],
    "empty": lambda k: [""] * k,
    "blanks": lambda k: [" " * i for i in range(k)],
    "missing": lambda k: [None, float("nan"), pd.NaT, pd.NA, *range(k)][:k],
    "unicode": lambda k: ["é", "e\u0301", "🙂", "\x00", "\n", *map(str, range(k))][:k],
    "JSON": lambda k: ['{"a":[1]}', "a:b", "[x]", "a,b", '"', *map(str, range(k))][:k],
    "dates": lambda k: pd.date_range("2024", periods=k),
    "bytes": lambda k: [bytes([65 + i]) for i in range(k)],
    "booleans": lambda k: [True, False, *range(2, k)][:k],
    "categories": lambda k: pd.CategoricalIndex([f"c{i}" for i in range(k)]),
    "intervals": lambda k: pd.interval_range(0, k),
    "objects": lambda k: [_Own() for _ in range(k)],
    "long": lambda k: ["x" * 10_000 + str(i) for i in range(k)],
    "like parts of dates": lambda k: ["d", "d.month", "d.year_sin", *map(str, range(k))][:k],
    "target": lambda k: ["target", "y", "index", "level_0", *map(str, range(k))][:k],
}


def _polars(frame: pd.DataFrame) -> Any:
    import polars

    return polars.DataFrame(
        {str(i): list(frame.iloc[:, i]) for i in range(frame.shape[1])}, strict=False
    )


def _arrow(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    return pa.Table.from_pandas(frame.set_axis([str(i) for i in range(frame.shape[1])], axis=1))


def _numbers(frame: pd.DataFrame) -> Any:
    """The cells as numbers, for containers that hold nothing else."""
    codes = [pd.factorize(frame.iloc[:, i].astype(str))[0] for i in range(frame.shape[1])]
    return np.column_stack(codes).astype(float) if codes else np.zeros((len(frame), 0))


def _sparse(kind: str, array: bool = False) -> Callable[[pd.DataFrame], Any]:
    def make(frame: pd.DataFrame) -> Any:
        from scipy import sparse

        return getattr(sparse, f"{kind}_{'array' if array else 'matrix'}")(_numbers(frame))

    return make


def _masked(frame: pd.DataFrame) -> Any:
    return np.ma.masked_array(_numbers(frame), mask=_numbers(frame) == 1)


def _records(frame: pd.DataFrame) -> Any:
    return frame.set_axis([f"c{i}" for i in range(frame.shape[1])], axis=1).to_records(index=False)


def _repeated_index(frame: pd.DataFrame) -> Any:
    return frame.set_axis(np.zeros(len(frame)), axis=0)


TABLES: dict[str, Callable[[pd.DataFrame], Any]] = {
    "frame": lambda frame: frame,
    "frame of one index": _repeated_index,
    "frame of dates": lambda frame: frame.set_axis(pd.date_range("2024", periods=len(frame))),
    "array": lambda frame: frame.to_numpy(),
    "array of numbers": _numbers,
    "array of text": lambda frame: frame.astype(str).to_numpy(dtype=str),
    "Fortran array": lambda frame: np.asfortranarray(_numbers(frame)),
    "read-only array": lambda frame: np.broadcast_to(_numbers(frame)[:, :1], frame.shape),
    "masked array": _masked,
    "matrix": lambda frame: np.matrix(_numbers(frame)),
    "records": _records,
    "one dimension": lambda frame: frame.to_numpy()[:, 0],
    "series": lambda frame: frame.iloc[:, 0],
    "three dimensions": lambda frame: _numbers(frame)[:, :, None],
    "no dimension": lambda frame: np.array(1.0),
    "rows": lambda frame: frame.to_numpy().tolist(),
    "rows of tuples": lambda frame: list(map(tuple, frame.to_numpy())),
    "ragged rows": lambda frame: [[1, 2], [3]] * len(frame),
    "rows as dicts": lambda frame: frame.to_dict("records"),
    "dicts and lists": lambda frame: [{"a": 1}, [1]] * len(frame),
    "columns": lambda frame: {str(i): list(frame.iloc[:, i]) for i in range(frame.shape[1])},
    "ragged columns": lambda frame: {"a": [1, 2], "b": [1]},
    "scalars": lambda frame: {"a": 1, "b": 2},
    "generator": lambda frame: (row for row in frame.to_numpy()),
    "polars": _polars,
    "polars lazy": lambda frame: _polars(frame).lazy(),
    "polars column": lambda frame: _polars(frame).to_series(0),
    "arrow": _arrow,
    "arrow column": lambda frame: _arrow(frame).column(0),
    "memory view": lambda frame: memoryview(np.ascontiguousarray(_numbers(frame))),
    "index": lambda frame: pd.Index(frame.iloc[:, 0]),
    "groups": lambda frame: frame.groupby(np.arange(len(frame)) % 2),
    "text": lambda frame: "no such file.csv",
    "folder": lambda frame: "/",
    "nul in path": lambda frame: "a\x00.csv",
    "bytes": lambda frame: b"1,2\n3,4",
    "number": lambda frame: 7,
    "None": lambda frame: None,
    "object": lambda frame: _Own(),
    "type": lambda frame: pd.DataFrame,
    "set": lambda frame: {1, 2},
    "range": lambda frame: range(len(frame)),
    **{
        f"sparse {kind}": _sparse(kind)
        for kind in ("csr", "csc", "coo", "bsr", "dia", "dok", "lil")
    },
    "sparse array": _sparse("csr", array=True),
}

_LABELS = ("a", "b")


def _labels(values: list[Any], dtype: Any = object) -> Callable[[int, Generator], Any]:
    """Values in turn, so that each is there."""

    def make(n: int, rng: Generator) -> Any:
        cells = np.empty(n, dtype=object)
        for row in range(n):
            cells[row] = values[row % len(values)]
        rng.shuffle(cells)
        return pd.Series(cells, dtype=object).astype(dtype)

    return make


def _array(values: list[Any]) -> Callable[[int, Generator], Any]:
    return lambda n, rng: np.array(values)[rng.permutation(np.arange(n) % len(values))]


def _polars_column(n: int, rng: Generator) -> Any:
    import polars

    return polars.Series(rng.choice(["a", "b"], n))


def _sparse_column(n: int, rng: Generator) -> Any:
    from scipy import sparse

    return sparse.csr_matrix(rng.integers(0, 2, (n, 1)))


TARGETS: dict[str, Callable[[int, Generator], Any]] = {
    "two classes": _array(["a", "b"]),
    "three classes": _array(["a", "b", "c"]),
    "whole numbers": lambda n, rng: np.arange(n) % 2,
    "numbers": lambda n, rng: rng.normal(size=n),
    "with nan": _array([1.0, np.nan]),
    "with none": _labels(["a", "b", None]),
    "with infinity": _array([1.5, np.inf, 2.5]),
    "text infinity": _labels(["1.5", "inf", "2.5"]),
    "huge": _array([1e300, -1e300, 1.5]),
    "tiny": _array([1e-300, 2e-300, 1.5e-300]),
    "huge whole": _labels([10**30, 10**400, 1]),
    "huge classes": _array([2**62, 2**62 + 1]),
    "far apart": _array([1e15, 1e15 + 0.5, 1e15 + 1.25]),
    "mixed": _labels([1, "a", 2.5]),
    "mixed numbers": _labels([1, "1", 1.0]),
    "wild": _labels([b"a", (1, 2), datetime.date(2024, 1, 1)]),
    "numbers as text": _labels(["1", "2", "3"]),
    "amounts as text": lambda n, rng: rng.normal(size=n).astype(str),
    "markers": _labels(["?", "1", "2"]),
    "one class": _array(["a"]),
    "one value": _array([1.5]),
    "class of one": lambda n, rng: np.array(["a"] * max(0, n - 1) + ["b"] * min(1, n)),
    "class a row": lambda n, rng: np.array([f"l{i}" for i in range(n)]),
    "number a row": lambda n, rng: np.arange(n),
    "many classes": lambda n, rng: np.array([f"l{i // 2}" for i in range(n)]),
    "booleans": _array([True, False]),
    "booleans and none": _labels([True, False, None]),
    "bytes": _array([b"a", b"b"]),
    "dates": _labels([pd.Timestamp("2024"), pd.Timestamp("2025")]),
    "durations": lambda n, rng: pd.Series(pd.to_timedelta(np.arange(n), unit="D")),
    "decimals": _labels([decimal.Decimal("1.5"), decimal.Decimal("2.5"), decimal.Decimal("3")]),
    "signalling": _labels([decimal.Decimal("sNaN"), decimal.Decimal(1)]),
    "complex": _array([1 + 2j, 2.0]),
    "lists": _labels([[1], [2]]),
    "tuples": _labels([(1, 2), (3, 4)]),
    "intervals": _labels([pd.Interval(0, 1), pd.Interval(1, 2)]),
    "periods": _labels([pd.Period("2024", "Y"), pd.Period("2025", "Y")], "period[Y]"),
    "unused levels": _labels(["a", "b"], pd.CategoricalDtype(["c", "b", "a"])),
    "ordered": _labels([2, 1], pd.CategoricalDtype([3, 2, 1], ordered=True)),
    "Int64": _labels([1, 2], "Int64"),
    "Int64 missing": _labels([1, 2, None], "Int64"),
    "Float64": _labels([1.5, 2.5, 3.25], "Float64"),
    "string": _labels(["a", "b"], "string"),
    "sparse": _labels([0.0, 1.0], pd.SparseDtype("float64", 0.0)),
    "unicode": _labels(["é", "e\u0301", "\x00"]),
    "empty text": _labels(["", " "]),
    "surrogates": _labels(["\ud800", "\udfff"]),
    "long text": _labels(["a" * 10_000, "b" * 10_000]),
    "objects": _labels([len, print]),
    "two columns": lambda n, rng: rng.normal(size=(n, 2)),
    "one column": lambda n, rng: rng.integers(0, 2, (n, 1)),
    "one row": lambda n, rng: rng.integers(0, 2, (1, n)),
    "three dimensions": lambda n, rng: np.zeros((n, 1, 1)),
    "frame": lambda n, rng: pd.DataFrame({"y": rng.integers(0, 2, n)}),
    "two-column frame": lambda n, rng: pd.DataFrame({"y": rng.integers(0, 2, n), "z": 1}),
    "one less": lambda n, rng: rng.integers(0, 2, max(0, n - 1)),
    "one more": lambda n, rng: rng.integers(0, 2, n + 1),
    "none at all": lambda n, rng: [],
    "masked": lambda n, rng: np.ma.masked_array(np.arange(n) % 2, mask=np.arange(n) == 0),
    "list": lambda n, rng: rng.integers(0, 2, n).tolist(),
    "tuple": lambda n, rng: tuple(rng.integers(0, 2, n).tolist()),
    "ragged": lambda n, rng: [[1], [1, 2]] * (n // 2),
    "generator": lambda n, rng: (i % 2 for i in range(n)),
    "dict": lambda n, rng: {i: i % 2 for i in range(n)},
    "set": lambda n, rng: {0, 1},
    "range": lambda n, rng: range(n),
    "index": lambda n, rng: pd.Index(np.arange(n) % 2),
    "polars": _polars_column,
    "sparse matrix": _sparse_column,
    "None": lambda n, rng: None,
    "number": lambda n, rng: 1,
    "bytes alone": lambda n, rng: b"ab" * n,
    "column": lambda n, rng: "c0",
    "no column": lambda n, rng: "no such column",
    "empty name": lambda n, rng: "",
    **{
        f"column of {name}": COLUMNS[name]
        for name in (
            "float16",
            "uint64",
            "longdouble",
            "mixed wild",
            "arrow decimals",
            "zoned dates",
        )
    },
}


def _with_cells(value: Any) -> Callable[[pd.DataFrame], Any]:
    def make(frame: pd.DataFrame) -> Any:
        return pd.DataFrame({name: [value] * len(frame) for name in frame.columns})

    return make


PREDICTED: dict[str, Callable[[pd.DataFrame], Any]] = {
    "same": lambda frame: frame,
    "no row": lambda frame: frame.iloc[:0],
    "one row": lambda frame: frame.iloc[:1],
    "no column": lambda frame: frame.iloc[:, :0],
    "other order": lambda frame: frame.iloc[:, ::-1],
    "more columns": lambda frame: frame.assign(further=[[1]] * len(frame)),
    "fewer columns": lambda frame: frame.iloc[:, 1:],
    "other names": lambda frame: frame.add_prefix("x"),
    "all twice": lambda frame: pd.concat([frame, frame], axis=1),
    "array": lambda frame: frame.to_numpy(),
    "narrow array": lambda frame: frame.to_numpy()[:, :1],
    "one dimension": lambda frame: frame.to_numpy()[0],
    "three dimensions": lambda frame: frame.to_numpy()[None],
    "empty list": lambda frame: [],
    "empty dict": lambda frame: {},
    "rows": lambda frame: frame.to_numpy().tolist(),
    "rows as dicts": lambda frame: frame.to_dict("records"),
    "one dict": lambda frame: frame.iloc[0].to_dict(),
    "one series": lambda frame: frame.iloc[0],
    "as text": lambda frame: frame.astype(str),
    "as categories": lambda frame: frame.astype("category"),
    "as objects": lambda frame: frame.astype(object),
    "missing": lambda frame: frame * np.nan if len(frame.columns) == 0 else frame.where(False),
    "missing objects": _with_cells(None),
    "unseen": _with_cells("never seen"),
    "unseen numbers": _with_cells(1e308),
    "infinite": _with_cells(float("-inf")),
    "huge whole": _with_cells(10**400),
    "complex": _with_cells(1j),
    "lists": _with_cells([1, 2]),
    "bytes": _with_cells(b"\xff"),
    "dates": _with_cells(pd.Timestamp("2024", tz="UTC")),
    "durations": _with_cells(pd.Timedelta("1D")),
    "booleans": _with_cells(True),
    "signalling": _with_cells(decimal.Decimal("sNaN")),
    "surrogates": _with_cells("\ud800"),
    "polars": _polars,
    "polars lazy": lambda frame: _polars(frame).lazy(),
    "sparse": _sparse("coo"),
    "generator": lambda frame: (row for row in frame.to_numpy()),
    "None": lambda frame: None,
    "number": lambda frame: 3,
    "text": lambda frame: "no such file.csv",
    "repeated index": lambda frame: frame.set_axis(np.zeros(len(frame)), axis=0),
}
