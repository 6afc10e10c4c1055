"""Dates: days since a middle date, and the parts of a date that vary."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data.cells import Cells
from automl.data.codecs.base import Encoded
from automl.data.columns import Feature
from automl.data.reading import as_dates

__all__ = ["DateCodec"]

Dates = npt.NDArray[np.datetime64]


def _month(dates: Dates) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[M]").astype(np.int64) % 12 + 1


def _weekday(dates: Dates) -> npt.NDArray[np.int64]:
    return (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01: a Thursday, 3


def _hour(dates: Dates) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[h]").astype(np.int64) % 24


_PARTS = {"month": _month, "weekday": _weekday, "hour": _hour}


@dataclass(frozen=True)
class DateCodec:
    """Encodes a date as days since `origin`, and as `parts` (months from 1, Monday is 0).

    Parameters
    ----------
    name : str
        Name of the input column.
    origin : datetime64
        The middle date of the training table: float32 is finest around 0.
    parts : tuple of str
        Those of month, weekday and hour that vary in the training table.
    text_format : str, optional
        Format of dates stored as text.
    zone : tzinfo, optional
        Clock on which dates with a time zone are read.
    """

    name: str
    origin: np.datetime64
    parts: tuple[str, ...] = ()
    text_format: str | None = None
    zone: datetime.tzinfo | None = None

    @classmethod
    def fit(
        cls,
        name: str,
        distinct: npt.NDArray[Any],
        text_format: str | None,
        zone: datetime.tzinfo | None,
    ) -> DateCodec:
        """Choose origin and parts from the sorted distinct dates."""
        parts = tuple(part for part, of in _PARTS.items() if len(np.unique(of(distinct))) > 1)
        return cls(name, distinct[len(distinct) // 2], parts, text_format, zone)

    @property
    def features(self) -> tuple[Feature, ...]:
        """Days, then parts."""
        names = (self.name, *(f"{self.name}.{part}" for part in self.parts))
        return tuple(Feature(name, "numeric") for name in names)

    def encode(self, cells: Cells) -> Encoded:
        """Encode as days and parts; whatever is no date is missing."""
        reading = as_dates(cells, self.text_format, self.zone)
        dates = reading.values
        missing = np.isnat(dates)
        days = (dates - self.origin) / np.timedelta64(1, "D")
        parts = [np.where(missing, np.nan, _PARTS[part](dates)) for part in self.parts]
        return Encoded((days, *parts), reading.n_unreadable, reading.example)
