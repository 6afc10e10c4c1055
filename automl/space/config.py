"""A configuration: the active parameters of a space and their values."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

__all__ = ["Config"]


class Config(Mapping[str, Any]):
    """An immutable, hashable mapping from the names of active parameters to their values.

    Made by a space (`make`, `sample`, `default`, `mutate`), which guarantees that every value is
    legal and in canonical form; nothing else should call the constructor.

    Parameters
    ----------
    values : mapping
        Active parameters only, in the order of their declaration.
    space_id : str
        `Space.id` of the space.
    """

    def __init__(self, values: Mapping[str, Any], space_id: str) -> None:
        self._values = dict(values)
        self._space_id = space_id

    @property
    def space_id(self) -> str:
        """The `Space.id` of the space that made it."""
        return self._space_id

    @cached_property
    def key(self) -> str:
        """Name that holds across processes and machines: 16 hex digits of a SHA-256.

        It covers the space id and the sorted active parameters; floats have 12 significant digits.
        """
        text = json.dumps([self._space_id, sorted(self._values.items())], separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def to_dict(self) -> dict[str, Any]:
        """Copy into a plain dictionary of JSON scalars."""
        return dict(self._values)

    @cached_property
    def _hash(self) -> int:
        return hash((self._space_id, frozenset(self._values.items())))

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Config):
            return self._space_id == other._space_id and self._values == other._values
        return NotImplemented

    def __hash__(self) -> int:
        return self._hash

    def __reduce__(self) -> tuple[Any, ...]:
        # the cached hash of strings differs between processes and must not travel
        return Config, (self._values, self._space_id)

    def __repr__(self) -> str:
        inside = ", ".join(f"{name!r}: {value!r}" for name, value in self._values.items())
        return f"Config({{{inside}}})"
