"""Free text: its length, and the hashes of its words and pairs of words, one a column.

Hashing learns nothing from rows, so that no row can leak into another here. What has to be learned
(which words there are, how rare they are, what they say) is learned in pipelines, from training
rows alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from zlib import crc32

import numpy as np
import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.codecs.base import Encoded
from automl.data.columns import Feature
from automl.data.reading import as_levels

__all__ = ["TextCodec"]

_MOST_TERMS = 256
_LEAST_TERMS = 32
_CELLS = 12_500_000  # 50 MB for one column of text
_HASHES = 2**24  # whole numbers that float32 holds
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class TextCodec:
    """Encodes a text as counts of characters and words, and as hashes of its terms.

    Terms are the words, then the pairs of neighbouring words, without regard to case. Longer texts
    are cut off, behind shorter ones cells are missing.

    Parameters
    ----------
    name : str
        Name of the input column; the same word hashes differently in different columns.
    n_terms : int
        Terms that are kept.
    """

    name: str
    n_terms: int = _MOST_TERMS

    @classmethod
    def fit(cls, name: str, texts: npt.NDArray[np.object_], n_rows: int) -> TextCodec:
        """Keep as many terms as the longest text has, and as memory allows with many rows."""
        most = int(np.clip(_CELLS // max(1, n_rows), _LEAST_TERMS, _MOST_TERMS))
        longest = max(2 * len(_WORD.findall(text)) for text in texts)
        return cls(name, max(1, min(most, longest)))

    @property
    def features(self) -> tuple[Feature, ...]:
        """Two lengths, then terms."""
        return (
            Feature(f"{self.name}.characters", "numeric"),
            Feature(f"{self.name}.words", "numeric"),
            *(Feature(f"{self.name}.term{i}", "text") for i in range(self.n_terms)),
        )

    def encode(self, cells: Cells) -> Encoded:
        """Encode, each distinct text once; of a missing text everything is missing."""
        codes, levels = as_levels(cells)
        coded = np.full((len(levels) + 1, 2 + self.n_terms), np.nan, dtype=np.float32)
        salt = crc32(self.name.encode())
        for row, text in zip(coded, levels, strict=False):
            words = _WORD.findall(text.lower())
            row[:2] = len(text), len(words)
            terms = words[: self.n_terms]
            terms += [f"{left} {right}" for left, right in pairwise(terms)]
            hashes = [crc32(term.encode(), salt) % _HASHES for term in terms[: self.n_terms]]
            row[2 : 2 + len(hashes)] = hashes
        return Encoded(tuple(coded[codes].T))  # code -1 picks the last row
