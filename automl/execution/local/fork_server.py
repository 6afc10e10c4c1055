"""The process that the workers of a pool are forked off from, so that packages are loaded once.

Loading scientific packages takes a second of CPU, a fork takes some milliseconds: workers are there
sooner, and one that had to be ended is replaced at once. The fork server fits nothing, starts no
thread, and has the environment of a worker from its start, so that forking it is safe. Where that
is not so (`FORKS` is false), each worker is an interpreter of its own: docs/adr/0023-nursery.md.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import IO, Any, NoReturn, Self

from automl.execution.local.interpreter import error_line, start_interpreter
from automl.execution.local.reaper import Reaper, end_group

__all__ = ["FORKS", "ForkServer", "Forked", "main"]

FORKS = sys.platform == "linux"
"""Elsewhere a fork without a new program is unsafe (macOS) or does not exist (Windows)."""

_POLL_SECONDS = 0.1
_CLOSE_SECONDS = 5.0
_MESSAGE = 1 << 16


class Forked:
    """A worker process, with the manners of `subprocess.Popen`."""

    def __init__(self, pid: int):
        self.pid = pid
        self.returncode: int | None = None
        self._ended = threading.Event()

    def poll(self) -> int | None:
        """Exit code, None while it runs."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("worker", timeout or 0.0)
        return self.returncode

    def end(self, code: int) -> None:
        """Note how it has ended."""
        self.returncode = code
        self._ended.set()


class ForkServer:
    """The process, as its parent sees it; one that was killed is started again when it is needed.

    Parameters
    ----------
    preload : sequence of str
        Modules that it imports before it forks.
    """

    def __init__(self, preload: Sequence[str]):
        self._preload = tuple(preload)
        self._reaper: Reaper | None = None
        self._lock = threading.Lock()
        self._tokens = itertools.count()
        self._start()

    def _start(self) -> None:
        import fcntl

        self._children: dict[int, Forked] = {}
        self._asked: dict[int, SimpleQueue[Forked | str]] = {}
        self._ready = self._gone = False
        # In memory: this comes before anything that can say that a disk is full.
        self._log = os.fdopen(os.memfd_create("automl-fork-server"), "w+b")  # closed by `close`
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # Not one of the first three, which a process without standard streams would get.
        number = fcntl.fcntl(theirs.fileno(), fcntl.F_DUPFD_CLOEXEC, 3)
        theirs.close()
        settings = {"channel": number, "preload": self._preload}
        try:
            self._popen = start_interpreter(__name__, settings, self._log, (number,))
        finally:
            os.close(number)
        if self._reaper is not None:
            self._reaper.watch(self._popen.pid)
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def attach(self, reaper: Reaper) -> None:
        """Have it ended, too, if this process dies."""
        self._reaper = reaper
        reaper.watch(self._popen.pid)

    def fork(self, request: dict[str, Any], log: IO[bytes], stopping: Callable[[], bool]) -> Forked:
        """Start a worker.

        Parameters
        ----------
        request : dict
            Settings of the worker.
        log : file
            For what it says on standard error.
        stopping : callable
            Whether nobody waits for it any more.

        Raises
        ------
        OSError
            If there is none.
        """
        answer: SimpleQueue[Forked | str] = SimpleQueue()
        with self._lock:
            if self._gone:
                self._dispose()
                self._start()
            token = next(self._tokens)
            self._asked[token] = answer
            message = json.dumps({"token": token, "worker": request}).encode()
            socket.send_fds(self._channel, [message], [log.fileno()])
        while True:
            try:
                child = answer.get(timeout=_POLL_SECONDS)
                break
            except Empty:
                if stopping():
                    raise TimeoutError("the worker did not start in time") from None
        if isinstance(child, str):
            raise OSError(f"its packages could not be loaded: {child}")
        return child

    def _listen(self) -> None:
        """Take its reports until it is gone; its workers have to go with it."""
        channel, children, asked = self._channel, self._children, self._asked
        while True:
            try:
                data = channel.recv(_MESSAGE)
            except OSError:
                data = b""
            if not data:
                break
            report = json.loads(data)
            if "born" in report:
                children[report["born"]] = Forked(report["born"])
                asked.pop(report["token"]).put(children[report["born"]])
            elif "ended" in report:
                children.pop(report["ended"]).end(report["code"])
            else:
                self._ready = True
        with self._lock:
            self._gone = True
            reason = error_line(self._log)
            for answer in asked.values():
                answer.put(reason)
        for child in children.values():
            end_group(child.pid)
            child.end(-signal.SIGKILL)

    def _dispose(self) -> None:
        if self._reaper is not None:
            self._reaper.release(self._popen.pid)
        end_group(self._popen.pid)
        self._popen.wait()
        self._channel.close()
        self._log.close()

    def close(self) -> None:
        """End it, and workers that are still there."""
        with self._lock:
            if self._log.closed:
                return
            self._channel.shutdown(socket.SHUT_RDWR)
        if self._ready:  # it may have workers, and ends them
            try:
                self._popen.wait(_CLOSE_SECONDS)
            except subprocess.TimeoutExpired:
                end_group(self._popen.pid)
        else:
            end_group(self._popen.pid)
        self._reader.join()
        self._dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def main(settings: dict[str, Any]) -> None:
    """Load packages, fork when asked to and report deaths, until the parent is gone."""
    warnings.simplefilter("ignore")  # Python 3.12 and above tells of the thread of an allocator
    channel = socket.socket(fileno=settings["channel"])
    for module in settings["preload"]:
        importlib.import_module(module)
    importlib.import_module("automl.execution.local.worker")
    gc.collect()
    gc.freeze()  # what is loaded stays in pages that the workers share
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    channel.send(b"{}")
    children: set[int] = set()
    sources: tuple[Any, ...] = (channel, woken)
    while True:
        readable, _, _ = select.select(sources, [], [])
        if woken in readable:
            os.read(woken, _MESSAGE)
            _report_deaths(channel, children)
        if channel in readable:
            message, files, _, _ = socket.recv_fds(channel, _MESSAGE, 1)
            if not message:
                break
            asked = json.loads(message)
            pid = _fork(asked["worker"], files[0], (channel.fileno(), woken, wake))
            children.add(pid)
            channel.send(json.dumps({"born": pid, "token": asked["token"]}).encode())
    for pid in children:
        end_group(pid)
        os.waitpid(pid, 0)


def _fork(request: dict[str, Any], log: int, inherited: tuple[int, ...]) -> int:
    """Fork a worker, and return when it leads a session, by which it can be ended."""
    leads, leading = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.setsid()
        _be_worker(request, log, (*inherited, leads, leading))
    os.close(leading)
    os.read(leads, 1)
    for number in (leads, log):
        os.close(number)
    return pid


def _report_deaths(channel: socket.socket, children: set[int]) -> None:
    for pid in tuple(children):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            children.discard(pid)
            code = os.waitstatus_to_exitcode(status)
            channel.send(json.dumps({"ended": pid, "code": code}).encode())


def _be_worker(request: dict[str, Any], log: int, inherited: tuple[int, ...]) -> NoReturn:
    """Continue as a worker, in a session of its own; never returns into the fork server."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(log, 2)
        for number in (log, *inherited):
            os.close(number)
        if "numpy" in sys.modules:
            sys.modules["numpy"].random.seed()  # its global generator would be the same in all
        sys.modules["automl.execution.local.worker"].main(request)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
