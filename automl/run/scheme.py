"""How the user wants rows to be divided, as a message from the front door to the run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl.data import Dataset, Rows

__all__ = ["Scheme"]


@dataclass(frozen=True, eq=False)
class Scheme:
    """What the user declares about how rows are to be divided.

    Parameters
    ----------
    cv : int, splitter or list of (train, validation), optional
    groups : ndarray of int64, optional
        Code of the group of each row; groups are never torn apart.
    order : ndarray of int64, optional
        Rank of the moment of each row; what checks is later than what trains.
    test : Dataset, optional
        Rows to check on in place of rows of the table.
    held_out : ndarray of int64, optional
        Rows of the table to check on, where that is settled; several targets share them.
    """

    cv: Any = None
    groups: Rows | None = None
    order: Rows | None = None
    test: Dataset | None = None
    held_out: Rows | None = None

    @property
    def in_order(self) -> bool:
        """Whether rows have an order."""
        return self.order is not None

    @property
    def name(self) -> str:
        """What is declared, for records of runs: losses of other schemes do not compare."""
        if self.cv is not None:
            return "cv"
        return "time" if self.in_order else "groups" if self.groups is not None else ""
