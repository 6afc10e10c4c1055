"""What jobs and their parent hand one another that is too large for a message."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["ArtifactStore"]


class ArtifactStore(Protocol):
    """Keeps values by key: what jobs need, and what they leave.

    It is a small handle that travels with a job and means the same wherever the job runs. A key is
    one or more parts of letters, digits, ``_``, ``-`` and ``.``, with ``/`` between them. A value
    is there as a whole or not at all, whenever its writer was ended.
    `tests/execution/test_store.py` holds a store to that.
    """

    def put(self, key: str, value: Any) -> None:
        """Keep a value, in place of the one that the key had.

        Parameters
        ----------
        key : str
        value : ndarray or object
            Anything that can be pickled.

        Raises
        ------
        OSError
            If there is no room for it; what was there stays.
        """
        ...

    def put_content(self, value: Any) -> str:
        """Keep an array under a key made of what it holds, once however often it is put.

        Returns
        -------
        str
            The key, which is valid in every space of the store.
        """
        ...

    def get(self, key: str, mapped: bool = False) -> Any:
        """Read a value.

        Parameters
        ----------
        key : str
        mapped : bool, default=False
            Whether an array may stay where it is and be read as it is used; it is read-only then.

        Raises
        ------
        KeyError
            If there is none.
        """
        ...

    def has(self, key: str) -> bool:
        """Whether there is a value."""
        ...

    def delete(self, key: str) -> None:
        """Remove a value, if there is one."""
        ...

    def within(self, space: str) -> ArtifactStore:
        """Open a space of its own for keys; what was put by content is shared."""
        ...

    def __hash__(self) -> int:
        """Handles of the same store and space are equal: what was read from one can be cached."""
        ...

    def clear(self) -> None:
        """Remove everything in this space but what was put by content."""
        ...
