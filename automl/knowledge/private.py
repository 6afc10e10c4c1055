"""What only the owner of a secret can do: name private tables, and sign files.

A plain hash of a table would tell everybody who has the same table that its owner has it, too;
a hash keyed with a secret that never leaves the machine tells nobody. A file that carries such a
hash of its content was written by somebody who has the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from automl.exceptions import KnowledgeBaseError

__all__ = ["is_signed", "private_key", "sign"]

_FILE = "secret.key"
_BYTES = 32
_SHOWN_DIGITS = 32


def private_key(home: Path, digest: bytes) -> str:
    """Name a table by HMAC-SHA256 of its digest with the owner's secret.

    Parameters
    ----------
    home : Path
        Folder of the secret, see `automl_home`; secret and folder are created where missing.
    digest : bytes
        A stable digest of the table: names and types of its columns, its shape and its values.

    Returns
    -------
    str
        32 hex digits, the same for the same table and secret.

    Raises
    ------
    KnowledgeBaseError
        If the secret cannot be read or created, or is damaged.
    """
    return _keyed_hash(home, digest)[:_SHOWN_DIGITS]


def sign(home: Path, purpose: str, digest: bytes) -> str:
    """Sign the digest of a file with the owner's secret.

    Parameters
    ----------
    home : Path
        Folder of the secret, as for `private_key`.
    purpose : str
        What the file is, so that a signature is good for nothing else.
    digest : bytes

    Returns
    -------
    str
        64 hex digits.

    Raises
    ------
    KnowledgeBaseError
        If the secret cannot be read or created, or is damaged.
    """
    return _keyed_hash(home, purpose.encode() + b"\0" + digest)


def is_signed(home: Path, purpose: str, digest: bytes, signature: bytes) -> bool:
    """Whether a signature is what `sign` gives; never so where there is no secret yet."""
    if not os.path.exists(home / _FILE):  # also where it lies in a folder of somebody else
        return False
    return hmac.compare_digest(sign(home, purpose, digest).encode(), signature)


def _keyed_hash(home: Path, message: bytes) -> str:
    return hmac.new(_secret(home), message, hashlib.sha256).hexdigest()


def _secret(home: Path) -> bytes:
    path = home / _FILE
    try:
        if not path.exists():
            _create(path)
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise KnowledgeBaseError(
            f"The secret that names tables and signs models must be readable at {path}, which "
            f"failed with {error.strerror}: set AUTOML_HOME to a folder of your own."
        ) from error
    if not re.fullmatch(rf"[0-9a-f]{{{2 * _BYTES}}}", text):
        raise KnowledgeBaseError(
            f"The secret that names tables and signs models must be {2 * _BYTES} hex digits, but "
            f"{path} holds something else: restore it, or remove it to begin anew."
        )
    return bytes.fromhex(text)


def _create(path: Path) -> None:
    """Write a new secret, whole or not at all; of processes that do so at once the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{_FILE}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as stream:
            stream.write(secrets.token_hex(_BYTES) + "\n")
        _claim(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _claim(temporary: Path, path: Path) -> None:
    try:
        os.link(temporary, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        return
    except OSError:  # a file system without links: the last one wins, names stay valid
        os.replace(temporary, path)
