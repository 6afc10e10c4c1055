"""Run a command, measure the memory of all its processes together, end them when it is late.

Memory is the proportional set size: what processes share counts once. Without ``/proc`` (not
Linux) it is the unique set size, which leaves shared pages out.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["Watched", "run_watched"]

_SAMPLE_SECONDS = 0.2
_POLL_SECONDS = 0.05
_LARGEST_SHARE = 0.1  # of the time may go into measuring, which stops the measured processes
_GRACE_SECONDS = 3.0
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Watched:
    """How a command ended.

    Parameters
    ----------
    returncode : int
    late : bool
        Whether it was killed.
    seconds : float
        Wall time.
    peak_memory_mb : float
        Of all its processes together, in 10^6 bytes.
    left_behind : int
        Processes that it started and that were alive after it; they were killed.
    """

    returncode: int
    late: bool
    seconds: float
    peak_memory_mb: float
    left_behind: int


def run_watched(
    command: Sequence[str],
    folder: Path,
    cwd: Path,
    environment: Mapping[str, str],
    kill_after: float,
) -> Watched:
    """Run a command to its end.

    Parameters
    ----------
    command : sequence of str
    folder : Path
        Gets ``stdout.txt`` and ``stderr.txt``.
    cwd : Path
    environment : mapping
    kill_after : float
        Seconds until the command and all its descendants are killed.
    """
    started, peak = time.monotonic(), 0.0
    next_sample = started
    family: dict[int, psutil.Process] = {}
    with (folder / "stdout.txt").open("wb") as out, (folder / "stderr.txt").open("wb") as err:
        child = subprocess.Popen(
            command,
            cwd=cwd,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
        )
        try:
            root = psutil.Process(child.pid)
            while child.poll() is None and time.monotonic() - started < kill_after:
                now = time.monotonic()
                if now >= next_sample:
                    peak = max(peak, _family_memory(root, family))
                    cost = time.monotonic() - now
                    next_sample = now + max(_SAMPLE_SECONDS, cost / _LARGEST_SHARE)
                time.sleep(_POLL_SECONDS)
        finally:
            late = child.poll() is None
            seconds = time.monotonic() - started
            if late:
                _remember(root, family)
                child.kill()
                child.wait()
            left_behind = _end(family, 0.0 if late else _GRACE_SECONDS)
    return Watched(child.returncode, late, seconds, peak / _MEGABYTE, left_behind)


def _remember(root: psutil.Process, family: dict[int, psutil.Process]) -> None:
    """Add descendants to those seen; one whose parent dies would not be found again."""
    try:
        family.update({process.pid: process for process in root.children(recursive=True)})
    except psutil.NoSuchProcess:
        return  # it has just ended


def _family_memory(root: psutil.Process, family: dict[int, psutil.Process]) -> float:
    _remember(root, family)
    return sum(_memory(process) for process in [root, *family.values()])


def _memory(process: psutil.Process) -> float:
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup")
        if not rollup.parent.parent.is_dir():
            return float(process.memory_full_info().uss)
        if not process.is_running():
            return 0.0
        for line in rollup.read_text().splitlines():
            if line.startswith("Pss:"):
                return float(line.split()[1]) * 1024
    except (OSError, psutil.Error):
        return 0.0  # it has just ended
    return 0.0


def _end(family: Mapping[int, psutil.Process], patience: float) -> int:
    """Wait for processes, kill what is left, and count it."""
    _, alive = psutil.wait_procs(family.values(), timeout=patience)
    for process in alive:
        try:
            process.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(alive, timeout=_GRACE_SECONDS)
    return len(alive)
