"""Read how much each row counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from automl.data.cells import read_cells
from automl.data.tables import read_column
from automl.exceptions import InvalidInputError

__all__ = ["read_weights"]


def read_weights(weights: Any, n_rows: int) -> npt.NDArray[np.float64]:
    """Read weights of rows.

    Parameters
    ----------
    weights : array-like, shape (n_rows,)
        Not negative; only their ratios matter.
    n_rows : int
        Of the table.

    Returns
    -------
    ndarray of float64, shape (n_rows,)
        With mean 1.

    Raises
    ------
    InvalidInputError
        If there are more or fewer of them than rows, some are missing, infinite, negative or no
        numbers, or fewer than two are positive.

    Examples
    --------
    >>> read_weights([1, 3, 0, 4], 4).tolist()
    [0.5, 1.5, 0.0, 2.0]
    """
    column = read_column(weights, "sample_weight")
    if len(column) != n_rows:
        raise InvalidInputError(
            f"`sample_weight` must give one weight for each of the {n_rows} rows; got "
            f"{len(column)}: pass them in the order of the rows of X."
        )
    cells = read_cells(column.rename("sample_weight"))
    if cells.form not in ("number", "boolean"):
        raise InvalidInputError(
            f"`sample_weight` must hold numbers; got values of the kind {cells.form!r}: convert "
            "them."
        )
    values = cells.values.astype(np.float64)
    wrong = ~np.isfinite(values) | (values < 0)
    if wrong.any():
        raise InvalidInputError(
            f"`sample_weight` must hold finite weights that are not negative; got "
            f"{values[wrong][0]:g} in row {int(np.flatnonzero(wrong)[0])}: correct it, or drop "
            "the row."
        )
    if (values > 0).sum() < 2:
        raise InvalidInputError(
            "`sample_weight` must be above zero in at least two rows; got "
            f"{int((values > 0).sum())} such rows: leave it out for equal weights."
        )
    return np.asarray(values / values.mean())
