"""From any table to one float32 matrix, and the same way again for every later table.

The encoder only types columns and codes cells: it neither imputes nor scales nor expands
categories, that is the business of pipelines. It is saved with the model, so it holds plain data
alone. Callers must not rely on the order of ``features``: look into ``Feature.name`` and ``kind``.

The matrix is C-contiguous: rows are taken all the time (folds, subsamples), which is a plain copy
of whole rows then, and scikit-learn's trees take C-ordered float32 as it is. It is filled column by
column, so no second copy of the table ever exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from warnings import warn

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl.data.cells import read_cells
from automl.data.codecs import Codec, Encoded, fit_codec
from automl.data.columns import Column, Feature, Kind
from automl.data.profile import profile_column
from automl.data.tables import has_column_names, read_table, unique_names
from automl.exceptions import DataWarning, InvalidInputError

__all__ = ["TableEncoder"]

_WANTED: dict[str, Kind] = {
    "numeric": "numeric",
    "categorical": "categorical",
    "boolean": "boolean",
    "datetime": "datetime",
    "identifier": "identifier",
    "ignore": "identifier",
}


class TableEncoder:
    """Types the columns of a table and codes its cells as float32.

    Attributes
    ----------
    columns : tuple of Column
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

    columns: tuple[Column, ...]
    features: tuple[Feature, ...]
    names: tuple[str, ...]
    _codecs: tuple[Codec, ...]

    def fit(self, table: Any, column_types: Mapping[str, str] | None = None) -> TableEncoder:
        """Find out what each column is.

        Parameters
        ----------
        table : table
            Whatever `read_table` reads.
        column_types : mapping of str to str, optional
            What the user knows: column to "numeric", "categorical", "boolean", "datetime", or
            "identifier" or "ignore" to leave it out.

        Returns
        -------
        TableEncoder
            Itself.

        Raises
        ------
        InvalidInputError
            If the table is empty, no column is usable, cells are nested or complex, or
            `column_types` names an unknown column or type.
        """
        frame = read_table(table)
        _check_not_empty(frame)
        wanted = _check_column_types(column_types, list(frame.columns))
        found = _fit_columns(frame, wanted, keep_row_numbers=False)
        if not any(column.used for column, _ in found):
            found = _fit_columns(frame, wanted, keep_row_numbers=True)
        self.columns = tuple(column for column, _ in found)
        if not any(column.used for column in self.columns):
            raise InvalidInputError(_nothing_usable(self.columns))
        self.names = tuple(column.name for column in self.columns)
        self._codecs = tuple(codec for _, codec in found if codec is not None)
        self.features = _name_features(self._codecs)
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
            If values that are unreadable or infinite became missing.
        """
        frame = self._match(table)
        encoded = np.empty((len(frame), len(self.features)), dtype=np.float32)
        start = 0
        found: dict[str, Encoded] = {}
        for codec in self._codecs:
            coded = codec.encode(read_cells(frame[codec.name]))
            for offset, block in enumerate(coded.blocks):
                encoded[:, start + offset] = block
            start += len(coded.blocks)
            if coded.n_unreadable or coded.n_infinite:
                found[codec.name] = Encoded((), coded.n_unreadable, coded.example, coded.n_infinite)
        _warn_of_lost_values(found, len(frame))
        return encoded

    def _match(self, table: Any) -> pd.DataFrame:
        """Bring the columns of a table under the names that were fitted."""
        frame = read_table(table)
        if not has_column_names(table):
            if frame.shape[1] != len(self.names):
                raise InvalidInputError(
                    f"X has {frame.shape[1]} features, but the model was fitted on "
                    f"{len(self.names)} features; pass the same columns in the same order."
                )
            return frame.set_axis(list(self.names), axis=1)
        missing = [codec.name for codec in self._codecs if codec.name not in frame.columns]
        if missing:
            raise InvalidInputError(
                f"The table lacks {len(missing)} of the columns the model was fitted on: "
                f"{', '.join(map(repr, missing))}; add them, with empty cells where unknown."
            )
        return frame


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
) -> dict[str, Kind]:
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
        if kind not in _WANTED:
            raise InvalidInputError(
                f"column_types must give one of {', '.join(map(repr, _WANTED))}, got {kind!r} for "
                f"column {name!r}."
            )
    return {name: _WANTED[kind] for name, kind in given.items()}


def _fit_columns(
    frame: pd.DataFrame, wanted: Mapping[str, Kind], keep_row_numbers: bool
) -> list[tuple[Column, Codec | None]]:
    found: list[tuple[Column, Codec | None]] = []
    for name in frame.columns:
        cells = read_cells(frame[name])
        profile = profile_column(name, cells, wanted.get(name), keep_row_numbers)
        column = profile.as_column(name)
        found.append((column, fit_codec(name, cells, profile) if column.used else None))
    return found


def _name_features(codecs: tuple[Codec, ...]) -> tuple[Feature, ...]:
    """Keep names of features apart where a part of a date is called like another column."""
    features = [feature for codec in codecs for feature in codec.features]
    names = unique_names(feature.name for feature in features)
    return tuple(
        Feature(name, feature.kind, feature.n_levels)
        for name, feature in zip(names, features, strict=True)
    )


def _nothing_usable(columns: tuple[Column, ...]) -> str:
    reasons = "; ".join(f"{column.name!r}: {column.note}" for column in columns[:10])
    more = f"; and {len(columns) - 10} more" if len(columns) > 10 else ""
    return (
        f"No column of the table can be used ({reasons}{more}); add columns that vary, or say in "
        "column_types what they are."
    )


def _warn_of_lost_values(found: Mapping[str, Encoded], n_rows: int) -> None:
    unreadable = [
        f"{name!r} ({coded.n_unreadable} of {n_rows} values, such as {coded.example!r})"
        for name, coded in found.items()
        if coded.n_unreadable
    ]
    infinite = [
        f"{name!r} ({coded.n_infinite} of {n_rows} values)"
        for name, coded in found.items()
        if coded.n_infinite
    ]
    lost = (("Values that could not be read", unreadable), ("Infinite values", infinite))
    for what, where in lost:
        if where:
            warn(f"{what} became missing in {', '.join(where)}.", DataWarning, stacklevel=3)
