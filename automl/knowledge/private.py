"""Names for private tables that only their owner can recognise.

A plain hash of a table would tell everybody who has the same table that its owner has it, too;
a hash keyed with a secret that never leaves the machine tells nobody.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from automl.exceptions import KnowledgeBaseError

__all__ = ["private_key"]

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
    secret = _secret(home)
    return hmac.new(secret, digest, hashlib.sha256).hexdigest()[:_SHOWN_DIGITS]


def _secret(home: Path) -> bytes:
    path = home / _FILE
    try:
        if not path.exists():
            _create(path)
        text = path.read_text(encoding="ascii", errors="replace").strip()
    except OSError as error:
        raise KnowledgeBaseError(
            f"The secret for the names of private tables must be readable at {path}, which failed "
            f"with {error.strerror}: set AUTOML_HOME to a folder of your own."
        ) from error
    if not re.fullmatch(rf"[0-9a-f]{{{2 * _BYTES}}}", text):
        raise KnowledgeBaseError(
            f"The secret for the names of private tables must be {2 * _BYTES} hex digits, but "
            f"{path} holds something else: restore it, or remove it to begin anew."
        )
    return bytes.fromhex(text)


def _create(path: Path) -> None:
    """Write a new secret, whole or not at all; of processes that do so at once the first wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{_FILE}.{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secrets.token_hex(_BYTES) + "\n")
    try:
        os.link(temporary, path)  # unlike a rename, a link never replaces what is there
    except FileExistsError:
        return
    except OSError:  # a file system without links: the last one wins, names stay valid
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
