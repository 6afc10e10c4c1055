"""Saved models: a zip file with a manifest that can be read without trusting the file.

``manifest.json`` holds the format version, the versions of the packages that the model was fitted
with, and what it predicts; ``model.joblib`` holds the fitted estimator. The latter is a pickle:
load only files that come from a source you trust.
"""

from __future__ import annotations

import io
import json
import os
import platform
import secrets
import zipfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from automl.exceptions import ModelFileError
from automl.version import VERSION

__all__ = ["FORMAT_VERSION", "load", "read_manifest", "save"]

FORMAT_VERSION = 1

_PACKAGES = ("scikit-learn", "lightgbm", "numpy", "pandas")
LEVEL = 6
"""Of the compression: a fifth smaller than the fastest, a few tenths of a second slower."""
_MUST_MATCH = ("scikit-learn",)
"""Packages whose pickles do not carry over to another minor version."""


def save(model: Any, path: str | Path, facts: dict[str, Any]) -> Path:
    """Write a fitted model to one file, whole or not at all.

    Parameters
    ----------
    model : fitted estimator
    path : str or Path
        Replaced if it exists.
    facts : dict
        JSON-able description for the manifest.

    Returns
    -------
    Path

    Raises
    ------
    ModelFileError
        If the file cannot be written.
    """
    path = Path(path)
    manifest = {
        "format_version": FORMAT_VERSION,
        "packages": {"automl": VERSION, **{name: version(name) for name in _PACKAGES}},
        "python": platform.python_version(),
        **facts,
    }
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            archive.writestr("manifest.json", json.dumps(manifest, indent=1))
            with archive.open("model.joblib", "w", force_zip64=True) as file:
                joblib.dump(model, file)
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise ModelFileError(
            f"`path` must be a file that can be written; {path} failed with {error.strerror}: "
            "choose another place."
        ) from error
    return path


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read what a model file says of itself, without running anything in it.

    Raises
    ------
    ModelFileError
        If it is not a model file, or not readable.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
    except FileNotFoundError as error:
        raise ModelFileError(
            f"`path` must be a model file; {path} does not exist: check the name."
        ) from error
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise ModelFileError(
            f"`path` must be a file written by `save`; {path} is not, or is damaged "
            f"({type(error).__name__}): save the model again."
        ) from error
    return manifest


def load(path: str | Path) -> Any:
    """Load a model that `save` wrote; load only files that you trust, they can run code.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, of another format version, or was written with versions of
        the packages that do not fit the installed ones.
    """
    manifest = read_manifest(path)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ModelFileError(
            f"`path` must hold format version {FORMAT_VERSION}; {path} has "
            f"{manifest.get('format_version')}: load it with automl "
            f"{manifest.get('packages', {}).get('automl', 'of its version')}, or fit again."
        )
    for name in _MUST_MATCH:
        written, installed = manifest["packages"][name], version(name)
        if written.split(".")[:2] != installed.split(".")[:2]:
            raise ModelFileError(
                f"`path` must fit the installed packages; {path} was written with {name} "
                f"{written} and {installed} is installed: install {name}=={written}, or fit again."
            )
    try:
        with zipfile.ZipFile(path) as archive:
            return joblib.load(io.BytesIO(archive.read("model.joblib")))
    except Exception as error:  # a pickle can fail with anything; the cause is kept
        raise ModelFileError(
            f"`path` must hold a complete model; {path} could not be read "
            f"({type(error).__name__}: {error}): save it again."
        ) from error
