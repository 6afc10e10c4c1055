"""Parquet files, read so that memory holds little more than the table they become."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.parts import Overview, Size, places_within

__all__ = ["ParquetFile"]

_PIECES = 16  # in which the columns are read
_CELLS = 1_000_000  # of a part of the rows
_ROWS = 100_000
_FEWEST_ROWS = 1_000
_BUFFER = 1 << 20  # bytes of a column that are fetched at a time
_MOST_BYTES_PER_CELL = 100


@dataclass(frozen=True)
class ParquetFile:
    """A file of columns in groups of rows.

    Parameters
    ----------
    path : Path
    """

    path: Path

    def _open(self) -> Any:
        import pyarrow.parquet as pq

        return pq.ParquetFile(self.path, pre_buffer=False, buffer_size=_BUFFER)

    def names(self) -> list[str]:
        """Names of the columns, without those that were the index of a data frame."""
        return _columns_and_index(self._open())[0]

    def surely_below(self, n_bytes: float) -> bool:
        """Whether memory for the table is less than that, as far as its shape tells."""
        about = self._open().metadata
        return bool(about.num_rows * about.num_columns * _MOST_BYTES_PER_CELL < n_bytes)

    def size(self) -> Size:
        """Rows, and memory as the first of them tell."""
        file = self._open()
        first = next(file.iter_batches(batch_size=self._rows(file)), None)
        n_rows = file.metadata.num_rows
        return Size.of(pd.DataFrame() if first is None else first.to_pandas(), n_rows)

    def read(self) -> pd.DataFrame:
        """All rows, some columns at a time: twice the table is never in memory."""
        file = self._open()
        names, index = _columns_and_index(file)
        if not names or len(set(names)) < len(names):
            return pd.read_parquet(self.path)
        found: dict[str, pd.Series[Any]] = {}
        for piece in np.array_split(np.array(names, dtype=object), min(_PIECES, len(names))):
            frame = file.read(columns=list(piece)).to_pandas()
            found.update((name, frame[name]) for name in piece)
        table = pd.DataFrame(found, copy=False)
        if index:
            table.index = file.read(columns=index, use_pandas_metadata=True).to_pandas().index
        return table

    def overview(self, names: Sequence[str]) -> Overview:
        """Some columns of all rows."""
        return Overview(self._open().read(columns=list(names)).to_pandas()[list(names)], {})

    def take(self, rows: npt.NDArray[np.int64], overview: Overview) -> pd.DataFrame:  # noqa: ARG002
        """Rows at some sorted positions."""
        import pyarrow as pa

        file = self._open()
        batches = file.iter_batches(batch_size=self._rows(file))
        taken = [
            pa.Table.from_batches([batch]).take(places)
            for batch, places in places_within(batches, rows)
        ]
        table: pd.DataFrame = pa.concat_tables(taken).to_pandas(
            split_blocks=True, self_destruct=True
        )
        # where rows have no names, their numbers in the file
        return table if _columns_and_index(file)[1] else table.set_axis(rows, axis=0)

    def batches(self, n_rows: int) -> Iterator[pd.DataFrame]:
        """All rows in parts."""
        file = self._open()
        if file.metadata.num_rows == 0:
            yield file.read().to_pandas()
        named, start = bool(_columns_and_index(file)[1]), 0
        for batch in file.iter_batches(batch_size=n_rows):
            part = batch.to_pandas()
            numbers = pd.RangeIndex(start, start := start + len(part))
            yield part if named else part.set_axis(numbers, axis=0)

    def _rows(self, file: Any) -> int:
        n_columns = max(1, file.metadata.num_columns)
        return int(np.clip(_CELLS // n_columns, _FEWEST_ROWS, _ROWS))


def _columns_and_index(file: Any) -> tuple[list[str], list[str]]:
    """Names of columns, and of those that a data frame had as its index."""
    schema = file.schema_arrow
    about = schema.pandas_metadata
    stored = [] if about is None else [i for i in about["index_columns"] if isinstance(i, str)]
    return [name for name in schema.names if name not in stored], stored
