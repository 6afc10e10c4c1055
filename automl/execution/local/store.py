"""A folder of this machine as a store; arrays can be mapped, so that workers share the pages."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from automl.exceptions import InvalidInputError
from automl.files import written_whole

__all__ = ["LocalStore"]

_KEY = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)
_CONTENT = "content"
_ARRAY, _OBJECT = ".npy", ".joblib"


@dataclass(frozen=True)
class LocalStore:
    """An `ArtifactStore` in a folder.

    Parameters
    ----------
    folder : Path
        Must exist; its owner removes it.
    space : str, default=""
        Prefix of all keys but those of contents.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     store = LocalStore(Path(folder))
    ...     store.put("models/one", {"depth": 3})
    ...     store.get("models/one"), store.has("models/two")
    ({'depth': 3}, False)
    """

    folder: Path
    space: str = ""

    def put(self, key: str, value: Any) -> None:
        """Write a value to a file of its own; see `ArtifactStore`."""
        import joblib
        import numpy as np

        is_array = isinstance(value, np.ndarray) and not value.dtype.hasobject
        path = self._path(key, _ARRAY if is_array else _OBJECT)
        self._make_folder_of(path)
        with written_whole(path) as place, place.open("wb") as stream:
            if is_array:
                np.save(stream, value)
            else:
                joblib.dump(value, stream)

    def put_content(self, value: Any) -> str:
        """Write an array unless it is there; see `ArtifactStore`."""
        import numpy as np

        digest = hashlib.sha256(f"{value.dtype.str} {value.shape}".encode())  # fast in hardware
        digest.update(np.ascontiguousarray(value).data)
        key = f"{_CONTENT}/{digest.hexdigest()}"
        if not self.has(key):
            self.put(key, value)
        return key

    def get(self, key: str, mapped: bool = False) -> Any:
        """Read a value; see `ArtifactStore`."""
        import joblib
        import numpy as np

        array, other = self._path(key, _ARRAY), self._path(key, _OBJECT)
        if array.exists():
            return np.load(array, mmap_mode="r" if mapped else None, allow_pickle=False)
        if other.exists():
            return joblib.load(other)
        raise KeyError(f"no value is kept as {key!r} in {self}")

    def has(self, key: str) -> bool:
        """Whether there is a value."""
        return any(self._path(key, kind).exists() for kind in (_ARRAY, _OBJECT))

    def delete(self, key: str) -> None:
        """Remove a value, if there is one."""
        for kind in (_ARRAY, _OBJECT):
            self._path(key, kind).unlink(missing_ok=True)

    def within(self, space: str) -> LocalStore:
        """Open a space of its own for keys; what was put by content is shared."""
        return replace(self, space=f"{self.space}{_checked(space)}/")

    def clear(self) -> None:
        """Remove everything in this space but what was put by content."""
        for path in (self.folder / self.space).rglob("*"):
            if path.suffix in (_ARRAY, _OBJECT) and path.parent != self.folder / _CONTENT:
                path.unlink(missing_ok=True)

    def _path(self, key: str, kind: str) -> Path:
        shared = _checked(key).startswith(f"{_CONTENT}/")
        return self.folder / f"{'' if shared else self.space}{key}{kind}"

    def _make_folder_of(self, path: Path) -> None:
        """Never make the folder of the store itself: where it is gone, nobody removes it again."""
        for part in reversed(PurePosixPath(path.relative_to(self.folder)).parents[:-1]):
            (self.folder / part).mkdir(exist_ok=True)

    def __str__(self) -> str:
        return str(self.folder)


def _checked(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise InvalidInputError(
            f"key must be parts of letters, digits, '_', '-' and '.', with '/' between them, got "
            f"{key!r}; choose another one."
        )
    return key
