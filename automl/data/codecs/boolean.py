"""Booleans: 0 and 1."""

from __future__ import annotations

from dataclasses import dataclass

from automl.data.cells import Cells
from automl.data.codecs.base import Encoded
from automl.data.columns import Feature
from automl.data.reading import as_booleans

__all__ = ["BooleanCodec"]


@dataclass(frozen=True)
class BooleanCodec:
    """Reads True and False, 1 and 0, and the usual words for them."""

    name: str

    @property
    def features(self) -> tuple[Feature, ...]:
        """One boolean feature."""
        return (Feature(self.name, "boolean"),)

    def encode(self, cells: Cells) -> Encoded:
        """Encode as 0, 1 and NaN."""
        reading = as_booleans(cells)
        return Encoded((reading.values,), reading.n_unreadable, reading.example)
