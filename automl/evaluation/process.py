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
from multiprocessing.connection import Connection, Listener
from pathlib import Path

from automl.evaluation.worker import BOOTSTRAP, describe

__all__ = ["WorkerProcess"]

_POLL_SECONDS = 0.1
_START_SECONDS = 60.0
_LONGEST_ADDRESS = 100
"""Unix sockets allow 108 bytes."""

_ENVIRONMENT = {
    # Two busy workers with two threads each were measured up to 100 times slower than with one.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # Idle OpenMP threads that spin starve their neighbours; read before the interpreter starts.
    "GOMP_SPINCOUNT": "10000",
}


def _socket_address(scratch: Path | None) -> str | None:
    """Inside the scratch folder, so that nothing is left after a crash; None: the default."""
    if scratch is None or sys.platform == "win32":
        return None
    address = str(scratch / f"{secrets.token_hex(4)}.sock")
    return address if len(address) < _LONGEST_ADDRESS else None


class WorkerProcess:
    """One worker process and the connection to it.

    Parameters
    ----------
    scratch : Path, optional
        Folder that the worker removes if this process dies.
    preload : tuple of str
        Modules that it imports before its first job.
    """

    def __init__(self, scratch: Path | None, preload: tuple[str, ...]):
        key = secrets.token_bytes(32)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  closed by `end`
        self._listener = Listener(_socket_address(scratch), authkey=key)
        self._connection: Connection | None = None
        self._popen = subprocess.Popen(
            [sys.executable, "-c", BOOTSTRAP],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=self._log,
            env={**os.environ, **_ENVIRONMENT},
            start_new_session=True,  # Ctrl-C is for the parent
        )
        settings = {
            "path": [os.path.abspath(p) for p in sys.path],
            "address": self._listener.address,
            "key": key.hex(),
            "scratch": None if scratch is None else str(scratch),
            "preload": list(preload),
        }
        if self._popen.stdin is None:  # cannot be, a pipe was asked for
            raise OSError("the worker has no standard input")
        self._popen.stdin.write(describe(settings))
        self._popen.stdin.flush()
        self._accepted: queue.SimpleQueue[Connection | OSError] = queue.SimpleQueue()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        try:
            self._accepted.put(self._listener.accept())
        except (OSError, EOFError) as error:
            self._accepted.put(OSError(str(error)))

    def connect(self, stopping: threading.Event) -> None:
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

    def _still_starting(self, stopping: threading.Event, deadline: float) -> None:
        if self._popen.poll() is not None:
            raise EOFError
        if stopping.is_set() or time.monotonic() > deadline:
            raise OSError("the worker did not start in time")

    def send(self, payload: bytes) -> None:
        """Hand a job over."""
        self._open().send_bytes(payload)

    def poll(self, seconds: float) -> bool:
        """Wait for an answer; whether there is one."""
        return self._open().poll(seconds)

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
            process = psutil.Process(self._popen.pid)
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
            times = psutil.Process(self._popen.pid).cpu_times()
        except psutil.Error:
            return 0.0
        return min(float(times.user + times.system), time.monotonic() - started)

    def obituary(self, error: BaseException) -> str:
        """One sentence about a death: exit code and the end of what the process printed."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._popen.wait(timeout=1.0)
        self._log.seek(0)
        said = [line.strip() for line in self._log.read().decode(errors="replace").splitlines()]
        first = next((line for line in said if line), f"it said nothing; {type(error).__name__}")
        return f"worker died with exit code {self._popen.returncode} ({first[:200]})"

    def end(self) -> None:
        """Kill the process and give back what it held."""
        self._popen.kill()
        self._popen.wait()
        if self._popen.stdin is not None:
            with contextlib.suppress(OSError):
                self._popen.stdin.close()
        for part in (self._connection, self._listener, self._log):
            if part is not None:
                part.close()
