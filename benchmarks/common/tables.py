"""Where tables come from: files of a folder, scikit-learn, large files by rows, simulators."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks.common.paths import DATASETS
from benchmarks.common.simulators import SIMULATORS, simulate

__all__ = ["Table", "load_table", "read_suite"]

_BUNDLED = {
    "breast_cancer": "binary",
    "iris": "multiclass",
    "wine": "multiclass",
    "digits": "multiclass",
    "diabetes": "regression",
}
_LARGE = {
    "flights_2001": ("flights_2001", "regression"),
    "nyc_flights_late": ("nycflights13", "binary"),
}
"""Family and task of the files in ``large``, whose rows are shuffled."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table with its target.

    Parameters
    ----------
    name, family : str
        Tables of one family are relatives.
    task : {"binary", "multiclass", "regression"}
    X : DataFrame
    y : Series
        Without missing values.
    """

    name: str
    family: str
    task: str
    X: pd.DataFrame
    y: pd.Series[Any]

    @property
    def classes(self) -> list[str]:
        """Labels as text, sorted; empty for regression."""
        return [] if self.task == "regression" else sorted(set(self.y.astype(str)))


def load_table(source: str, datasets: Path = DATASETS) -> Table:
    """Read a table.

    Parameters
    ----------
    source : str
        ``sklearn:<name>``; the name of a parquet file whose last column is the target;
        ``<name>@<rows>``, the first rows of a large file or a simulated table, such as
        ``flights_2001@300000``, ``fried@1000000`` or ``wide@1500x10000`` (rows x columns).
    datasets : Path
        Folder of the files; ``datasets.csv`` in it, where present, gives task and family.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    if source.startswith("sklearn:"):
        return _bundled(source)
    if "@" in source:
        return _sized(source, datasets)
    path = datasets / f"{source}.parquet"
    if not path.is_file():
        raise ValueError(
            f"table {source!r} is not in {datasets}: use --datasets, sklearn:NAME or NAME@ROWS"
        )
    table = pd.read_parquet(path)
    X, y = table.iloc[:, :-1], table.iloc[:, -1]
    known = _index(datasets).get(source, {})
    return Table(source, known.get("family", source), known.get("task", _task(y)), X, y)


def read_suite(suite: list[str]) -> list[str]:
    """Expand names and files of names, without repetitions.

    Parameters
    ----------
    suite : list of str
        What ends in ``.txt`` is a file with one name a line.
    """
    names: list[str] = []
    for entry in suite:
        names += Path(entry).read_text().split() if entry.endswith(".txt") else [entry]
    return list(dict.fromkeys(names))


def _bundled(source: str) -> Table:
    import sklearn.datasets

    name = source.removeprefix("sklearn:")
    if name not in _BUNDLED:
        raise ValueError(f"scikit-learn brings {', '.join(_BUNDLED)}; got {name!r}")
    X, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True, as_frame=True)
    return Table(source, source, _BUNDLED[name], X, y)


def _sized(source: str, datasets: Path) -> Table:
    """Read ``name@rows`` or ``name@rowsxcolumns``; simulators come first."""
    name, _, size = source.partition("@")
    if name not in SIMULATORS and name not in _LARGE:
        known = ", ".join([*SIMULATORS, *_LARGE])
        raise ValueError(f"a table with a number of rows must be one of {known}; got {source!r}")
    counts = size.split("x")
    if not all(count.isdecimal() and int(count) > 0 for count in counts) or len(counts) > 2:
        raise ValueError(
            f"behind the @ must stand rows or ROWSxCOLUMNS, such as {name}@300000; got {source!r}"
        )
    n_rows, *columns = map(int, counts)
    if name in SIMULATORS:
        table = simulate(name, n_rows, *columns)
        family, task = name, SIMULATORS[name].task
    elif columns:
        raise ValueError(f"{name} has its own columns, use {name}@{n_rows}; got {source!r}")
    else:
        table = _first_rows(datasets / "large" / f"{name}.parquet", n_rows)
        family, task = _LARGE[name]
    return Table(source, family, task, table.iloc[:, :-1], table.iloc[:, -1])


def _first_rows(path: Path, n_rows: int) -> pd.DataFrame:
    """Read no more row groups than needed; the rows of these files are shuffled."""
    import pyarrow.parquet

    if not path.is_file():
        raise ValueError(f"{path} is missing: use --datasets for the folder above large/")
    file = pyarrow.parquet.ParquetFile(path)
    if n_rows > file.metadata.num_rows:
        raise ValueError(f"{path.stem} has {file.metadata.num_rows} rows; got {n_rows}")
    sizes = [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)]
    n_groups = next(i for i in range(1, len(sizes) + 1) if sum(sizes[:i]) >= n_rows)
    table: pd.DataFrame = file.read_row_groups(range(n_groups)).slice(0, n_rows).to_pandas()
    if pd.api.types.is_integer_dtype(table.iloc[:, -1]):
        table = table.astype({table.columns[-1]: float})
    return table


def _index(datasets: Path) -> dict[str, dict[str, str]]:
    path = datasets / "datasets.csv"
    if not path.is_file():
        return {}
    index = pd.read_csv(path, usecols=["name", "task", "family"])
    return {
        str(name): {"task": str(task), "family": str(family)}
        for name, task, family in index[["name", "task", "family"]].itertuples(index=False)
    }


def _task(y: pd.Series[Any]) -> str:
    if pd.api.types.is_float_dtype(y):
        return "regression"
    return "binary" if y.nunique() == 2 else "multiclass"
