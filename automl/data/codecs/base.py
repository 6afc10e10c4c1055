"""What every codec promises to the encoder."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.columns import Feature

__all__ = ["Codec", "Encoded"]


@dataclass(frozen=True, eq=False)
class Encoded:
    """One input column as columns of the encoded matrix.

    Parameters
    ----------
    blocks : tuple of ndarray
        One array of length n_rows per feature, castable to float32, NaN where missing.
    n_unreadable : int
        Values that could not be read as the kind of the column, and became missing.
    example : str
        The first of them.
    n_infinite : int
        Infinite values, which became missing.
    """

    blocks: tuple[npt.NDArray[Any], ...]
    n_unreadable: int = 0
    example: str = ""
    n_infinite: int = 0


class Codec(Protocol):
    """Fitted, picklable, and without state that changes."""

    @property
    def name(self) -> str:
        """Name of the input column."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """Columns of the encoded matrix, in order."""

    def encode(self, cells: Cells) -> Encoded:
        """Encode the cells of a column that need not have the dtype of the training table."""
