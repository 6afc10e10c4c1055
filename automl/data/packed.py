"""Files packed by gzip, bzip2, xz or zip, read and written as if they were not."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from automl.exceptions import InvalidInputError

__all__ = ["PACKED", "UNPACK_ERRORS", "open_bytes", "text_writer", "unpacked", "unpacked_name"]

_OPENERS: dict[str, Callable[..., Any]] = {
    ".gz": gzip.open,
    ".bz2": bz2.open,
    ".xz": lzma.open,
}
_ZIP = ".zip"

PACKED = (*_OPENERS, _ZIP)
"""Ends of names of packed files."""

UNPACK_ERRORS = (EOFError, gzip.BadGzipFile, lzma.LZMAError, zipfile.BadZipFile, zlib.error)
"""What is raised where a packed file is damaged."""


def unpacked_name(path: Path) -> str:
    """Name of the file inside, which tells its format; in a zip archive that of its one member."""
    ending = path.suffix.lower()
    if ending == _ZIP and not Path(path.stem).suffix:
        with zipfile.ZipFile(path) as archive:
            return _member(archive, path)
    return path.stem if ending in PACKED else path.name


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, packed or not, to read what is inside."""
    with path.open("rb") as raw, unpacked(raw, path) as stream:
        yield stream


@contextmanager
def unpacked(raw: IO[bytes], path: Path) -> Iterator[IO[bytes]]:
    """What is inside an open file; how far `raw` was read tells how much of it."""
    ending = path.suffix.lower()
    with ExitStack() as stack:
        if ending == _ZIP:
            archive = stack.enter_context(zipfile.ZipFile(raw))
            yield stack.enter_context(archive.open(_member(archive, path)))
        elif ending in _OPENERS:
            yield stack.enter_context(_OPENERS[ending](raw))
        else:
            yield raw


def _member(archive: zipfile.ZipFile, path: Path) -> str:
    names = [
        info.filename
        for info in archive.infolist()
        if not info.is_dir() and not info.filename.startswith("__MACOSX/")
    ]
    if len(names) != 1:
        raise InvalidInputError(
            f"A zip archive must hold one table; {str(path)!r} holds {len(names)} files: unpack it "
            "and name one of them."
        )
    if archive.getinfo(names[0]).flag_bits & 0x1:
        raise InvalidInputError(
            f"A zip archive must not be encrypted; {str(path)!r} asks for a password: unpack it "
            "first."
        )
    return names[0]


@contextmanager
def text_writer(place: Path, name: str) -> Iterator[IO[str]]:
    """Open a file to write text in UTF-8.

    Parameters
    ----------
    place : Path
        Where to write.
    name : str
        What the file will be called, whose end says how it is packed.
    """
    ending = Path(name).suffix.lower()
    with ExitStack() as stack:
        if ending == _ZIP:
            archive = stack.enter_context(zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED))
            raw = stack.enter_context(archive.open(Path(name).stem, "w", force_zip64=True))
        else:
            raw = stack.enter_context(_OPENERS.get(ending, open)(place, "wb"))
        yield stack.enter_context(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
