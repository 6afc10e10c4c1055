"""One run as one compressed file that is written whole or not at all.

A shard is named by a hash of its content: the same run written or copied twice is one file, two
processes can never claim the same name for different runs, and a reader notices damage.
"""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

from automl.files import written_whole
from automl.knowledge.records import RunRecord, run_from_lines, run_to_lines

__all__ = ["SUFFIX", "DamagedShardError", "read_shard", "write_shard"]

SUFFIX = ".jsonl.gz"
_NAME_DIGITS = 24


class DamagedShardError(Exception):
    """A shard cannot be read; the message says why."""


def write_shard(folder: Path, record: RunRecord) -> Path:
    """Write a run into a folder, which is created where missing.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = "".join(line + "\n" for line in run_to_lines(record)).encode()
    path = folder / (_content_name(content) + SUFFIX)
    with written_whole(path) as place:
        place.write_bytes(gzip.compress(content, mtime=0))
    return path


def read_shard(path: Path) -> RunRecord:
    """Read a run.

    Raises
    ------
    DamagedShardError
        If the file is cut off, changed, or of another schema.
    """
    try:
        content = gzip.decompress(path.read_bytes())
        if _content_name(content) + SUFFIX != path.name:
            raise ValueError("its content does not belong to its name")
        return run_from_lines(content.decode().splitlines())
    except (OSError, EOFError, zlib.error) as error:
        raise DamagedShardError(f"it cannot be unpacked ({error})") from error
    except KeyError as error:
        raise DamagedShardError(f"it lacks {error}") from error
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedShardError(str(error)) from error


def _content_name(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_NAME_DIGITS]
