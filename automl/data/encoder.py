"""From any table to one float32 matrix, and the same way again for every later table.

The encoder only types columns and codes cells: it neither imputes nor scales nor expands
categories, that is the business of pipelines. It is saved with the model, so it holds plain data
alone. Callers must not rely on the order of ``features``: look into ``Feature.name`` and ``kind``.

The matrix is C-contiguous: rows are taken all the time (folds, subsamples), which is a plain copy
of whole rows then, and scikit-learn's trees take C-ordered float32 as it is. It is filled column by
column, so no second copy of the table ever exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import Cells, read_cells
from automl.data.codecs import (
    Codec,
    DateCodec,
    DateDifference,
    TextCodec,
    fit_codec,
)
from automl.data.columns import Column, Columns, ColumnType, Feature
from automl.data.directions import read_directions
from automl.data.losses import Losses, warn_of_doubts
from automl.data.profile import Profile, profile_column
from automl.data.tables import has_column_names, read_table, unique_names
from automl.exceptions import InvalidInputError, shown

__all__ = ["TableEncoder"]

_WANTED: dict[str, ColumnType] = {
    "numeric": "numeric",
    "categorical": "categorical",
    "boolean": "boolean",
    "datetime": "datetime",
    "text": "text",
    "identifier": "identifier",
    "ignore": "identifier",
}
_MOST_DATES = 6  # whose differences are taken, each with each
_NOTHING: npt.NDArray[Any] = np.empty(0)


class TableEncoder:
    """Types the columns of a table and codes its cells as float32.

    Attributes
    ----------
    columns : Columns
        All columns found, those left out too.
    features : tuple of Feature
        The columns of the encoded matrix.
    names : tuple of str
        Names of the columns found, unique.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"size": [1.5, 2.0, None], "colour": ["red", "blue", "red"]})
    >>> TableEncoder().fit(table).transform(table)
    array([[1.5, 1. ],
           [2. , 0. ],
           [nan, 1. ]], dtype=float32)
    """

    columns: Columns
    features: tuple[Feature, ...]
    names: tuple[str, ...]
    _codecs: tuple[Codec, ...]
    _differences: tuple[DateDifference, ...] = ()
    _texts: tuple[TextCodec, ...] = ()
    _n_rows: int

    def fit(
        self,
        table: Any,
        column_types: Mapping[str, str] | None = None,
        monotonic_constraints: Mapping[str, int] | None = None,
        rows: npt.NDArray[np.int64] | None = None,
    ) -> TableEncoder:
        """Find out what each column is.

        Parameters
        ----------
        table : table
            Whatever `read_table` reads.
        column_types : mapping of str to str, optional
            What the user knows: column to "numeric", "categorical", "boolean", "datetime",
            "text", or "identifier" or "ignore" to leave it out.
        monotonic_constraints : mapping of str to int, optional
            Column of numbers to 1 (predictions must not fall as it grows), -1 (must not rise) or 0.
        rows : ndarray of int64, optional
            Positions of the rows to look at; None: all.

        Returns
        -------
        TableEncoder
            Itself.

        Raises
        ------
        InvalidInputError
            If the table is empty, no column is usable, cells are nested or complex, or
            `column_types` or `monotonic_constraints` name an unknown column, type or direction.

        Warns
        -----
        DataWarning
            If texts may be numbers and are not read as such, because it is open which; or the order
            of day and month is open.
        """
        frame = read_table(table)
        _check_not_empty(frame)
        wanted = _check_column_types(column_types, list(frame.columns))
        found = _fit_columns(frame, rows, wanted, keep_row_numbers=False)
        if not any(one.column.used for one in found):
            found = _fit_columns(frame, rows, wanted, keep_row_numbers=True)
        self.columns = Columns(tuple(one.column for one in found))
        self._n_rows = len(frame) if rows is None else len(rows)
        if not any(column.used for column in self.columns):
            raise InvalidInputError(_nothing_usable(self.columns))
        self.names = tuple(column.name for column in self.columns)
        codecs = [one.codec for one in found if one.codec is not None]
        self._codecs = tuple(codec for codec in codecs if not isinstance(codec, TextCodec))
        self._differences = _choose_differences(frame, rows, self._codecs)
        self._texts = tuple(codec for codec in codecs if isinstance(codec, TextCodec))
        directions = read_directions(monotonic_constraints, self.columns)
        self.features = self._name_features(directions)
        warn_of_doubts({one.column.name: one.profile for one in found if one.profile.doubt})
        return self

    def transform(self, table: Any) -> npt.NDArray[np.float32]:
        """Code the cells of a table.

        Parameters
        ----------
        table : table
            Whatever `read_table` reads. Columns are found by name, in any order and among others;
            those of an array by position.

        Returns
        -------
        ndarray of float32, shape (n_rows, len(features))
            C-contiguous; NaN where missing, unknown or unreadable.

        Raises
        ------
        InvalidInputError
            If columns are missing, or an array has the wrong width.

        Warns
        -----
        DataWarning
            If values that are unreadable or infinite became missing, or a column has no value, or
            levels alone that training did not have, in all of several rows.
        """
        frame = self._match(table)
        encoded = np.empty((len(frame), len(self.features)), dtype=np.float32)
        losses = Losses(len(frame), self._shares_missing())
        for place, block in enumerate(self._blocks(frame, losses)):
            encoded[:, place] = block
        losses.warn()
        return encoded

    def _blocks(self, frame: pd.DataFrame, losses: Losses) -> Iterator[npt.NDArray[Any]]:
        """Yield the columns of the matrix one by one, and note what was lost."""
        days: dict[str, npt.NDArray[Any]] = {}
        for codec in self._codecs:
            cells = read_cells(frame[codec.name])
            coded = codec.encode(cells)
            losses.note(codec.name, cells, coded)
            if isinstance(codec, DateCodec):
                days[codec.name] = coded.blocks[0]
            yield from coded.blocks
        for pair in self._differences:
            yield pair.encode(days[pair.first.name], days[pair.second.name])
        for text in self._texts:
            cells = read_cells(frame[text.name])
            coded = text.encode(cells)
            losses.note(text.name, cells, coded)
            yield from coded.blocks

    def _shares_missing(self) -> dict[str, float]:
        """Share of training rows without a value, by column."""
        return {column.name: column.n_missing / self._n_rows for column in self.columns}

    def _name_features(self, directions: Mapping[str, int]) -> tuple[Feature, ...]:
        """Keep names of features apart where a part of a date is called like another column."""
        found = [
            replace(feature, monotone=directions.get(codec.name, 0))
            for codec in self._codecs
            for feature in codec.features
        ]
        found += [pair.feature for pair in self._differences]
        found += [feature for text in self._texts for feature in text.features]
        names = unique_names(feature.name for feature in found)
        return tuple(
            replace(feature, name=name) for name, feature in zip(names, found, strict=True)
        )

    def _match(self, table: Any) -> pd.DataFrame:
        """Bring the columns of a table under the names that were fitted."""
        frame = read_table(table)
        if not has_column_names(table):
            if frame.shape[1] != len(self.names):
                raise InvalidInputError(
                    f"X has {frame.shape[1]} features, but automl is expecting {len(self.names)} "
                    "features as input, as in training; pass the same columns in the same order."
                )
            return frame.set_axis(list(self.names), axis=1)
        needed = [codec.name for codec in (*self._codecs, *self._texts)]
        missing = [name for name in needed if name not in frame.columns]
        if missing:
            raise InvalidInputError(
                f"The table lacks {len(missing)} of the columns the model was fitted on: "
                f"{', '.join(map(repr, missing))}; add them, with empty cells where unknown."
            )
        return frame


@dataclass(frozen=True)
class _Found:
    """A column with what it was taken for, and its codec where it is used."""

    column: Column
    profile: Profile
    codec: Codec | None


def _check_not_empty(frame: pd.DataFrame) -> None:
    n_rows, n_columns = frame.shape
    if n_columns == 0:
        raise InvalidInputError(
            f"X has 0 feature(s) (shape={frame.shape}) while a minimum of 1 is required; "
            "pass a table with at least one column."
        )
    if n_rows == 0:
        raise InvalidInputError(
            f"X has 0 sample(s) (shape={frame.shape}) while a minimum of 1 is required; "
            "pass a table with at least one row."
        )


def _check_column_types(
    column_types: Mapping[str, str] | None, names: list[str]
) -> dict[str, ColumnType]:
    if column_types is None:
        return {}
    if not isinstance(column_types, Mapping):
        raise InvalidInputError(
            "column_types must map names of columns to types, as in {'zip': 'categorical'}, got "
            f"{type(column_types).__name__}."
        )
    given = {str(name): kind for name, kind in column_types.items()}
    unknown = [name for name in given if name not in names]
    if unknown:
        raise InvalidInputError(
            f"column_types names columns that the table does not have: "
            f"{', '.join(map(repr, unknown))}; check their spelling."
        )
    for name, kind in given.items():
        if not isinstance(kind, str) or kind not in _WANTED:
            raise InvalidInputError(
                f"column_types must give one of {', '.join(map(repr, _WANTED))}, got "
                f"{shown(kind)} for column {name!r}."
            )
    return {name: _WANTED[kind] for name, kind in given.items()}


def _cells(frame: pd.DataFrame, name: str, rows: npt.NDArray[np.int64] | None) -> Cells:
    """Cells of a column; some rows are taken of one column at a time, never of the table."""
    column = frame[name]
    if rows is None:
        return read_cells(column)
    if isinstance(column.dtype, np.dtype) and not column.dtype.isnative:
        column = column.astype(column.dtype.newbyteorder("="))  # rows cannot be taken of others
    return read_cells(column.iloc[rows])


def _fit_columns(
    frame: pd.DataFrame,
    rows: npt.NDArray[np.int64] | None,
    wanted: Mapping[str, ColumnType],
    keep_row_numbers: bool,
) -> list[_Found]:
    found = []
    for name in frame.columns:
        cells = _cells(frame, name, rows)
        profile = profile_column(name, cells, wanted.get(name), keep_row_numbers, len(frame))
        column = profile.as_column(name)
        codec = fit_codec(name, cells, profile) if column.used else None
        found.append(_Found(column, replace(profile, distinct=_NOTHING), codec))
    return found


def _choose_differences(
    frame: pd.DataFrame, rows: npt.NDArray[np.int64] | None, codecs: tuple[Codec, ...]
) -> tuple[DateDifference, ...]:
    """Pairs of the first few date columns whose distance is not the same in all rows."""
    dates = [codec for codec in codecs if isinstance(codec, DateCodec)][:_MOST_DATES]
    if len(dates) < 2:
        return ()
    days = {codec.name: codec.encode(_cells(frame, codec.name, rows)).blocks[0] for codec in dates}
    pairs = (DateDifference(first, second) for first, second in combinations(dates, 2))
    return tuple(pair for pair in pairs if _varies(days[pair.first.name] - days[pair.second.name]))


def _varies(values: npt.NDArray[np.float64]) -> bool:
    present = values[~np.isnan(values)]
    return len(present) > 0 and bool((present != present[0]).any())


def _nothing_usable(columns: Columns) -> str:
    reasons = "; ".join(f"{column.name!r}: {column.note}" for column in columns[:10])
    more = f"; and {len(columns) - 10} more" if len(columns) > 10 else ""
    return (
        f"No column of the table can be used ({reasons}{more}); add columns that vary, or say in "
        "column_types what they are."
    )
