"""One worker process: how it starts, what it is told, what it takes, and how it ends."""

from __future__ import annotations

import contextlib
import os
import queue
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path
from typing import IO, Any, Protocol

from automl.execution.local.interpreter import error_line
from automl.execution.local.reaper import Reaper, end_group

__all__ = ["WorkerProcess"]

_POLL_SECONDS = 0.1
_START_SECONDS = 300.0
"""Long: on a machine that is busy with other things, loading packages takes minutes."""
_LONGEST_PATH = 100
"""Unix sockets allow 108 bytes, on macOS 104."""


def _address(scratch: Path | None) -> str | tuple[str, int] | None:
    """A socket inside the scratch folder, or a port of this machine: a crash leaves no file.

    The port is for where there is no folder, or its path is too long. None, on Windows: a pipe.
    """
    if sys.platform == "win32":
        return None
    if scratch is not None:
        path = scratch / f"{secrets.token_hex(4)}.sock"
        if len(os.fsencode(path)) < _LONGEST_PATH:
            return str(path)
    return "127.0.0.1", 0


class Child(Protocol):
    """What a worker process can be asked, see `subprocess.Popen`."""

    pid: int

    @property
    def returncode(self) -> int | None: ...
    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int | None: ...


class WorkerProcess:
    """One worker process and the connection to it.

    Parameters
    ----------
    reaper : Reaper
        Ends it if this process dies.
    scratch : Path, optional
        Folder for its socket.
    start : callable
        ``start(settings, log)``: a process that connects as the settings say.
    """

    def __init__(
        self,
        reaper: Reaper,
        scratch: Path | None,
        start: Callable[[dict[str, Any], IO[bytes]], Child],
    ):
        key = secrets.token_bytes(32)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        self._listener = Listener(_address(scratch), authkey=key)
        self._connection: Connection | None = None
        settings = {"address": self._listener.address, "key": key.hex()}
        try:
            self._child = start(settings, self._log)
        except OSError:
            self._listener.close()
            self._log.close()
            raise
        self._reaper = reaper
        reaper.watch(self._child.pid)
        self._accepted: queue.SimpleQueue[Connection | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        try:
            self._accepted.put(self._listener.accept())
        except (OSError, EOFError) as error:
            self._accepted.put(OSError(str(error)))

    def connect(self, stopping: Callable[[], bool]) -> None:
        """Wait until the worker has said that it is ready (only before the first job)."""
        if self._connection is not None:
            return
        deadline = time.monotonic() + _START_SECONDS
        while self._connection is None:
            self._still_starting(stopping, deadline)
            with contextlib.suppress(queue.Empty):
                accepted = self._accepted.get(timeout=_POLL_SECONDS)
                if isinstance(accepted, OSError):
                    raise accepted
                self._connection = accepted
        while not self._connection.poll(_POLL_SECONDS):
            self._still_starting(stopping, deadline)
        self._connection.recv_bytes()

    def _still_starting(self, stopping: Callable[[], bool], deadline: float) -> None:
        if self._child.poll() is not None:
            raise EOFError
        if stopping() or time.monotonic() > deadline:
            raise TimeoutError("the worker did not start in time")

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._child.poll() is None

    def send(self, payload: bytes) -> None:
        """Hand a job over."""
        self._open().send_bytes(payload)

    def poll(self, seconds: float) -> bool:
        """Wait for an answer; whether there is one.

        Raises
        ------
        EOFError
            If the process is dead: one that it had forked off can keep the connection open.
        """
        answered = self._open().poll(seconds)
        if not answered and not self.is_alive():
            raise EOFError
        return answered

    def receive(self) -> bytes:
        """Take the answer."""
        return self._open().recv_bytes()

    def _open(self) -> Connection:
        if self._connection is None:
            raise EOFError
        return self._connection

    def private_memory_mb(self) -> float:
        """Resident memory without mapped files, such as the table shared with the neighbours.

        Resident minus shared pages costs 20 microseconds where the system counts them; the unique
        set size, exact and a hundred times slower, stands in elsewhere.
        """
        import psutil

        try:
            process = psutil.Process(self._child.pid)
            memory = process.memory_info()
            shared = getattr(memory, "shared", None)
            private = process.memory_full_info().uss if shared is None else memory.rss - shared
        except psutil.Error:
            return 0.0
        return float(private) / 2**20

    def cpu_seconds_since(self, started: float) -> float:
        """CPU seconds of the whole process, at most the wall seconds since `started`."""
        import psutil

        try:
            times = psutil.Process(self._child.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return min(float(times.user + times.system), time.monotonic() - started)

    def exit_reason(self, error: BaseException) -> str:
        """One sentence about a death: exit code and the reason that the process printed."""
        if isinstance(error, TimeoutError):  # it is not dead
            return str(error)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(timeout=1.0)
        reason = error_line(self._log) or f"it said nothing; {type(error).__name__}"
        return f"worker died with exit code {self._child.returncode} ({reason})"

    def end(self) -> None:
        """Kill the process with all that it has started, and give back what it held."""
        end_group(self._child.pid)
        self._reaper.release(self._child.pid)
        self._child.wait()
        if self._connection is None:  # the thread that waits for it would wait for ever
            with contextlib.suppress(OSError, EOFError):
                Client(self._listener.address).close()
        for part in (self._connection, self._listener, self._log):
            if part is not None:
                part.close()
