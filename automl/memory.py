"""Memory that this process may still take, inside a container as well."""

from __future__ import annotations

from pathlib import Path

__all__ = ["available_memory_mb"]

_CGROUPS = Path("/sys/fs/cgroup")
_FILES = (
    ("memory.max", "memory.current", "memory.stat", "inactive_file"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat",
     "total_inactive_file"),
)  # fmt: skip
"""Limit, use, and cache that gives way, of control groups of version 2 and 1."""


def available_memory_mb(groups: Path = _CGROUPS) -> float:
    """What the system has left, or the container, whichever is less.

    Parameters
    ----------
    groups : Path
        Where the limits of the own control group are, as a container sees them.

    Returns
    -------
    float
        In MB of 2**20 bytes.
    """
    import psutil

    available = float(psutil.virtual_memory().available)
    for names in _FILES:
        left = _left(groups, *names)
        if left is not None:
            available = min(available, left)
    return max(0.0, available) / 2**20


def _left(groups: Path, limit: str, used: str, stat: str, cache: str) -> float | None:
    """Bytes until a limit; None where there is none."""
    try:
        most = (groups / limit).read_text().strip()
        if most == "max":
            return None
        taken = float((groups / used).read_text())
        lines = (groups / stat).read_text().splitlines()
    except OSError:
        return None
    free = sum(float(line.split()[1]) for line in lines if line.startswith(f"{cache} "))
    return float(most) - taken + free
