"""Numbers: float32, shifted and scaled only where float32 could not tell them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.codecs.base import Encoded
from automl.data.columns import Feature
from automl.data.number_formats import NumberFormat
from automl.data.reading import as_numbers

__all__ = ["NumericCodec"]

_FLOAT32_MAX = float(np.finfo(np.float32).max)
_SAFE = (1e-30, 1e30)  # magnitudes that float32 holds with room to spare
_TOLERATED_SHARE = 0.01  # random floats lose a few neighbours, which says nothing
_HALF_INT64 = 2**62  # differences of whole numbers within cannot overflow


@dataclass(frozen=True)
class NumericCodec:
    """Encodes ``(value - offset) / scale``.

    Parameters
    ----------
    name : str
        Name of the input column.
    offset : int or float
        Median of the distinct values where plain float32 would merge more than a few of them,
        as it does with seconds since 1970 and long ids, and a shift helps; otherwise 0.
    scale : float
        Largest magnitude where float32 would overflow or vanish; otherwise 1.
    number_format : NumberFormat, optional
        How texts write numbers; not given means as Python does.
    """

    name: str
    offset: int | float = 0
    scale: float = 1.0
    number_format: NumberFormat | None = None

    @classmethod
    def fit(
        cls,
        name: str,
        distinct: npt.NDArray[Any],
        number_format: NumberFormat | None = None,
    ) -> NumericCodec:
        """Choose offset and scale.

        Parameters
        ----------
        name : str
            Name of the input column.
        distinct : ndarray
            Its sorted, finite, distinct values; at least one.
        number_format : NumberFormat, optional
            How texts write them.
        """
        scale = _choose_scale(distinct)
        plain = cls(name, 0, scale, number_format)
        n_merged = plain._count_merged(distinct)
        if n_merged > _TOLERATED_SHARE * len(distinct):
            shifted = replace(plain, offset=distinct[len(distinct) // 2].item())
            if 2 * shifted._count_merged(distinct) <= n_merged:
                return shifted
        return plain

    @property
    def features(self) -> tuple[Feature, ...]:
        """One numeric feature."""
        return (Feature(self.name, "numeric"),)

    def encode(self, cells: Cells) -> Encoded:
        """Encode; infinite and unreadable values are missing."""
        reading = as_numbers(cells, self.number_format)
        values = reading.values
        n_infinite = 0
        if values.dtype.kind == "f":
            infinite = np.isinf(values)
            n_infinite = int(infinite.sum())
            if n_infinite:
                values = np.where(infinite, np.nan, values)
        return Encoded(
            (self._to_float32(values),), reading.n_unreadable, reading.example, n_infinite
        )

    def _to_float32(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        if isinstance(self.offset, int) and self.offset and values.dtype.kind in "iu":
            near = np.clip(values.astype(np.int64), -_HALF_INT64, _HALF_INT64)
            values = near - np.int64(np.clip(self.offset, -_HALF_INT64, _HALF_INT64))
        elif self.offset:
            values = values.astype(np.float64) - self.offset
        if self.scale != 1.0:
            values = values / self.scale
        if values.dtype == np.float64:
            values = np.clip(values, -_FLOAT32_MAX, _FLOAT32_MAX)
        return values.astype(np.float32)

    def _count_merged(self, distinct: npt.NDArray[Any]) -> int:
        encoded = self._to_float32(distinct)
        return int((encoded[1:] == encoded[:-1]).sum())


def _choose_scale(distinct: npt.NDArray[Any]) -> float:
    largest = float(np.abs(distinct[[0, -1]].astype(np.float64)).max())
    return 1.0 if largest == 0.0 or _SAFE[0] <= largest <= _SAFE[1] else largest
