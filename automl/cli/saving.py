"""A fitted model is saved where it was asked to be, or where it can be."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from automl.exceptions import ModelFileError

__all__ = ["saved"]

_FOLDER = "models"


def saved(model: Any, out: Path, format: str) -> tuple[Path, str | None]:  # noqa: A002
    """Save a model; a fit that took hours is not lost to a path.

    Parameters
    ----------
    model : fitted estimator
    out : Path
        Where it was asked to be.
    format : {"joblib", "skops"}

    Returns
    -------
    path : Path
        Where it is: `out`, else a file in ``AUTOML_HOME/models``, else one among temporary files;
        the last two in the format "joblib", which holds every model.
    failure : str or None
        Why it is not at `out`.

    Raises
    ------
    ModelFileError
        If it can be saved in none of these places.
    """
    try:
        return model.save(out, format), None
    except ModelFileError as error:
        failure = str(error).rstrip(".")
    for folder in _refuges():
        path = folder / f"{out.stem}-{time.strftime('%Y%m%dT%H%M%S')}.automl"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            return model.save(path), failure
        except (ModelFileError, OSError) as error:
            failure = f"{failure}; {path} failed, too: {str(error).rstrip('.')}"
    raise ModelFileError(f"The model could not be saved: {failure}.")


def _refuges() -> Iterator[Path]:
    from automl.knowledge import automl_home

    yield automl_home() / _FOLDER
    yield Path(tempfile.gettempdir())
