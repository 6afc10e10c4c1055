"""The record on disk: JSON lines, one header and one line for each result.

Every line is strict JSON and reaches the operating system before `append` returns, so that a
process may be killed at any moment and leaves a readable record. Numbers that JSON does not know
are written as ``{"$float": "nan"}``. A line that was cut off is left out when the record is read,
and removed when it is continued.
"""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from automl.exceptions import InvalidInputError, warn_user
from automl.history.history import History
from automl.history.trials import TrialInfo, TrialResult, status_in_record
from automl.space import Space

__all__ = ["HistoryFile", "read_header", "read_history"]

FORMAT = 2
_READ = (1, FORMAT)
"""Format 1 had one loss a trial, and one a fold of its details."""
_MEASURES = ("losses", "score", "wall_seconds", "cpu_seconds", "peak_memory_mb", "started")
_TAG = "$float"


class HistoryFile:
    """Writer of one record; continues a record that exists.

    Parameters
    ----------
    path : path-like
        File to write, created where missing. Its directory must exist.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from automl.space import Categorical, Space
    >>> space = Space([Categorical("kernel", ("linear", "rbf"), default="rbf")])
    >>> info = TrialInfo(number=0, config=space.default(), rung=0, origin="portfolio")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "history.jsonl"
    ...     with HistoryFile(path) as file:
    ...         file.write_header({"task": "binary"})
    ...         file.append(TrialResult(info, "ok", (0.2,), 0.8, 1.0, 1.0, 50.0, 0.0))
    ...     header, history = read_history(path, space)
    >>> header, len(history), history.results[0].losses
    ({'task': 'binary'}, 1, (0.2,))
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        _mend(self.path)
        # Without a buffer: what cannot be written must not be tried again at the next flush.
        self._stream = self.path.open("ab", buffering=0)

    def write_header(self, header: Mapping[str, Any]) -> None:
        """Write the first line.

        Raises
        ------
        InvalidInputError
            If the file holds anything already, or a value is not JSON-able.
        """
        if self._stream.tell() > 0:
            raise InvalidInputError(
                f"path must be a new file where a header is to be written, got {str(self.path)!r} "
                f"which holds a record; continue it without a header or choose another path."
            )
        self._write({"format": FORMAT, "header": _encode(header)})

    def append(self, result: TrialResult) -> None:
        """Write one result as one line and hand it to the operating system.

        Raises
        ------
        InvalidInputError
            If `details` are not JSON-able.
        OSError
            If it cannot be written, as on a full disk; the record ends with the line before.
        """
        info = result.info
        self._write(
            {
                "number": info.number,
                "rung": info.rung,
                "origin": info.origin,
                "config_key": info.config.key,
                "config": info.config.to_dict(),
                "status": result.status,
                **{name: _encode(getattr(result, name)) for name in _MEASURES},
                "message": result.message,
                "details": _encode(result.details),
            }
        )

    def close(self) -> None:
        """Close the file; nothing is lost without."""
        self._stream.close()

    def _write(self, fields: Mapping[str, Any]) -> None:
        line = json.dumps(fields, allow_nan=False, separators=(",", ":")).encode() + b"\n"
        end = self._stream.seek(0, os.SEEK_END)
        try:
            while line:  # a disk that gets full takes a part first, and then says so
                line = line[self._stream.write(line) :]
        except OSError:
            self._stream.truncate(end)
            raise

    def __enter__(self) -> HistoryFile:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def read_history(path: str | os.PathLike[str], space: Space) -> tuple[dict[str, Any], History]:
    """Read a record.

    Parameters
    ----------
    path : path-like
        A file written by `HistoryFile`.
    space : Space
        The space whose configurations the record holds.

    Returns
    -------
    header : dict
        As it was written.
    history : History
        All results. Lists within `details` were perhaps tuples or arrays when they were written.

    Warns
    -----
    DataWarning
        If the last line was cut off; it is left out.

    Raises
    ------
    InvalidInputError
        If the file is no such record, is damaged before its last line, or does not fit the space.
    """
    name = str(path)
    entries, torn = _entries(path)
    if torn:
        warn_user(f"The last line of {name!r} was cut off when its process ended and is left out.")
    results = [_result(entry, space, name, i) for i, entry in enumerate(entries[1:], start=2)]
    header: dict[str, Any] = _decode(entries[0]["header"])
    return header, History(results)


def read_header(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the first line of a record, as it was written.

    Raises
    ------
    InvalidInputError
        If the file is no such record, or is damaged before its last line.
    """
    entries, _ = _entries(path)
    header: dict[str, Any] = _decode(entries[0]["header"])
    return header


def _entries(path: str | os.PathLike[str]) -> tuple[list[dict[str, Any]], bool]:
    """Header and results as they are in the file, and whether a torn line follows them."""
    name = str(path)
    lines, torn = _complete_lines(Path(path).read_bytes())
    entries = [_parse(line, name, i) for i, line in enumerate(lines, start=1)]
    first = entries[0] if entries else {}
    if first.get("format") not in _READ or not isinstance(first.get("header"), dict):
        raise InvalidInputError(
            f"path must name a record of format {FORMAT} or earlier, but {name!r} does not begin "
            f"with its header; choose a file that this version, or an earlier one, has written."
        )
    return entries, torn


def _complete_lines(content: bytes) -> tuple[list[bytes], bool]:
    """Split into whole lines; say whether a torn one follows them.

    A last line that only lacks its line feed is whole: a part of a JSON object never is one.
    """
    *lines, rest = content.split(b"\n")
    if rest and _is_json(rest):
        return [*lines, rest], False
    return lines, bool(rest)


def _mend(path: Path) -> None:
    """Make a record that was cut off end in a whole line, so that it can be continued."""
    if not path.exists():
        return
    lines, torn = _complete_lines(path.read_bytes())
    whole = sum(len(line) + 1 for line in lines)
    with path.open("r+b") as stream:
        if torn:
            stream.truncate(whole)
        elif stream.seek(0, os.SEEK_END) < whole:
            stream.write(b"\n")


def _is_json(line: bytes) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def _parse(line: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError as error:
        raise InvalidInputError(
            f"Line {number} of {name!r} is damaged ({error}); restore the file or begin a new one."
        ) from error
    if not isinstance(entry, dict):
        raise InvalidInputError(
            f"Line {number} of {name!r} is no JSON object; restore the file or begin a new one."
        )
    return entry


def _upgraded(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """Bring a line of format 1 into the present form; nothing else knows of earlier formats.

    Told by what it holds, not by the header: a record that was continued has lines of both.
    """
    if "loss" not in entry:
        return entry
    details = dict(entry["details"])
    if "folds" in details:
        details["folds"] = [{"threads": 1, **_with_losses(fold)} for fold in details["folds"]]
    return {**_with_losses(entry), "details": details}


def _with_losses(entry: Mapping[str, Any]) -> dict[str, Any]:
    renamed = dict(entry)
    loss = renamed.pop("loss")
    return {**renamed, "losses": None if loss is None else [loss]}


def _result(entry: Mapping[str, Any], space: Space, name: str, number: int) -> TrialResult:
    try:
        entry = _upgraded(entry)
        config = space.make(entry["config"])
        if config.key != entry["config_key"]:
            raise InvalidInputError("it was written with another space")
        if not isinstance(entry["details"], dict):
            raise TypeError("its details are no object")
        measures = {measure: _decode(entry[measure]) for measure in _MEASURES}
        losses = measures.pop("losses")
        return TrialResult(
            info=TrialInfo(entry["number"], config, entry["rung"], entry["origin"]),
            status=status_in_record(entry["status"]),
            losses=None if losses is None else tuple(losses),
            **measures,
            message=entry["message"],
            details=_decode(entry["details"]),
        )
    except KeyError as error:
        raise InvalidInputError(
            f"Line {number} of {name!r} lacks {error}; restore the file or begin a new one."
        ) from error
    except InvalidInputError as error:
        raise InvalidInputError(
            f"Line {number} of {name!r} does not fit the space ({error}); "
            f"pass the space that the record was made with."
        ) from error
    except (TypeError, ValueError, AttributeError) as error:
        raise InvalidInputError(
            f"Line {number} of {name!r} is no result of a trial ({error}); restore the file or "
            f"begin a new one."
        ) from error


def _encode(value: Any) -> Any:
    """Turn a value into strict JSON, numbers that JSON does not know into tagged strings."""
    if isinstance(value, np.generic | np.ndarray):
        value = value.tolist()
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {_TAG: repr(value)}
    if isinstance(value, Mapping):
        return {str(key): _encode(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encode(item) for item in value]
    raise InvalidInputError(
        f"A record holds numbers, strings, lists and mappings, got {value!r}; "
        f"convert it before it is written."
    )


def _decode(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_TAG}:
            return float(value[_TAG])
        return {key: _decode(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value
