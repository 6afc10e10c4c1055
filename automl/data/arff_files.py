"""ARFF files, dense and sparse, with names of categories as the header declares them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

import pandas as pd

__all__ = ["read_arff"]

_NAME = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|\S+)"""
_DATE = re.compile(rf"^(\s*@attribute\s+{_NAME}\s+)date\b.*$", re.IGNORECASE | re.DOTALL)


def read_arff(lines: Iterable[str]) -> pd.DataFrame:
    """Read the lines of an ARFF file.

    Parameters
    ----------
    lines : iterable of str
        Header and data. Attributes may be numeric, nominal, string or date; the latter are read as
        text, in which dates are found later. In sparse data what is not named is 0, or the first
        level that the header declares.

    Raises
    ------
    ValueError
        If they do not follow the format.

    Examples
    --------
    >>> header = ["@relation r", "@attribute a numeric", "@attribute b {u, v}", "@data"]
    >>> read_arff([*header, "1, v", "?, u"])["b"].tolist()
    ['v', 'u']
    """
    import arff

    header: list[str] = []
    rest = iter(lines)
    for line in rest:
        header.append(_DATE.sub(r"\1string", line))
        if line.strip().lower().startswith("@data"):
            break
    first, rest = _peek(rest)
    sparse = first.lstrip().startswith("{")
    try:
        found = arff.load(chain(header, rest), return_type=arff.LOD if sparse else arff.DENSE)
    except arff.ArffException as error:
        raise ValueError(str(error)) from error
    return _to_frame(found["attributes"], found["data"], sparse)


def _peek(lines: Iterator[str]) -> tuple[str, Iterator[str]]:
    """The first line with data, and all lines again."""
    seen: list[str] = []
    for line in lines:
        seen.append(line)
        if line.strip() and not line.lstrip().startswith("%"):
            break
    return (seen[-1] if seen else ""), chain(seen, lines)


def _to_frame(attributes: list[tuple[str, Any]], rows: list[Any], sparse: bool) -> pd.DataFrame:
    columns = []
    for place, (name, kind) in enumerate(attributes):
        if sparse:
            cells = [row.get(place, _unnamed(kind)) for row in rows]
        else:
            cells = [row[place] for row in rows]
        columns.append(_to_series(cells, kind).rename(name))
    return pd.concat(columns, axis=1)


def _unnamed(kind: Any) -> Any:
    """What a cell of sparse data holds that is not named."""
    if isinstance(kind, list):
        return kind[0]
    return None if kind == "STRING" else 0


def _to_series(cells: list[Any], kind: Any) -> pd.Series[Any]:
    if isinstance(kind, list):
        return pd.Series(pd.Categorical(cells, categories=kind))
    if kind == "STRING":
        return pd.Series(cells, dtype=object)
    whole = kind == "INTEGER" and None not in cells
    return pd.Series(cells, dtype="int64" if whole else "float64")
