"""Find out in which encoding a text file was written."""

from __future__ import annotations

import codecs
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from automl.data.packed import open_bytes
from automl.exceptions import InvalidInputError, warn_user

__all__ = ["find_encoding"]

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BLOCK = 1 << 20
_NOT_IN_CP1252 = b"\x81\x8d\x8f\x90\x9d"


def find_encoding(path: Path) -> str:
    """Tell the encoding of a text file by its mark, or by whether all of it is UTF-8.

    Parameters
    ----------
    path : Path
        Packed or not.

    Returns
    -------
    str
        Name of a codec. What has no mark and is not UTF-8 is taken for Windows-1252, the usual
        one of Western Europe and a superset of the letters of Latin-1.

    Raises
    ------
    InvalidInputError
        If the file does not hold text.

    Warns
    -----
    DataWarning
        If the encoding is a guess.
    """
    with open_bytes(path) as stream:
        block = stream.read(_BLOCK)
        for mark, encoding in _MARKS:
            if block.startswith(mark):
                return encoding
        if b"\0" in block:
            raise InvalidInputError(
                f"The file {str(path)!r} must be text, as its name says; it holds other data: give "
                "it the ending of its format, or save the table as CSV in UTF-8."
            )
        found = _unmarked(chain([block], iter(lambda: stream.read(_BLOCK), b"")))
    if found == "utf-8":
        return found
    warn_user(
        f"The file {str(path)!r} is not in UTF-8 and was read as {found} (Western European); if "
        "letters look wrong, save it again as UTF-8."
    )
    return found


def _unmarked(blocks: Iterable[bytes]) -> str:
    """UTF-8 where all bytes are, else the first of two encodings that has all of them."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    found, in_cp1252 = "utf-8", True
    for block in chain(blocks, [b""]):
        if found == "utf-8":
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                found = "other"
        in_cp1252 = in_cp1252 and len(block.translate(None, _NOT_IN_CP1252)) == len(block)
    if found == "utf-8":
        return found
    return "cp1252" if in_cp1252 else "latin-1"
