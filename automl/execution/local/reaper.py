"""Ends the workers of a process that was killed, and removes the folder that they worked in.

A worker cannot see to that itself: a learner that hangs in C code and keeps the interpreter's lock
stops every thread of its process. So each pool has one small process beside its workers, which
knows their numbers and waits until its parent is gone. It is this very file, run as a program, and
needs nothing but the standard library. Reasons in docs/adr/0016-janitor.md.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["Reaper", "end_group", "remove_folder"]

_CHECK_SECONDS = 1.0
_TRIES = 20
_PAUSE_SECONDS = 0.1


def end_group(pid: int) -> None:
    """Kill a process that leads a session, and what it has started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # all gone; so says macOS
        if sys.platform == "win32":
            os.kill(pid, signal.SIGTERM)
        else:
            os.killpg(pid, signal.SIGKILL)


class Reaper:
    """The process, as its parent sees it.

    Parameters
    ----------
    scratch : Path, optional
        Folder to remove if this process dies.
    """

    def __init__(self, scratch: Path | None):
        folder = [] if scratch is None else [str(scratch)]
        self._popen = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(os.getpid()), *folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            bufsize=0,  # lines reach it at once, and whole
            start_new_session=True,  # Ctrl-C is for the parent
        )

    def watch(self, pid: int) -> None:
        """Take note of a worker, the leader of a session."""
        self._tell(f"+{pid}\n")

    def release(self, pid: int) -> None:
        """Forget a worker that is dead and not yet waited for: its number may go to another."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """End it; there is nothing left for it to do."""
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin is not None:
            self._popen.stdin.close()

    def _tell(self, line: str) -> None:
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):  # somebody killed it: the run does not need it
                self._popen.stdin.write(line.encode())


def _watch(parent: int) -> set[int]:
    """Workers that there are when the parent has gone."""
    workers: set[int] = set()
    rest = b""
    while True:
        if sys.platform != "win32":
            # A process forked off by the parent keeps the pipe open: it may never come to its end.
            while not select.select([0], [], [], _CHECK_SECONDS)[0]:
                if os.getppid() != parent:
                    return workers
        told = os.read(0, 4096)
        if not told:
            return workers
        *lines, rest = (rest + told).split(b"\n")
        for line in lines:
            change = workers.add if line[:1] == b"+" else workers.discard
            change(int(line[1:]))


def remove_folder(folder: str) -> bool:
    """Remove a folder into which the dying may still be writing; whether it is gone."""
    for _ in range(_TRIES):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return True
        time.sleep(_PAUSE_SECONDS)
    return False


def main(parent: str, scratch: str | None = None) -> None:
    """Wait, then clean up."""
    for pid in _watch(int(parent)):
        end_group(pid)
    if scratch is not None:
        remove_folder(scratch)


if __name__ == "__main__":
    main(*sys.argv[1:])
