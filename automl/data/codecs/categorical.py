"""Categories: codes of the sorted levels; missing and unknown ones are NaN."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import Cells, level_of
from automl.data.codecs.base import Encoded
from automl.data.columns import Feature
from automl.data.reading import as_levels

__all__ = ["CategoricalCodec"]


@dataclass(frozen=True)
class CategoricalCodec:
    """Codes 0 to K-1 for `levels`, which are sorted.

    An unknown level is looked up a second time as a number, so that "1.0" finds "1".
    """

    name: str
    levels: tuple[str, ...]

    @property
    def features(self) -> tuple[Feature, ...]:
        """One categorical feature."""
        return (Feature(self.name, "categorical", len(self.levels)),)

    def encode(self, cells: Cells) -> Encoded:
        """Encode as codes; an unknown level is missing, without a warning."""
        codes, levels = as_levels(cells)
        known = pd.Index(self.levels, dtype=object)
        found = known.get_indexer(pd.Index(levels, dtype=object))
        unknown = np.flatnonzero(found < 0)
        if len(unknown):
            found[unknown] = self._find_as_numbers(levels[unknown])
        table = np.append(np.where(found < 0, np.nan, found), np.nan).astype(np.float32)
        return Encoded((table[codes],))

    def _find_as_numbers(self, levels: npt.NDArray[np.object_]) -> npt.NDArray[np.intp]:
        spelled = {_as_number(level): code for code, level in enumerate(self.levels)}
        return np.array([spelled.get(_as_number(level), -1) for level in levels], dtype=np.intp)


def _as_number(level: str) -> str:
    try:
        return level_of(float(level))
    except ValueError:
        return level
