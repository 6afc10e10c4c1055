"""Columns that people have, or could have: name -> function of (number of rows, generator)."""

from __future__ import annotations

import datetime
import decimal
import fractions
import ipaddress
import pathlib
import uuid
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["COLUMNS", "PLAIN", "make_column"]

Maker = Callable[[int, np.random.Generator], Any]

PLAIN = ("numbers", "texts", "whole numbers")


def _pick(values: list[Any]) -> Maker:
    """Cells drawn from a few values, as Python objects."""

    def make(n: int, rng: np.random.Generator) -> Any:
        column = np.empty(n, dtype=object)
        for row, chosen in enumerate(rng.integers(len(values), size=n)):
            column[row] = values[chosen]
        return pd.Series(column, dtype=object)

    return make


def _typed(values: list[Any], dtype: Any) -> Maker:
    """The same, as a column of a pandas type."""
    draw = _pick(values)
    return lambda n, rng: pd.Series(list(draw(n, rng)), dtype=dtype)


def _arrow(values: list[Any], name: str) -> Maker:
    def make(n: int, rng: np.random.Generator) -> Any:
        import pyarrow as pa

        kinds = {
            "decimal": pa.decimal128(12, 3),
            "dictionary": pa.dictionary(pa.int32(), pa.string()),
            "list": pa.list_(pa.int64()),
            "struct": pa.struct({"a": pa.int64()}),
            "date": pa.date32(),
            "time": pa.time64("us"),
            "duration": pa.duration("s"),
            "stamp": pa.timestamp("ns", tz="Europe/Paris"),
            "binary": pa.binary(),
            "null": pa.null(),
        }
        return _typed(values, pd.ArrowDtype(kinds[name]))(n, rng)

    return make


def _codes(levels: list[Any], ordered: bool = False, missing: bool = False) -> Maker:
    """A categorical of which the last level is never used."""

    def make(n: int, rng: np.random.Generator) -> Any:
        codes = rng.integers(-1 if missing else 0, max(1, len(levels) - 1), size=n)
        return pd.Series(pd.Categorical.from_codes(codes, levels, ordered=ordered))

    return make


_DAY = datetime.datetime(2024, 2, 29, 23, 59)
_PARIS = datetime.timezone(datetime.timedelta(hours=1))
_STAMPS = [pd.Timestamp("2024-03-31 02:30"), pd.Timestamp("1969-07-20"), pd.NaT]
_NAN = float("nan")

COLUMNS: dict[str, Maker] = {
    "numbers": lambda n, rng: rng.normal(size=n),
    "whole numbers": lambda n, rng: rng.integers(0, 5, n),
    "texts": _pick(["red", "green", "blue"]),
    # numbers
    "row numbers": lambda n, rng: np.arange(n),
    "constant": lambda n, rng: np.full(n, 7.0),
    "nan": lambda n, rng: np.full(n, np.nan),
    "none": lambda n, rng: pd.Series([None] * n, dtype=object),
    "with nan": lambda n, rng: np.where(rng.random(n) < 0.5, np.nan, rng.normal(size=n)),
    "infinite": lambda n, rng: rng.choice([np.inf, -np.inf, 1.0, 2.0], n),
    "only infinite": lambda n, rng: rng.choice([np.inf, -np.inf], n),
    "beyond float32": lambda n, rng: rng.choice([1e300, -1e300, 1e39, 1.0], n),
    "subnormal": lambda n, rng: rng.choice([5e-324, 1e-310, 1e-46, 0.0], n),
    "huge whole": _pick([10**30, -(10**400), 2**63, 1]),
    "uint64": lambda n, rng: rng.integers(2**63, 2**64 - 1, n, dtype=np.uint64),
    "int64 limits": lambda n, rng: rng.choice(np.array([-(2**63), 2**63 - 1, 0]), n),
    "close int64": lambda n, rng: 2**60 + rng.integers(0, 4, n),
    "int8": lambda n, rng: rng.integers(-128, 128, n, dtype=np.int8),
    "float16": lambda n, rng: rng.normal(size=n).astype(np.float16),
    "longdouble": lambda n, rng: rng.normal(size=n).astype(np.longdouble),
    "big endian": lambda n, rng: rng.normal(size=n).astype(">f8"),
    "booleans": lambda n, rng: rng.random(n) < 0.5,
    "booleans and none": _pick([True, False, None]),
    "negative zero": lambda n, rng: rng.choice([-0.0, 0.0], n),
    "complex": lambda n, rng: rng.normal(size=n) * (1 + 2j),
    "complex objects": _pick([1 + 2j, 1.0]),
    # objects
    "decimals": _pick([decimal.Decimal("1.5"), decimal.Decimal("-2"), decimal.Decimal("1E+40")]),
    "decimals odd": _pick(
        [decimal.Decimal("NaN"), decimal.Decimal("Infinity"), decimal.Decimal(1)]
    ),
    "decimal snan": _pick([decimal.Decimal("sNaN"), decimal.Decimal(1)]),
    "fractions": _pick([fractions.Fraction(1, 3), fractions.Fraction(7, 2)]),
    "mixed": _pick([1, "a", None, 2.5, True]),
    "mixed wild": _pick([1, "a", _DAY, b"x", pd.Timedelta("1D"), decimal.Decimal(1)]),
    "bytes": _pick([b"a", b"\xff\xfe", b""]),
    "lists": _pick([[1, 2], [3], []]),
    "dicts": _pick([{"a": 1}, {}]),
    "sets": _pick([{1}, {1, 2}]),
    "tuples": _pick([(1, 2), (3, 4)]),
    "frozensets": _pick([frozenset({1}), frozenset()]),
    "arrays": _pick([np.zeros(2), np.ones((2, 2)), None]),
    "lists in few": _pick([1, 2, 3, "x", None, [1]]),
    "frames": _pick([pd.DataFrame({"a": [1]}), pd.Series([1, 2])]),
    "objects": _pick([object(), object()]),
    "functions": _pick([len, print]),
    "types": _pick([int, str]),
    "modules": _pick([datetime, decimal]),
    "uuids": _pick([uuid.UUID(int=1), uuid.UUID(int=2)]),
    "paths": _pick([pathlib.PurePosixPath("/a"), pathlib.PurePosixPath("/b")]),
    "addresses": _pick([ipaddress.ip_address("::1"), ipaddress.ip_address("127.0.0.1")]),
    "numpy scalars": _pick([np.float32(1.5), np.int8(3), np.bool_(True)]),
    "numpy texts": lambda n, rng: pd.Series(rng.choice(np.array(["a", "b"]), n), dtype=object),
    "slices": _pick([slice(1), slice(2)]),
    # texts
    "empty texts": _pick(["", "", " "]),
    "blank or number": _pick(["1", " ", "3.5", "?"]),
    "numbers as texts": _pick(["1", "2.5", "-3e400", "0x10"]),
    "numbers with signs": _pick(["1,000", "$5", "3 %", "1_000"]),
    "unicode": _pick(["é", "e\u0301", "🙂", "\u202eabc", "\x00", "ÿ" * 300]),
    "surrogates": _pick(["\ud800", "ok"]),
    "json": _pick(['{"a": [1]}', "[]", '"', "null", "\\"]),
    "other each row": lambda n, rng: pd.Series([f"id {i} of many {i * 7}" for i in range(n)]),
    "prose": lambda n, rng: pd.Series(
        [
            " ".join(rng.choice(["good", "bad", "fine", "very", "not"], 9)) + f" {i}"
            for i in range(n)
        ]
    ),
    "signs alone": lambda n, rng: pd.Series(["!? " * 4 + "-" * (i + 1) + " ." for i in range(n)]),
    "long texts": _pick(["word " * 5000, "other " * 5000]),
    "truth words": _pick(["yes", "NO", "True", "f"]),
    "date texts": _pick(["2024-01-01", "2024-02-30", "31/12/2024"]),
    "date texts far": _pick(["0001-01-01", "9999-12-31", "2024-01-01"]),
    # pandas types
    "Int64": _typed([1, 2, None], "Int64"),
    "Int64 missing": _typed([None], "Int64"),
    "Float32": _typed([1.5, None], "Float32"),
    "boolean": _typed([True, False, None], "boolean"),
    "string": _typed(["a", "b", None], "string"),
    "string pyarrow": _typed(["a", "b", None], "string[pyarrow]"),
    "sparse": _typed([0.0, 1.0], pd.SparseDtype("float64", 0.0)),
    "sparse text": _typed(["a", "b"], pd.SparseDtype(object, "a")),
    "sparse booleans": _typed([True, False], pd.SparseDtype(bool, False)),
    "intervals": _typed([pd.Interval(0, 1), pd.Interval(1, 2), None], "interval"),
    "interval objects": _pick([pd.Interval(0, 1), pd.Interval(1, 2)]),
    "periods": _typed([pd.Period("2024-01", "M"), pd.NaT], "period[M]"),
    "periods far": _typed(
        [pd.Period(year=1, month=1, freq="M"), pd.Period("9999-12", "M")], "period[M]"
    ),
    "period objects": _pick([pd.Period("2024-01", "M"), pd.Period("2024", "Y")]),
    "categories": _codes(["a", "b", "unused"]),
    "ordered": _codes([3, 2, 1], ordered=True, missing=True),
    "mixed categories": _codes([1, "1", 2.0, b"x", (1, 2), "unused"]),
    "interval categories": _codes([pd.Interval(0, 1), pd.Interval(1, 2), pd.Interval(2, 3)]),
    "date categories": _codes([*_STAMPS[:2], pd.Timestamp(0)]),
    "no categories": lambda n, rng: pd.Series(pd.Categorical([None] * n, categories=[])),
    "one category": _codes(["a", "b"]),
    "nan category": _codes([1.5, float("inf"), "unused"], missing=True),
    # dates
    "dates": _typed(_STAMPS, "datetime64[ns]"),
    "dates of seconds": _typed(_STAMPS, "datetime64[s]"),
    "dates far": lambda n, rng: pd.Series(
        rng.choice(np.array(["-9999-01-01", "29999-12-31"], "datetime64[s]"), n)
    ),
    "zoned dates": _typed(_STAMPS, "datetime64[ns, Europe/Paris]"),
    "zones of rows": _pick([_DAY.replace(tzinfo=_PARIS), _DAY.replace(tzinfo=datetime.UTC)]),
    "zoned and not": _pick([_DAY.replace(tzinfo=_PARIS), _DAY]),
    "date objects": _pick([datetime.date(2024, 2, 29), datetime.date(1, 1, 1)]),
    "dates and days": _pick([datetime.date(2024, 2, 29), _DAY, np.datetime64("2024")]),
    "times": _pick([datetime.time(1, 2), datetime.time(23, 59, tzinfo=datetime.UTC)]),
    "durations": _typed([pd.Timedelta("1D"), pd.NaT], "timedelta64[ns]"),
    "duration objects": _pick([datetime.timedelta(days=1), datetime.timedelta.max]),
    "only nat": lambda n, rng: pd.Series([pd.NaT] * n),
    "numpy days": _pick([np.datetime64("2024-01-01"), np.datetime64("NaT")]),
    # Arrow
    "arrow decimals": _arrow([decimal.Decimal("1.5"), decimal.Decimal(2), None], "decimal"),
    "arrow dictionary": _arrow(["a", "b", None], "dictionary"),
    "arrow lists": _arrow([[1], [2, 3], None], "list"),
    "arrow structs": _arrow([{"a": 1}, None], "struct"),
    "arrow dates": _arrow([datetime.date(2024, 1, 1), None], "date"),
    "arrow times": _arrow([datetime.time(1, 2), None], "time"),
    "arrow durations": _arrow([datetime.timedelta(days=1), None], "duration"),
    "arrow stamps": _arrow([pd.Timestamp("2024-01-01", tz="UTC"), None], "stamp"),
    "arrow bytes": _arrow([b"a", None], "binary"),
    "arrow nothing": _arrow([None], "null"),
}


def make_column(name: str, n_rows: int, rng: np.random.Generator) -> pd.Series[Any]:
    """A column with as many rows as are asked for."""
    return pd.Series(COLUMNS[name](n_rows, rng)).reset_index(drop=True)
