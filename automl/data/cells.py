"""One column's cells in one of five plain forms, whatever library and dtype they came in.

Everything behind this file sees only the five forms, so that a new dtype is one more line in
``_READERS``. The forms are physical: what a column *means* is guessed in ``profile.py``, and the
values of one form are read as those of another in ``reading.py``.
"""

from __future__ import annotations

import datetime
import decimal
import numbers
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api import types as dtypes

from automl.exceptions import InvalidCellError, InvalidInputError, shown

__all__ = ["Cells", "Form", "level_of", "read_cells", "without_signals"]

Form = Literal["number", "boolean", "date", "category", "text"]

_BOOLEANS = (bool, np.bool_)
_DATES = (datetime.date, np.datetime64)
_DURATIONS = (datetime.timedelta, np.timedelta64)
_NUMBERS = (numbers.Real, decimal.Decimal)
_COMPLEX = (complex, np.complexfloating)
_INT64_MAX = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Cells:
    """The cells of one column.

    Parameters
    ----------
    form : Form
        Which of the five forms.
    values : ndarray
        number: integers or floats with NaN; boolean: float32 of 0, 1 and NaN;
        date: datetime64[us] (UTC where `zone` is given); category, text: int64 codes into
        `levels`, -1 where missing.
    levels : ndarray of str objects
        Distinct observed levels of a category or text column, in no order.
    whole : bool
        Whether the numbers were declared whole by their type, as in an integer column.
    zone : tzinfo, optional
        Time zone of the dates.
    """

    form: Form
    values: npt.NDArray[Any]
    levels: npt.NDArray[np.object_]
    whole: bool = False
    zone: datetime.tzinfo | None = None


_NO_LEVELS: npt.NDArray[np.object_] = np.empty(0, dtype=object)


def read_cells(series: pd.Series[Any]) -> Cells:
    """Bring one column into one of the five forms.

    Parameters
    ----------
    series : Series
        Any pandas column; its name is used in messages.

    Returns
    -------
    Cells
        Same number of rows.

    Raises
    ------
    InvalidInputError
        If cells are complex numbers, or nested (lists, dicts, arrays).
    """
    if isinstance(series.dtype, pd.SparseDtype):
        series = pd.Series(np.asarray(series), name=series.name)
    for applies, read in _READERS:
        if applies(series.dtype):
            return read(series)
    return _read_objects(series)


def level_of(value: object) -> str:
    """Name a category: whole floats as integers, so that 1, 1.0 and "1" are one level.

    Examples
    --------
    >>> level_of(1.0), level_of("a"), level_of(0.5)
    ('1', 'a', '0.5')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace")
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    return str(value)


def without_signals(series: pd.Series[Any]) -> pd.Series[Any]:
    """Make signalling NaN of decimals, which raise wherever they are compared, plainly missing."""
    try:
        series.isna()
    except decimal.InvalidOperation:
        cells = [None if _signals(value) else value for value in series]
        return pd.Series(cells, index=series.index, name=series.name, dtype=object)
    return series


def _signals(value: object) -> bool:
    return isinstance(value, decimal.Decimal) and value.is_snan()


def _read_category(series: pd.Series[Any]) -> Cells:
    observed = pd.Categorical(series).remove_unused_categories()
    return _levelled("category", observed.codes, observed.categories)


def _read_arrow_dictionary(series: pd.Series[Any]) -> Cells:
    return _read_category(series.astype(object))


def _read_text(series: pd.Series[Any]) -> Cells:
    codes, uniques = pd.factorize(series)
    return _levelled("text", codes, uniques)


def _levelled(form: Form, codes: npt.NDArray[Any], uniques: Any) -> Cells:
    """Name the levels; distinct raw values that share a name (1 and "1") become one level."""
    named = np.array([level_of(value) for value in uniques], dtype=object)
    merged, levels = pd.factorize(named)
    if len(levels) < len(named):
        codes = np.append(merged, -1)[codes]  # code -1 picks the appended last entry
    else:
        levels = named
    return Cells(form, codes.astype(np.int64, copy=False), np.asarray(levels, dtype=object))


def _read_booleans(series: pd.Series[Any]) -> Cells:
    return Cells("boolean", _to_float(series, np.float32), _NO_LEVELS)


def _read_numbers(series: pd.Series[Any]) -> Cells:
    whole = dtypes.is_integer_dtype(series.dtype) and not series.hasnans
    if whole:
        values = series.to_numpy()
        if values.dtype == np.uint64:
            fits = not len(values) or int(values.max()) <= _INT64_MAX
            values = values.astype(np.int64 if fits else np.float64)
    elif series.dtype in (np.dtype(np.float32), np.dtype(np.float64)):
        values = series.to_numpy()
    else:
        values = _to_float(series, np.float64)
    return Cells("number", values, _NO_LEVELS, whole=whole)


def _to_float(series: pd.Series[Any], dtype: type[np.floating[Any]]) -> npt.NDArray[Any]:
    if isinstance(series.dtype, np.dtype):  # na_value would force a pass over numpy columns
        return series.to_numpy(dtype=dtype)
    return series.to_numpy(dtype=dtype, na_value=np.nan)


def _read_dates(series: pd.Series[Any]) -> Cells:
    zone = series.dt.tz
    plain = series if zone is None else series.dt.tz_convert("UTC").dt.tz_localize(None)
    values = plain.to_numpy().astype("datetime64[us]")
    return Cells("date", values, _NO_LEVELS, zone=zone)


def _read_periods(series: pd.Series[Any]) -> Cells:
    return _read_dates(series.dt.to_timestamp())


def _read_durations(series: pd.Series[Any]) -> Cells:
    return Cells("number", series.dt.total_seconds().to_numpy(dtype=np.float64), _NO_LEVELS)


def _refuse_complex(series: pd.Series[Any]) -> Cells:
    raise InvalidInputError(
        f"Complex data not supported: column {series.name!r} holds complex numbers; "
        "pass real and imaginary part as two columns."
    )


def _is_date(dtype: Any) -> bool:
    # Arrow timestamps go the way of Python objects, which knows all their units and zones
    return isinstance(dtype, np.dtype | pd.DatetimeTZDtype) and dtype.kind == "M"


def _is_text(dtype: Any) -> bool:
    return dtype != np.dtype(object) and dtypes.is_string_dtype(dtype)


_READERS: tuple[tuple[Callable[[Any], bool], Callable[[pd.Series[Any]], Cells]], ...] = (
    (lambda dtype: isinstance(dtype, pd.CategoricalDtype), _read_category),
    (lambda dtype: str(dtype).startswith("dictionary<"), _read_arrow_dictionary),
    (dtypes.is_bool_dtype, _read_booleans),
    (dtypes.is_complex_dtype, _refuse_complex),
    (dtypes.is_numeric_dtype, _read_numbers),
    (_is_date, _read_dates),
    (lambda dtype: isinstance(dtype, pd.PeriodDtype), _read_periods),
    (dtypes.is_timedelta64_dtype, _read_durations),
    (_is_text, _read_text),
)


def _read_objects(series: pd.Series[Any]) -> Cells:
    """Read a column of Python objects by the types of its cells."""
    series = without_signals(series)
    missing = series.isna().to_numpy(dtype=bool)
    values = series.to_numpy(dtype=object)
    kinds = set(map(type, values[~missing]))
    _refuse_nested(series.name, kinds)
    if any(issubclass(kind, _COMPLEX) for kind in kinds):
        _refuse_complex(series)
    for allowed, read in _OBJECT_READERS:
        if all(issubclass(kind, allowed) for kind in kinds):
            return read(values, missing)
    return _read_text(pd.Series(values, dtype=object))


def _refuse_nested(name: object, kinds: set[type]) -> None:
    for kind in sorted(kinds, key=str):
        if issubclass(kind, tuple | frozenset) or kind.__hash__ is None:
            raise InvalidCellError(
                f"Column {shown(name)} holds nested values ({kind.__name__}), and each cell of "
                "this argument must be a single string, number or date, or missing; spread them "
                "over several columns."
            )


def _object_booleans(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Cells:
    return Cells("boolean", _filled(values, missing).astype(np.float32), _NO_LEVELS)


def _object_numbers(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Cells:
    whole = not missing.any() and all(isinstance(value, numbers.Integral) for value in values)
    if whole and all(abs(int(value)) <= _INT64_MAX for value in values):
        return Cells("number", values.astype(np.int64), _NO_LEVELS, whole=True)
    return Cells("number", _filled(values, missing), _NO_LEVELS)


def _filled(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    filled = np.full(len(values), np.nan)
    try:
        filled[~missing] = values[~missing].astype(np.float64)
    except OverflowError:  # whole numbers of more than 308 digits
        filled[~missing] = [_float_of(value) for value in values[~missing]]
    return filled


def _float_of(value: Any) -> float:
    try:
        return float(value)
    except OverflowError:
        return np.inf if value > 0 else -np.inf


def _object_dates(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Cells:
    filled = pd.Series(values, dtype=object).where(~missing, None)
    try:
        dates = pd.to_datetime(filled)
    except ValueError:  # time zones differ from row to row: only UTC holds them all
        dates = pd.to_datetime(filled, utc=True)
    return _read_dates(dates)


def _object_durations(values: npt.NDArray[Any], missing: npt.NDArray[np.bool_]) -> Cells:
    seconds = np.full(len(values), np.nan)
    seconds[~missing] = [_seconds(value) for value in values[~missing]]
    return Cells("number", seconds, _NO_LEVELS)


def _seconds(value: Any) -> float:
    # one by one: pandas holds 292 years, and Python and numpy hold more
    if isinstance(value, np.timedelta64):
        return float(value / np.timedelta64(1, "s"))
    return float(value.total_seconds())


_OBJECT_READERS: tuple[
    tuple[tuple[type, ...], Callable[[npt.NDArray[Any], npt.NDArray[np.bool_]], Cells]], ...
] = (
    (_BOOLEANS, _object_booleans),
    ((*_NUMBERS, *_BOOLEANS), _object_numbers),
    (_DATES, _object_dates),
    (_DURATIONS, _object_durations),
)
