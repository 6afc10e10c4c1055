"""Where tables come from: a folder of parquet files, or those that scikit-learn brings along."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

__all__ = ["DATASETS", "Table", "add_without", "load_table", "read_suite"]

DATASETS = Path(__file__).parents[2] / "shared" / "datasets"
_BUNDLED = {
    "breast_cancer": "binary",
    "iris": "multiclass",
    "wine": "multiclass",
    "digits": "multiclass",
    "diabetes": "regression",
}


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
        ``sklearn:<name>``, or the name of a parquet file whose last column is the target.
    datasets : Path
        Folder of the files; ``datasets.csv`` in it, where present, gives task and family.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    if source.startswith("sklearn:"):
        return _bundled(source)
    path = datasets / f"{source}.parquet"
    if not path.is_file():
        raise ValueError(f"table {source!r} is not in {datasets}; use sklearn:<name> or --datasets")
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


def add_without(parser: ArgumentParser) -> None:
    """Let a command leave out the tables that a file lists; it gets the set of their names."""
    parser.add_argument(
        "--without",
        type=lambda path: set(Path(path).read_text().split()),
        default=set(),
        help="file of tables that do not count",
    )


def _bundled(source: str) -> Table:
    import sklearn.datasets

    name = source.removeprefix("sklearn:")
    if name not in _BUNDLED:
        raise ValueError(f"scikit-learn brings {', '.join(_BUNDLED)}; got {name!r}")
    X, y = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True, as_frame=True)
    return Table(source, source, _BUNDLED[name], X, y)


def _index(datasets: Path) -> dict[str, dict[str, str]]:
    path = datasets / "datasets.csv"
    if not path.is_file():
        return {}
    index = pd.read_csv(path, usecols=["name", "task", "family"])
    return {row["name"]: row for row in index.to_dict("records")}


def _task(y: pd.Series[Any]) -> str:
    if pd.api.types.is_float_dtype(y):
        return "regression"
    return "binary" if y.nunique() == 2 else "multiclass"
