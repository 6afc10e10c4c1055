"""What was found in each input column, and what each column of the encoded matrix is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["USED_KINDS", "Column", "Feature", "FeatureKind", "Kind"]

Kind = Literal[
    "numeric", "boolean", "categorical", "datetime", "text", "constant", "identifier", "empty"
]
"""What a column of the user's table is taken for; the last three are left out."""

FeatureKind = Literal["numeric", "boolean", "categorical", "text"]
"""What a column of the encoded matrix holds; dates have become numeric features by then, and texts
lists of hashed words, which pipelines turn into a few numbers."""

USED_KINDS: frozenset[Kind] = frozenset({"numeric", "boolean", "categorical", "datetime", "text"})


@dataclass(frozen=True)
class Column:
    """One column of the user's table.

    Parameters
    ----------
    name : str
        Its name, made a unique string.
    kind : Kind
        What it was taken for.
    n_missing : int
        Rows without a value, markers such as ``?`` included where numbers are stored as text.
    n_unique : int
        Distinct values, missing ones not counted.
    levels : tuple of str
        The sorted levels of a categorical column, empty for every other kind.
    note : str
        What its owner should know, for example ``"numbers stored as text"``.
    """

    name: str
    kind: Kind
    n_missing: int
    n_unique: int
    levels: tuple[Any, ...] = ()
    note: str = ""

    @property
    def used(self) -> bool:
        """Whether the column reaches the encoded matrix."""
        return self.kind in USED_KINDS


@dataclass(frozen=True)
class Feature:
    """One column of the encoded matrix.

    Parameters
    ----------
    name : str
        Name of the input column; parts of a date carry a suffix, as in ``"sold.month"``.
    kind : FeatureKind
        Numeric, boolean (0 and 1), categorical (codes from 0) or text (one hashed word).
        Text features stand behind all others.
    n_levels : int
        Number of codes of a categorical feature, 0 for every other kind.
    monotone : int
        1 where predictions must not fall as the feature grows, -1 where they must not rise.
    """

    name: str
    kind: FeatureKind
    n_levels: int = 0
    monotone: int = 0
