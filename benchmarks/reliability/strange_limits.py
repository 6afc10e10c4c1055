"""Whether the limit holds on tables that are not like others.

python -m benchmarks.reliability.strange_limits --limits 5 15

Late is what returns after limit x 1.02 + 1 s. Every table is made here, so that nothing is needed.
"""

from __future__ import annotations

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import scipy.sparse

import automl
from benchmarks.common.arguments import make_parser
from benchmarks.common.paths import PAGES
from benchmarks.common.scoring import is_late

PAGE = PAGES / "strange-limits.md"

Maker = Callable[[np.random.Generator], tuple[Any, Any]]


def _numbers(rng: np.random.Generator, n_rows: int, n_columns: int) -> pd.DataFrame:
    return pd.DataFrame(rng.normal(size=(n_rows, n_columns))).add_prefix("c")


def _two_thousand_columns(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 1_500, 2_000)
    return X, X["c0"] + X["c1"] * X["c2"] + rng.normal(size=1_500)


def _hundred_classes(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 6_000, 10)
    return X, pd.qcut(X["c0"] + 0.2 * rng.normal(size=6_000), 100, labels=False).astype(str)


def _fifty_thousand_levels(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 100_000, 3).assign(level=rng.integers(0, 50_000, 100_000).astype(str))
    return X, X["c0"] + X["level"].astype(int) % 7 + rng.normal(size=100_000)


def _one_percent(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 20_000, 20)
    return X, (X["c0"] + rng.normal(size=20_000) > 3.3).astype(int)


def _text(rng: np.random.Generator) -> tuple[Any, Any]:
    words = np.array([f"word{k}" for k in range(3_000)])
    texts = [" ".join(rng.choice(words, 40)) for _ in range(5_000)]
    X = pd.DataFrame({"text": texts, "other": texts[::-1]})
    return X, X["text"].str.contains(r"word1\d\d\b").astype(int)


def _dates(rng: np.random.Generator) -> tuple[Any, Any]:
    days = rng.integers(0, 2_000, (8_000, 12)).astype("timedelta64[D]")
    X = pd.DataFrame(np.datetime64("2020-01-01", "s") + days).add_prefix("d")
    return X, X["d0"].dt.day_of_week + rng.normal(size=8_000)


def _sparse(rng: np.random.Generator) -> tuple[Any, Any]:
    X = scipy.sparse.csr_array(scipy.sparse.random(5_000, 3_000, 0.01, random_state=0))
    return X, np.asarray(X[:, :50].sum(axis=1)).ravel() + 0.1 * rng.normal(size=5_000)


def _ten_targets(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 3_000, 8)
    return X, X.to_numpy() @ rng.normal(size=(8, 10)) + rng.normal(size=(3_000, 10))


def _twenty_rows(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 20, 4)
    return X, (X["c0"] > 0).astype(int)


def _holes(rng: np.random.Generator) -> tuple[Any, Any]:
    X = _numbers(rng, 40_000, 60)
    X = X.mask(rng.random(X.shape) < 0.7).assign(empty=np.nan, same=1, endless=np.inf)
    return X, X["c0"].fillna(0.0) + rng.normal(size=40_000)


TABLES: tuple[Maker, ...] = (
    _two_thousand_columns,
    _hundred_classes,
    _fifty_thousand_levels,
    _one_percent,
    _text,
    _dates,
    _sparse,
    _ten_targets,
    _twenty_rows,
    _holes,
)


def _seconds(make: Maker, limit: float) -> tuple[float, int]:
    X, y = make(np.random.default_rng(0))
    with tempfile.TemporaryDirectory() as home, warnings.catch_warnings():
        os.environ["AUTOML_HOME"] = home
        warnings.simplefilter("ignore")
        started = time.monotonic()
        model = automl.fit(X, y, time_limit=limit, random_state=0, verbose=0)
        seconds = time.monotonic() - started
    histories = model.history_ if isinstance(model.history_, list) else [model.history_]
    return seconds, sum(len(history) for history in histories)


def main(argv: Sequence[str] | None = None) -> int:
    """Fit, write the page; exit code 1 if a fit was late."""
    parser = make_parser("benchmarks.reliability.strange_limits", __doc__)
    parser.add_argument("--limits", type=float, nargs="+", default=[5.0, 15.0], help="seconds")
    parser.add_argument("--out", type=Path, default=PAGE, help="the page")
    arguments = parser.parse_args(argv)
    lines = ["| table | limit s | seconds | evaluations | late |", "|---|---|---|---|---|"]
    n_late = 0
    for make in TABLES:
        for limit in arguments.limits:
            seconds, n_trials = _seconds(make, limit)
            late = is_late(seconds, limit)
            n_late += late
            name = make.__name__.strip("_").replace("_", " ")
            lines.append(
                f"| {name} | {limit:g} | {seconds:.1f} | {n_trials} | {'late' if late else ''} |"
            )
            print(lines[-1], flush=True)
    command = "python -m benchmarks.reliability.strange_limits"
    made = f"Made by `{command}`; {n_late} of {len(lines) - 2} late."
    text = "\n".join(["# Limits on strange tables", "", made, "", *lines, ""])
    arguments.out.write_text(text, encoding="utf-8")
    return int(n_late > 0)


if __name__ == "__main__":
    raise SystemExit(main())
