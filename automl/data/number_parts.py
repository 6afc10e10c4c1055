"""Texts of numbers taken apart into sign, currency or percent sign, digits, and exponent.

Texts are matched by Arrow in one pass over the distinct values. Its regular expressions (RE2) need
linear time whatever the texts are, and know neither look-ahead nor back-references. Arrow is
imported where it is used, because it is heavy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["APOSTROPHE", "SPACE", "Parts", "Texts", "as_mask", "split_numbers"]

Texts = npt.NDArray[np.object_] | Sequence[str]
"""Distinct texts of a column."""

SPACE = r"[ \x{a0}\x{202f}\x{2009}]"
APOSTROPHE = r"['\x{2019}]"
_SIGN = r"[+\-\x{2212}]"
_CODES = (
    *("USD", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "NZD", "CNY", "INR", "BRL", "SEK", "NOK"),
    *("DKK", "PLN", "CZK", "HUF", "RUB", "TRY", "KRW", "MXN", "ZAR", "SGD", "HKD"),
)
_CURRENCY = (
    rf"(?:(?:US|CA|AU|NZ|HK|A|C|R|S)?\$|\p{{Sc}}|(?i:{'|'.join(_CODES)})|[Kk]r\.?|zł|Kč|Rs\.?|Fr\.)"
)
_NUMBER = (
    rf"^(?P<open>\(?)(?P<before>{_SIGN}?){SPACE}*(?P<prefix>{_CURRENCY}?){SPACE}*"
    rf"(?P<after>{_SIGN}?)(?P<body>[0-9.,](?:[0-9.,'\x{{2019}} \x{{a0}}\x{{202f}}\x{{2009}}]*"
    rf"[0-9.,])?)(?P<exponent>(?:[eE][+\-]?[0-9]{{1,3}})?){SPACE}*"
    rf"(?P<suffix>(?:{_CURRENCY}|%)?)(?P<close>\)?)$"
)


@dataclass(frozen=True, eq=False)
class Parts:
    """Texts taken apart.

    Parameters
    ----------
    body, exponent : arrow arrays of str
        Digits with separators, and what scales them ("e3"); empty where a text is no number.
    well_formed : ndarray of bool
        Whether a text is one sign, one unit and one body at most, in an order that occurs.
    negative, enclosed : ndarray of bool
        Whether it has a minus sign or parentheses, and whether these are parentheses.
    unit_codes : ndarray of int64
        Positions in `units`.
    units : tuple of str
        Currencies and percent signs, the empty text for none.
    """

    body: Any
    exponent: Any
    well_formed: npt.NDArray[np.bool_]
    negative: npt.NDArray[np.bool_]
    enclosed: npt.NDArray[np.bool_]
    unit_codes: npt.NDArray[np.int64]
    units: tuple[str, ...]

    @property
    def lengths(self) -> npt.NDArray[np.int64]:
        """Characters of each body."""
        import pyarrow.compute as pc

        return np.asarray(pc.utf8_length(self.body).to_numpy(zero_copy_only=False))

    def contains(self, mark: str) -> npt.NDArray[np.bool_]:
        """Tell which bodies contain a separator."""
        import pyarrow.compute as pc

        return as_mask(pc.match_substring(self.body, mark))


def split_numbers(texts: Texts) -> Parts:
    """Take texts apart into sign, unit, digits with separators, and exponent."""
    import pyarrow.compute as pc

    found = pc.extract_regex(pc.utf8_trim_whitespace(_to_arrow(texts)), _NUMBER)
    part = {one.name: pc.fill_null(pc.struct_field(found, one.name), "") for one in found.type}
    has = {name: as_mask(pc.not_equal(values, "")) for name, values in part.items()}
    signed = has["before"] | has["after"]
    broken = (has["open"] != has["close"]) | (has["open"] & signed)
    broken |= (has["before"] & has["after"]) | (has["prefix"] & has["suffix"])
    plus = as_mask(pc.equal(part["before"], "+")) | as_mask(pc.equal(part["after"], "+"))
    codes, units = _code_units(pc.binary_join_element_wise(part["prefix"], part["suffix"], ""))
    return Parts(
        part["body"],
        part["exponent"],
        has["body"] & ~broken,
        (signed & ~plus) | has["open"],
        has["open"],
        codes,
        units,
    )


def _code_units(written: Any) -> tuple[npt.NDArray[np.int64], tuple[str, ...]]:
    """Units by number, with one spelling each: "eur" is "EUR", "Rs." is "Rs"."""
    import pyarrow.compute as pc

    coded = pc.dictionary_encode(written)
    spelled = [str(unit).rstrip(".") for unit in coded.dictionary.to_pylist()]
    spelled = [unit.upper() if unit.upper() in _CODES else unit for unit in spelled]
    units = tuple(dict.fromkeys(spelled))
    codes = np.array([units.index(unit) for unit in spelled], dtype=np.int64)
    return codes[coded.indices.to_numpy(zero_copy_only=False)], units


def _to_arrow(texts: Texts) -> Any:
    import pyarrow as pa

    try:
        return pa.array(texts, type=pa.string())
    except UnicodeEncodeError:  # half of a surrogate pair, which no UTF-8 holds and no number has
        cleaned = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return pa.array(cleaned, type=pa.string())


def as_mask(values: Any) -> npt.NDArray[np.bool_]:
    """Bring truth values of Arrow to numpy."""
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.bool_)
