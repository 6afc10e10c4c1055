"""A model file: a zip archive whose manifest can be read without trusting the file.

``manifest.json`` holds the format version, the versions of the packages that the model was fitted
with, and what it predicts. The model is in ``model.joblib``, a pickle, which comes with a
``signature`` of manifest and pickle, or in ``model.skops``, which holds data of known types only.
A pickle can run anything: not a byte of it is unpickled before the signature is checked.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import zipfile
import zlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import joblib

from automl.exceptions import InvalidInputError, KnowledgeBaseError, ModelFileError, warn_user
from automl.files import written_whole
from automl.knowledge import automl_home, is_signed, sign
from automl.persistence.safe import dump_safe, load_safe
from automl.version import VERSION

__all__ = ["FORMAT_VERSION", "load", "read_manifest", "save"]

FORMAT_VERSION = 2
UNSIGNED_VERSION = 1
"""Files of this version are pickles without a signature, and otherwise the same."""

_PACKAGES = ("scikit-learn", "lightgbm", "numpy", "pandas")
_MUST_MATCH = ("scikit-learn",)
"""Packages whose objects do not carry over to another minor version."""
_FORMATS = ("joblib", "skops")
_MANIFEST, _SIGNATURE = "manifest.json", "signature"
_PURPOSE = "model file"
_DAMAGE = (
    OSError,
    EOFError,
    KeyError,
    ValueError,
    NotImplementedError,  # a method of compression that is none
    RuntimeError,  # flags that say the file is encrypted
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a damaged archive fails with."""


@dataclass(frozen=True)
class _Stored:
    """What is in a file, read once, so that what is checked is what is used."""

    manifest: dict[str, Any]
    model: bytes
    digest: bytes
    signature: bytes


def save(model: Any, path: str | Path, facts: dict[str, Any], format: str = "joblib") -> Path:  # noqa: A002
    """Write a fitted model to one file, whole or not at all.

    Parameters
    ----------
    model : fitted estimator
    path : str or Path
        Replaced if it exists.
    facts : dict
        JSON-able description for the manifest.
    format : {"joblib", "skops"}
        "joblib" is fast and signed: whoever has the same secret (``AUTOML_HOME``) loads it as it
        is. "skops" can be loaded by anybody, because it cannot run code.

    Returns
    -------
    Path

    Raises
    ------
    ModelFileError
        If the file cannot be written, or the model holds what "skops" cannot hold.
    MissingDependencyError
        If "skops" is asked for and not installed.
    """
    if format not in _FORMATS:
        raise InvalidInputError(
            f"`format` must be one of {', '.join(map(repr, _FORMATS))}; got {format!r}: choose one."
        )
    path = Path(path)
    manifest = {
        "format_version": FORMAT_VERSION,
        "format": format,
        "packages": {"automl": VERSION, **{name: version(name) for name in _PACKAGES}},
        "python": platform.python_version(),
        **facts,
    }
    about = json.dumps(manifest, indent=1).encode()
    try:
        with (
            written_whole(path) as place,
            zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
        ):
            archive.writestr(_MANIFEST, about)
            if format == "skops":
                archive.writestr("model.skops", dump_safe(model))
            else:
                _write_signed(archive, model, about)
    except OSError as error:
        raise ModelFileError(
            f"`path` must be a file that can be written; {path} failed with {error.strerror}: "
            "choose another place."
        ) from error
    return path


def _write_signed(archive: zipfile.ZipFile, model: Any, about: bytes) -> None:
    """Write a pickle and its signature; it stays unsigned where there is no secret to be had."""
    with archive.open("model.joblib", "w", force_zip64=True) as file:
        hashed = _Hashed(file)
        joblib.dump(model, hashed)
    try:
        signature = sign(automl_home(), _PURPOSE, _digest(about, hashed.digest()))
    except KnowledgeBaseError as error:
        warn_user(
            "The model is saved without a signature and will load with trusted=True (--trusted) "
            f"only: {error}"
        )
    else:
        archive.writestr(_SIGNATURE, signature)


class _Hashed(io.BufferedIOBase):
    """Passes on what is written, and hashes it: a model can be too large to be held twice."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: Any) -> int:
        self._hash.update(data)
        return int(self._file.write(data))

    def digest(self) -> bytes:
        return self._hash.digest()


def _digest(about: bytes, of_model: bytes) -> bytes:
    return hashlib.sha256(about).digest() + of_model


def read_manifest(path: str | Path) -> dict[str, Any]:
    """Read what a model file says of itself, without running anything in it.

    Raises
    ------
    ModelFileError
        If it is not a model file, or not readable.
    """
    return _read(path, whole=False).manifest


def load(path: str | Path, trusted: bool = False) -> Any:
    """Load a model that `save` wrote.

    Parameters
    ----------
    path : str or Path
    trusted : bool, default=False
        Whether a pickle may be loaded that was not written with your ``AUTOML_HOME``. A pickle can
        run any code: set it only for a file whose way to you you know. Files that were saved
        with ``format="skops"`` do not need it.

    Returns
    -------
    AutoMLClassifier or AutoMLRegressor

    Raises
    ------
    ModelFileError
        If the file is missing, damaged, not trusted, of a later format version, or was written
        with versions of the packages that do not fit the installed ones.
    MissingDependencyError
        If it was saved with ``format="skops"`` and that package is not installed.
    KnowledgeBaseError
        If your secret, by which your own files are known, cannot be read.
    """
    stored = _read(path, whole=True)
    _check_packages(stored.manifest, path)
    if stored.manifest.get("format") == "skops":
        return load_safe(stored.model, path)
    # `is True`: a flag that is true by accident, as a string from a file, is no consent
    if trusted is not True and not _is_own(stored):
        raise ModelFileError(
            f"`path` must hold a model that was saved with your AUTOML_HOME ({automl_home()}); "
            f"{path} was not, and loading a pickle can run any code: ask for it saved with "
            "format='skops', which cannot, or pass trusted=True (--trusted) if you know its origin."
        )
    try:
        return joblib.load(io.BytesIO(stored.model))
    except Exception as error:  # a pickle can fail with anything; the cause is kept
        raise ModelFileError(
            f"`path` must hold a complete model; {path} could not be read "
            f"({type(error).__name__}: {error}): save it again."
        ) from error


def _is_own(stored: _Stored) -> bool:
    return is_signed(automl_home(), _PURPOSE, stored.digest, stored.signature)


def _read(path: str | Path, whole: bool) -> _Stored:
    """Read a file of a version that is known; the model only where the whole is asked for."""
    try:
        with zipfile.ZipFile(path) as archive:
            about = archive.read(_MANIFEST)
            manifest = json.loads(about)
            if not isinstance(manifest, dict):
                raise ValueError("its manifest is none")
            if not whole:
                return _Stored(manifest, b"", b"", b"")
            _check_version(manifest, path)
            name = "model.skops" if manifest.get("format") == "skops" else "model.joblib"
            model = archive.read(name)
            signed = _SIGNATURE in archive.namelist()
            signature = archive.read(_SIGNATURE) if signed else b""
    except FileNotFoundError as error:
        raise ModelFileError(
            f"`path` must be a model file; {path} does not exist: check the name."
        ) from error
    except _DAMAGE as error:
        raise ModelFileError(
            f"`path` must be a file written by `save`; {path} is not, or is damaged "
            f"({type(error).__name__}): save the model again."
        ) from error
    return _Stored(manifest, model, _digest(about, hashlib.sha256(model).digest()), signature)


def _check_version(manifest: dict[str, Any], path: str | Path) -> None:
    found = manifest.get("format_version")
    if found in (UNSIGNED_VERSION, FORMAT_VERSION):
        return
    raise ModelFileError(
        f"`path` must hold format version {FORMAT_VERSION} or earlier; {path} has {found}: load it "
        f"with automl {_package(manifest, 'automl')}, or fit again."
    )


def _check_packages(manifest: dict[str, Any], path: str | Path) -> None:
    for name in _MUST_MATCH:
        written, installed = _package(manifest, name), version(name)
        if written.split(".")[:2] != installed.split(".")[:2]:
            raise ModelFileError(
                f"`path` must fit the installed packages; {path} was written with {name} "
                f"{written} and {installed} is installed: install {name}=={written}, or fit again."
            )


def _package(manifest: dict[str, Any], name: str) -> str:
    packages = manifest.get("packages")
    return str(packages.get(name)) if isinstance(packages, dict) else "of its time"
