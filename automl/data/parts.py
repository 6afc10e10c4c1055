"""What the readers of files that are read in parts say to each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Overview", "Size", "places_within"]

_CODED_BYTES = 4  # of a cell in the matrix that the table becomes


@dataclass(frozen=True)
class Size:
    """How large a table will be.

    Parameters
    ----------
    n_rows : float
        An estimate, or their number.
    row_bytes : float
        Of a row in memory, as it is read and as it is coded.
    """

    n_rows: float
    row_bytes: float

    @classmethod
    def of(cls, first: pd.DataFrame, n_rows: float) -> Size:
        """Take the first rows for all."""
        taken = float(first.memory_usage(deep=True).sum()) / max(1, len(first))
        return cls(n_rows, taken + _CODED_BYTES * first.shape[1])

    @property
    def n_bytes(self) -> float:
        """Of the whole table."""
        return self.n_rows * self.row_bytes


@dataclass(frozen=True, eq=False)
class Overview:
    """What one look at all rows found.

    Parameters
    ----------
    kept : DataFrame
        The columns that were asked for, of all rows.
    types : mapping
        Types that parts have to be read with.
    """

    kept: pd.DataFrame
    types: Mapping[str, Any]


def places_within(
    parts: Iterable[Any], rows: npt.NDArray[np.int64]
) -> Iterator[tuple[Any, npt.NDArray[np.int64]]]:
    """Each part with the places in it of some sorted positions in the whole.

    Examples
    --------
    >>> [places.tolist() for _, places in places_within(["abc", "de"], np.array([0, 2, 3]))]
    [[0, 2], [0]]
    """
    start = 0
    for part in parts:
        low, high = np.searchsorted(rows, [start, start + len(part)])
        yield part, rows[low:high] - start
        start += len(part)
