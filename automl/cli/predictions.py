"""Predictions from file to file, some rows at a time, so that any file fits into memory."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import pandas as pd

from automl.data import read_batches
from automl.data.packed import text_writer
from automl.estimators import each_target
from automl.exceptions import InvalidInputError
from automl.files import written_whole

__all__ = ["write_predictions"]

_ROWS = 100_000
_PARQUET = (".parquet", ".pq")
_NOT_WRITTEN = (".arff", ".arrow", ".feather", ".json", ".jsonl", ".ndjson", ".xlsm", ".xlsx")


def write_predictions(
    model: Any,
    table: str,
    out: str | None,
    watch: Callable[[pd.DataFrame], None] = lambda _: None,
    n_rows: int = _ROWS,
) -> None:
    """Predict the rows of a file, and write them in its order, with the index that it has.

    Parameters
    ----------
    model : fitted estimator
    table : str
        File with the rows.
    out : str, optional
        CSV file, packed as its ending says, or parquet file, which is there when all rows are
        predicted; None: CSV on standard output.
    watch : callable
        Gets the rows of each part, after they were predicted.
    n_rows : int
        Read and predicted at a time.

    Raises
    ------
    InvalidInputError
        If the rows cannot be read, or the file cannot be written.
    """
    if out is not None and Path(out).suffix.lower() in _NOT_WRITTEN:
        raise InvalidInputError(
            f"`--out` must be a CSV or parquet file; got {out!r}: let its name end in .csv or "
            ".parquet."
        )
    parts = _predicted(model, read_batches(table, n_rows), watch)
    if out is None:
        _write_csv(parts, sys.stdout)
        return
    path = Path(out).expanduser()
    try:
        with written_whole(path) as place:
            if path.suffix.lower() in _PARQUET:
                _write_parquet(parts, place)
            else:
                with text_writer(place, path.name) as stream:
                    _write_csv(parts, stream)
    except OSError as error:
        raise InvalidInputError(
            f"`--out` must be a file that can be written; {out} failed with {error.strerror}: "
            "choose another place."
        ) from error


def _predicted(
    model: Any, parts: Iterable[pd.DataFrame], watch: Callable[[pd.DataFrame], None]
) -> Iterator[pd.DataFrame]:
    for part in parts:
        yield predictions_of(model, part)
        watch(part)


def predictions_of(model: Any, table: pd.DataFrame) -> pd.DataFrame:
    """Predictions of all targets, with the index of the table."""
    singles = each_target(model)
    parts = [_of_one(one, table, len(singles) > 1) for one in singles]
    return pd.concat(parts, axis=1).set_axis(table.index, axis=0)


def _of_one(model: Any, table: pd.DataFrame, named: bool) -> pd.DataFrame:
    """Predictions of one target; its name is part of the names of columns where there are more."""
    mark = f"_{model.target_names_[0]}" if named else ""
    columns = {f"prediction{mark}": model.predict(table)}
    if hasattr(model, "classes_"):
        probability = model.predict_proba(table)
        for k, label in enumerate(model.classes_):
            columns[f"probability{mark}_{label}"] = probability[:, k]
    return pd.DataFrame(columns)


def _write_csv(parts: Iterable[pd.DataFrame], stream: IO[str]) -> None:
    for k, part in enumerate(parts):
        part.to_csv(stream, index=_has_index(part), header=k == 0, lineterminator="\n")


def _write_parquet(parts: Iterable[pd.DataFrame], place: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    writer, schema = None, None
    try:
        for part in parts:
            table = pa.Table.from_pandas(part, schema, preserve_index=_has_index(part))
            if writer is None:
                schema = table.schema
                writer = pq.ParquetWriter(place, schema)
            writer.write_table(table)
    finally:
        if writer is not None:
            writer.close()


def _has_index(part: pd.DataFrame) -> bool:
    """Whether the rows of a file have names; mere numbers of rows are none."""
    return not isinstance(part.index, pd.RangeIndex)
