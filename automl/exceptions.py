"""What can go wrong, as classes; each message is one sentence that says what to do."""

from __future__ import annotations

import inspect
import warnings

__all__ = [
    "AutoMLError",
    "DataWarning",
    "InvalidCellError",
    "InvalidInputError",
    "KnowledgeBaseError",
    "MissingDependencyError",
    "ModelFileError",
    "NothingFoundError",
    "OpenMLError",
    "ScratchError",
    "UnsupportedSettingError",
    "shown",
    "warn_user",
]

_LONGEST = 80
_BETWEEN = ("automl", "contextlib", "sklearn", "joblib")
"""Packages whose lines stand between a warning and the line of the user that led to it."""


class AutoMLError(Exception):
    """Base of every error that this package raises on purpose."""


class InvalidInputError(AutoMLError, ValueError):
    """An argument or a table is not of the allowed form."""


class InvalidCellError(InvalidInputError, TypeError):
    """A cell of a table holds no single value."""


class UnsupportedSettingError(AutoMLError):
    """A setting of the public interface that this version does not carry out yet."""


class MissingDependencyError(AutoMLError, ImportError):
    """An optional package is needed and is not installed."""


class ModelFileError(AutoMLError):
    """A saved model cannot be written, read, or does not fit the installed packages."""


class KnowledgeBaseError(AutoMLError):
    """The knowledge base cannot be read or written."""


class NothingFoundError(AutoMLError):
    """A run ended before any model existed."""


class ScratchError(AutoMLError, OSError):
    """There is no folder for temporary files, or no room in it."""


class OpenMLError(AutoMLError):
    """OpenML cannot be reached, does not have what was asked for, or refused it."""


def warn_user(message: str) -> None:
    """Warn at the line that called this package, however deep inside of it the cause was found.

    Parameters
    ----------
    message : str
        One sentence, of category `DataWarning`.
    """
    frame, level = inspect.currentframe(), 1
    while frame is not None and _is_between(frame.f_globals.get("__name__", "")):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, DataWarning, stacklevel=level)  # Python 3.12 has `skip_file_prefixes`


def _is_between(module: str) -> bool:
    return module.partition(".")[0] in _BETWEEN


def shown(value: object) -> str:
    """How a value is shown in a message: on one line, and not whole where it is long.

    Examples
    --------
    >>> shown("a" * 1000)
    "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa..."
    """
    text = " ".join(repr(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


class DataWarning(UserWarning):
    """Something in the data was handled in a way that its owner should know about."""
