"""One row for prediction, as a person writes it down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

__all__ = ["with_one_row_as_table"]


def with_one_row_as_table(source: Any, names: Sequence[str]) -> Any:
    """Make a table of a dict or series that is one row, and leave all else as it is.

    Parameters
    ----------
    source : table, mapping or Series
        A mapping is one row where all its values are single ones; a series is where its labels
        hold the names of the columns.
    names : sequence of str
        Columns of the training table.

    Examples
    --------
    >>> with_one_row_as_table({"size": 1.5, "colour": "red"}, ["size", "colour"])
       size colour
    0   1.5    red
    """
    if isinstance(source, pd.Series):
        labels = {str(label) for label in source.index}
        return pd.DataFrame([source.to_dict()]) if labels.issuperset(names) else source
    if isinstance(source, Mapping) and not hasattr(source, "toarray"):  # as some sparse arrays do
        cells = list(source.values())
        if cells and all(map(pd.api.types.is_scalar, cells)):
            return pd.DataFrame([dict(source)])
    return source
