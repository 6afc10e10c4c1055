"""Numbers as people write them: grouped thousands, decimal commas, currencies, percent signs.

A format is decided for a column as a whole, from its distinct texts: one that fits every cell is
taken, and what two formats read differently is left alone unless the rules in ``_tell_apart``
decide. The decision is stored with the column, so that later tables are read the same way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from automl.data.number_parts import APOSTROPHE, SPACE, Parts, Texts, as_mask, split_numbers

__all__ = ["FoundFormat", "NumberFormat", "closest_number_format", "find_number_format"]

_PEEK = 20  # texts looked at before a whole column is
_LONGEST = 60  # characters of a number with its unit
_LIKE_A_NUMBER = re.compile(
    r"\W*(?:[^\W\d_]{1,3}\W*)?\d[\d.,'\u2019\s]*(?:[eE][+-]?\d+)?\W*(?:[^\W\d_]{1,3}\W*)?"
)


@dataclass(frozen=True)
class NumberFormat:
    """One way to write numbers.

    Parameters
    ----------
    thousands : str
        What may stand between groups of digits: a comma, a dot, a space or an apostrophe.
    decimal : str
        What stands before the fraction: a dot or a comma.
    unit : str
        Currency or percent sign that may stand beside a number, empty for none. A number is read
        as it is written: 45% is 45.
    parentheses : bool
        Whether parentheses make a number negative, as in accounts.

    Examples
    --------
    >>> NumberFormat(".", ",", "€").read(["1.200,50 €", "-3", "1,200.50 €"]).tolist()
    [1200.5, -3.0, nan]
    """

    thousands: str = ","
    decimal: str = "."
    unit: str = ""
    parentheses: bool = False

    def read(self, texts: Texts) -> npt.NDArray[np.float64]:
        """Read texts, NaN where one is no number in this format."""
        parts = split_numbers(texts)
        known = np.array([unit in ("", self.unit) for unit in parts.units], dtype=np.bool_)
        fits = parts.well_formed & self.fits(parts) & known[parts.unit_codes]
        if not self.parentheses:
            fits &= ~parts.enclosed
        values = np.full(len(texts), np.nan)
        if fits.any():
            values[fits] = self._values(parts, fits)
        return values

    def fits(self, parts: Parts) -> npt.NDArray[np.bool_]:
        """Tell whose digits and separators are a number in this format."""
        import pyarrow.compute as pc

        groups = _GROUPS[self.thousands]
        whole = rf"(?:[0-9]+|[1-9][0-9]{{0,2}}(?:{groups}[0-9]{{3}})+"
        if self.thousands == ",":  # as in India: 12,34,567
            whole += r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}"
        mark = rf"\{self.decimal}"
        pattern = rf"^(?:{whole})(?:{mark}[0-9]*)?|{mark}[0-9]+)$"
        return as_mask(pc.match_substring_regex(parts.body, pattern))

    def _values(self, parts: Parts, rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        import pyarrow as pa
        import pyarrow.compute as pc

        digits = pc.filter(parts.body, pa.array(rows))
        digits = pc.replace_substring_regex(digits, _GROUPS[self.thousands], "")
        if self.decimal != ".":
            digits = pc.replace_substring(digits, self.decimal, ".")
        exponents = pc.filter(parts.exponent, pa.array(rows))
        values = pc.cast(pc.binary_join_element_wise(digits, exponents, ""), pa.float64())
        found: npt.NDArray[np.float64] = values.to_numpy(zero_copy_only=False).copy()
        found[parts.negative[rows]] *= -1.0
        return found


_GROUPS = {",": ",", ".": r"\.", " ": SPACE, "'": APOSTROPHE}
_FORMATS = tuple(
    NumberFormat(thousands, decimal) for thousands, decimal in (",.", ".,", " .", " ,", "'.", "',")
)
"""Those that differ in more than the unit; English and continental stand first."""
_NAMES = {",": "comma", ".": "dot", " ": "space", "'": "apostrophe"}


@dataclass(frozen=True)
class FoundFormat:
    """How a column of texts writes numbers.

    Parameters
    ----------
    format : NumberFormat
        The one that fits all texts; where there is doubt, the one to take if numbers are asked for.
    note : str
        What was understood, for example ``"comma groups thousands, in $"``.
    doubt : str
        Why the texts are not to be read as numbers unasked; empty where nothing speaks against it.
    """

    format: NumberFormat
    note: str = ""
    doubt: str = ""


def find_number_format(texts: Texts) -> FoundFormat | None:
    """Find the one format in which all texts are numbers.

    Parameters
    ----------
    texts : sequence of str
        Distinct texts of a column, without markers of missing values.

    Returns
    -------
    FoundFormat or None
        None where some text is no number in any format.

    Examples
    --------
    >>> find_number_format(["77,516", "950"]).note
    'comma groups thousands'
    >>> find_number_format(["0,25", "0,125"]).note
    'decimal comma'
    >>> find_number_format(["1.234 €", "2.500 €"]).doubt
    "'1.234 €' can be 1234 or 1.234"
    >>> find_number_format(["12 apples"])
    """
    first = texts[:_PEEK]
    if len(first) == 0 or not all(map(_looks_like_a_number, first)):
        return None
    if not split_numbers(first).well_formed.all():
        return None
    parts = split_numbers(texts)
    masks = np.array([one.fits(parts) for one in _FORMATS])
    if not (parts.well_formed & masks.any(axis=0)).all() or parts.enclosed.all():
        return None
    counts = masks.sum(axis=1)
    chosen = _completed(_FORMATS[int(np.argmax(counts))], parts)
    doubt = _doubt_of_units(parts, texts) or _doubt_of_marks(masks, texts)
    if not doubt and (counts[:2] == len(texts)).all():
        chosen, doubt = _tell_apart(parts, texts, chosen)
    return FoundFormat(chosen, _note_of(chosen, parts), doubt)


def closest_number_format(texts: Texts) -> FoundFormat | None:
    """Find the format in which most texts are numbers, where others are none at all.

    Examples
    --------
    >>> closest_number_format(["12,5", "on request", "13,75"]).note
    'decimal comma'
    """
    cells = np.asarray(texts, dtype=object)
    parts = split_numbers(cells)
    numbers = np.any([one.fits(parts) for one in _FORMATS], axis=0)
    return find_number_format(cells[parts.well_formed & numbers])


def _looks_like_a_number(text: str) -> bool:
    """Tell most texts from numbers at once, so that Arrow need not be asked."""
    return len(text) <= _LONGEST and _LIKE_A_NUMBER.fullmatch(text) is not None


def _completed(chosen: NumberFormat, parts: Parts) -> NumberFormat:
    """Add the unit that most cells have, and parentheses where some have them."""
    counts = np.bincount(parts.unit_codes, minlength=len(parts.units))
    counts[[unit == "" for unit in parts.units]] = 0
    unit = parts.units[int(np.argmax(counts))]
    return replace(chosen, unit=unit, parentheses=bool(parts.enclosed.any()))


def _doubt_of_units(parts: Parts, texts: Texts) -> str:
    """Amounts in several currencies are not comparable, and 45% beside 0.45 is 0.45 or 45."""
    units = set(parts.units)
    if len(units) < 2 or (len(units) == 2 and "" in units and "%" not in units):
        return ""
    return f"{texts[0]!r} beside {texts[int(np.argmax(parts.unit_codes != parts.unit_codes[0]))]!r}"


def _doubt_of_marks(masks: npt.NDArray[np.bool_], texts: Texts) -> str:
    """Where each text is a number in some format, and all are in none."""
    best = masks[int(np.argmax(masks.sum(axis=1)))]
    if best.all():
        return ""
    return f"{texts[int(np.argmax(best))]!r} beside {texts[int(np.argmin(best))]!r}"


def _tell_apart(parts: Parts, texts: Texts, chosen: NumberFormat) -> tuple[NumberFormat, str]:
    """Decide what a comma or dot means where three digits follow it in every cell that has one.

    Fractions of exactly three digits throughout are rare and grouped thousands are not, so that a
    comma groups thousands. What speaks against it: numbers of four digits and more without one, and
    percentages. A dot beside a currency groups thousands if smaller amounts have none.
    """
    commas, dots = parts.contains(","), parts.contains(".")
    plain = ~(commas | dots)
    if plain.all() or (not commas.any() and chosen.unit in ("", "%")):
        return chosen, ""
    continental = replace(chosen, thousands=".", decimal=",")
    contradicted = (commas.any() and dots.any()) or (plain & (parts.lengths > 3)).any()
    if not contradicted and commas.any() and chosen.unit != "%":
        return chosen, ""
    if not contradicted and dots.any() and plain.any():
        return continental, ""
    example = texts[int(np.argmin(plain))]
    values = sorted(abs(float(one.read([example])[0])) for one in (chosen, continental))
    return chosen, f"{example!r} can be {values[1]:.15g} or {values[0]:.15g}"


def _note_of(chosen: NumberFormat, parts: Parts) -> str:
    """Say what was understood, as far as the texts show it."""
    grouped = chosen.thousands in " '" or parts.contains(chosen.thousands).any()
    said = [f"{_NAMES[chosen.thousands]} groups thousands"] if grouped else []
    if chosen.decimal == "," and parts.contains(",").any():
        said.append("decimal comma")
    if chosen.unit:
        said.append("percent as written" if chosen.unit == "%" else f"in {chosen.unit}")
    if chosen.parentheses:
        said.append("parentheses for minus")
    return ", ".join(said)
