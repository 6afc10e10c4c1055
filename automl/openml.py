"""OpenML tasks and suites; part of the interface, a later version carries it out."""

from __future__ import annotations

from typing import Any

from automl.exceptions import UnsupportedSettingError

__all__ = ["fit_task"]


def fit_task(*_: Any, **__: Any) -> None:
    """Run an OpenML task on its official splits.

    Raises
    ------
    UnsupportedSettingError
        Always, in this version.
    """
    raise UnsupportedSettingError(
        "`automl.openml.fit_task` is part of the interface and not carried out by this version: "
        "fetch the task with the openml package and call `automl.fit` on its folds."
    )
