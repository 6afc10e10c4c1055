"""Write tables as folds that the AutoML Benchmark reads, and the definition that lists them.

    python -m benchmarks.amlb.prepare

Folds are the splits of the other pages (`benchmarks.common.splits`), as CSV files in
``benchmarks/amlb/data``, which is not committed.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from benchmarks.common.arguments import make_parser
from benchmarks.common.paths import DATASETS
from benchmarks.common.splits import make_split
from benchmarks.common.tables import Table, load_table

_DATA = Path(__file__).parent / "data"
_TABLES = (
    *("credit_a", "attrition", "sick", "coil2000"),
    *("vowel", "eucalyptus", "segment"),
    *("concrete", "airfoil", "bank32nh"),
)
"""Ten of bench.txt, without dates: four binary, three multiclass, three regression."""


def main(argv: list[str] | None = None) -> None:
    """Write the files; what is there is written again."""
    parser = make_parser("benchmarks.amlb.prepare", __doc__)
    parser.add_argument("--tables", nargs="+", default=list(_TABLES), help="default: ten tables")
    parser.add_argument("--folds", type=int, default=2, help="default: 2")
    parser.add_argument("--datasets", type=Path, default=DATASETS, help="folder of parquet files")
    parser.add_argument("--out", type=Path, default=_DATA, help="default: benchmarks/amlb/data")
    options = parser.parse_args(argv)
    tables = [load_table(name, options.datasets) for name in options.tables]
    for table in tables:
        _write_folds(table, options.folds, options.out)
    definition = "".join(_definition(table, options.folds) for table in tables)
    (options.out / "bench.yaml").write_text(f"---\n{definition}")
    print(f"{len(tables)} tables with {options.folds} folds each in {options.out}")


def _name(table: Table) -> str:
    return _safe(table.name)


def _safe(text: object) -> str:
    """Names that the learners of every framework can take."""
    return re.sub(r"\W+", "_", str(text))


def _write_folds(table: Table, n_folds: int, out: Path) -> None:
    X = table.X.set_axis([f"x{i}_{_safe(c)}" for i, c in enumerate(table.X)], axis=1)
    whole = X.assign(target=table.y if table.task == "regression" else _labels(table))
    folder = out / _name(table)
    folder.mkdir(parents=True, exist_ok=True)
    for fold in range(n_folds):
        split = make_split(table.name, fold, table.y, table.task)
        for part, rows in (("train", split.train), ("test", split.test)):
            whole.iloc[rows].to_csv(folder / f"{_name(table)}_{part}_{fold}.csv", index=False)


def _labels(table: Table) -> pd.Series[str]:
    """Classes that stay apart: the benchmark ignores case, and would read numbers as such."""
    spelling = {label: f"c{k}_{_safe(label)}" for k, label in enumerate(table.classes)}
    return table.y.astype(str).map(spelling)


def _definition(table: Table, n_folds: int) -> str:
    return (
        f"- name: {_name(table)}\n"
        "  dataset:\n"
        f"    path: '{{user}}/data/{_name(table)}'\n"
        "    target: target\n"
        f"    type: {table.task}\n"
        f"  folds: {n_folds}\n"
    )


if __name__ == "__main__":
    main()
