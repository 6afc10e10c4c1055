"""How commands speak: results on standard output, warnings and errors on standard error."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["say", "show_warning"]


def say(text: str) -> None:
    """Write a result, with a line end."""
    sys.stdout.write(text + "\n")


def show_warning(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """Write a warning in one line, in place of Python's two with a place in the code."""
    sys.stderr.write(f"automl: {category.__name__}: {message}\n")
