"""Dates: days since a middle date, the parts of a date that vary, and places on its cycles."""

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

__all__ = ["DateCodec", "DateDifference"]

Dates = npt.NDArray[np.datetime64]


def _month(dates: Dates) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[M]").astype(np.int64) % 12 + 1


def _day(dates: Dates) -> npt.NDArray[np.int64]:
    first = dates.astype("datetime64[M]").astype("datetime64[D]")
    days: npt.NDArray[np.int64] = (dates.astype("datetime64[D]") - first).astype(np.int64)
    return days + 1


def _weekday(dates: Dates) -> npt.NDArray[np.int64]:
    return (dates.astype("datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01: a Thursday, 3


def _hour(dates: Dates) -> npt.NDArray[np.int64]:
    return dates.astype("datetime64[h]").astype(np.int64) % 24


_PARTS = {"month": _month, "day": _day, "weekday": _weekday, "hour": _hour}


def _share_of_year(dates: Dates) -> npt.NDArray[np.float64]:
    start = dates.astype("datetime64[Y]").astype("datetime64[D]")
    days: npt.NDArray[np.float64] = (dates.astype("datetime64[D]") - start).astype(np.float64)
    return days / 365.25


def _share_of_week(dates: Dates) -> npt.NDArray[np.float64]:
    return (_weekday(dates) + _share_of_day(dates)) / 7.0


def _share_of_day(dates: Dates) -> npt.NDArray[np.float64]:
    seconds = dates.astype("datetime64[s]").astype(np.int64) % 86_400
    return seconds / 86_400.0


_CYCLES = {"month": ("year", _share_of_year), "weekday": ("week", _share_of_week)}
_CYCLES["hour"] = ("day", _share_of_day)
"""By the part that has to vary: the end of a cycle is next to its beginning."""


@dataclass(frozen=True)
class DateCodec:
    """Encodes a date as days since `origin`, as `parts`, and as sine and cosine on their cycles.

    Months and days of the month count from 1, Monday is 0.

    Parameters
    ----------
    name : str
        Name of the input column.
    origin : datetime64
        The middle date of the training table: float32 is finest around 0.
    parts : tuple of str
        Those of month, day, weekday and hour that vary in the training table.
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
        """Days, then parts, then cycles."""
        cycles = (_CYCLES[part][0] for part in self.parts if part in _CYCLES)
        endings = (*self.parts, *(f"{c}_{wave}" for c in cycles for wave in ("sin", "cos")))
        names = (self.name, *(f"{self.name}.{ending}" for ending in endings))
        return tuple(Feature(name, "numeric") for name in names)

    def encode(self, cells: Cells) -> Encoded:
        """Encode as days, parts and cycles; whatever is no date is missing."""
        reading = as_dates(cells, self.text_format, self.zone)
        dates = reading.values
        days = (dates - self.origin) / np.timedelta64(1, "D")
        blocks = [_PARTS[part](dates) for part in self.parts]
        for part in self.parts:
            if part in _CYCLES:
                angle = 2.0 * np.pi * _CYCLES[part][1](dates)
                blocks += [np.sin(angle), np.cos(angle)]
        missing = np.isnat(dates)
        present = [np.where(missing, np.nan, block) for block in blocks]
        return Encoded((days, *present), reading.n_unreadable, reading.example)


@dataclass(frozen=True)
class DateDifference:
    """Encodes the days from the second to the first of two columns, each read on its own clock.

    Parameters
    ----------
    first, second : DateCodec
    """

    first: DateCodec
    second: DateCodec

    @property
    def feature(self) -> Feature:
        """One numeric feature."""
        return Feature(f"{self.first.name} - {self.second.name}", "numeric")

    def encode(
        self, first_days: npt.NDArray[np.float64], second_days: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.float64]:
        """Subtract days that both codecs count from origins of their own."""
        apart = (self.first.origin - self.second.origin) / np.timedelta64(1, "D")
        return np.asarray(first_days - second_days + apart)
