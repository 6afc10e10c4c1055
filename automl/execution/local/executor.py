"""A small pool of killable worker processes with the manners of `concurrent.futures`.

One thread of the parent serves one worker: it takes a job from the shared queue, sends it, waits
with an eye on the clock and on the worker's private memory, and replaces a worker that hangs,
grows too large or crashes. The neighbours do not notice. Reasons in docs/adr/0002-workers.md.
"""

from __future__ import annotations

import contextlib
import logging
import pickle
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, Any

from automl.execution.jobs import (
    JobCrashed,
    JobError,
    JobFailed,
    JobFuture,
    JobOutOfMemory,
    JobReport,
    JobTimeout,
)
from automl.execution.local.fork_server import FORKS, ForkServer
from automl.execution.local.interpreter import start_interpreter
from automl.execution.local.process import Child, WorkerProcess
from automl.execution.local.reaper import Reaper
from automl.memory import available_memory_mb

__all__ = [
    "LocalExecutor",
    "available_cores",
    "memory_share_mb",
]

_log = logging.getLogger(__name__)

_POLL_SECONDS = 0.1
_MEMORY_SHARE = 0.9
_UNREAD = (ConnectionResetError, BrokenPipeError)
"""The worker went before it had read the job: a process that is killed while it is idle counts as
alive until its last thread has ended. The job is not to blame, another worker gets it."""


@dataclass(frozen=True)
class _Job:
    payload: bytes
    timeout: float | None
    future: JobFuture


def available_cores() -> int:
    """Cores given to this process (affinity, container quota); 1 inside an outer parallel call."""
    import joblib
    from joblib.parallel import get_active_backend

    backend, _ = get_active_backend()
    return 1 if getattr(backend, "nesting_level", 0) else int(joblib.cpu_count())


def memory_share_mb(n_workers: int) -> float:
    """Memory that one of several workers can take without driving the machine into swapping."""
    return available_memory_mb() * _MEMORY_SHARE / n_workers


class LocalExecutor:
    """Runs functions in worker processes of this machine.

    Parameters
    ----------
    n_workers : int
        Worker processes, one thread each.
    memory_limit_mb : float, optional
        Private resident memory at which a worker is ended.
    scratch : Path, optional
        Folder that is removed if this process dies.
    preload : sequence of str
        Modules that a worker imports before its first job.
    fork_server : ForkServer, optional
        One that has been started with these modules; it ends with the pool.

    Examples
    --------
    >>> with LocalExecutor(1) as executor:
    ...     executor.submit(pow, 2, 5).result().value
    32
    """

    def __init__(
        self,
        n_workers: int,
        memory_limit_mb: float | None = None,
        scratch: Path | None = None,
        preload: Sequence[str] = (),
        fork_server: ForkServer | None = None,
    ):
        self.n_workers = n_workers
        self._preload = tuple(preload)
        self._queue: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._stop = threading.Event()
        self._reaper = Reaper(scratch)
        self._fork_server = fork_server or (ForkServer(preload) if FORKS else None)
        if self._fork_server is not None:
            self._fork_server.attach(self._reaper)
        start = partial(WorkerProcess, self._reaper, scratch, self._start_child)
        self._workers = [
            _WorkerThread(self._queue, self._stop, memory_limit_mb, start) for _ in range(n_workers)
        ]
        for worker in self._workers:
            worker.start()

    def _start_child(self, settings: dict[str, Any], log: IO[bytes]) -> Child:
        if self._fork_server is not None:
            return self._fork_server.fork(settings, log, self._stop.is_set)
        settings = {**settings, "preload": self._preload}
        return start_interpreter("automl.execution.local.worker", settings, log)

    def submit(
        self, function: Callable[..., Any], /, *args: Any, timeout: float | None = None
    ) -> JobFuture:
        """Queue ``function(*args)``.

        Parameters
        ----------
        function : callable
            Travels by cloudpickle; may be defined in the main module.
        *args
            Its arguments.
        timeout : float, optional
            Seconds from the start of the job until its worker is ended.

        Returns
        -------
        JobFuture
            A `concurrent.futures.Future` of a `JobReport`; its exception is a `JobError`.
        """
        import cloudpickle

        future = JobFuture()
        self._queue.put(_Job(cloudpickle.dumps((function, args)), timeout, future))
        return future

    def shutdown(self) -> None:
        """End all workers at once; jobs that have not finished are cancelled or fail as crashed."""
        self._stop.set()
        for _ in self._workers:
            self._queue.put(None)
        for worker in self._workers:
            worker.join()
        if self._fork_server is not None:
            self._fork_server.close()
        self._reaper.close()
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._queue.get_nowait()
                if job is not None:
                    job.future.cancel()

    def __enter__(self) -> LocalExecutor:
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()


class _WorkerThread(threading.Thread):
    """Owns one worker process and feeds it from the queue."""

    def __init__(
        self,
        jobs: queue.SimpleQueue[_Job | None],
        stop: threading.Event,
        memory_limit_mb: float | None,
        start: Callable[[], WorkerProcess],
    ):
        super().__init__(daemon=True)
        self._jobs, self._stopping = jobs, stop
        self._memory_limit_mb = memory_limit_mb
        self._start = start
        self._process: WorkerProcess | None = None

    def run(self) -> None:
        try:
            while not self._stopping.is_set():
                with contextlib.suppress(OSError):  # it is tried again, and told, with the next job
                    self._ready_process()
                job = self._jobs.get()
                if job is None:
                    return
                if job.future.set_running_or_notify_cancel():
                    self._serve(job)
        finally:
            self._end_process()

    def _ready_process(self) -> WorkerProcess:
        if self._process is not None and not self._process.is_alive():
            self._end_process()  # somebody killed it while it was idle: no job has to pay for that
        if self._process is None:
            self._process = self._start()
        return self._process

    def _exit_reason(self, error: BaseException) -> str:
        if self._process is None:
            return f"no worker could be started ({error})"
        return self._process.exit_reason(error)

    def _end_process(self) -> None:
        if self._process is not None:
            self._process.end()
            self._process = None

    def _hand_over(self, job: _Job) -> WorkerProcess:
        process = self._ready_process()
        process.connect(lambda: self._unwanted(job) is not None)
        process.send(job.payload)
        return process

    def _serve(self, job: _Job, again: bool = True) -> None:
        started, peak, cpu = time.monotonic(), 0.0, 0.0
        problem: tuple[type[JobError], str] | None = None
        try:
            process = self._hand_over(job)
            started = time.monotonic()
            while problem is None and not process.poll(_POLL_SECONDS):
                memory = process.private_memory_mb()
                peak = max(peak, memory)
                problem = self._over_limit(job, time.monotonic() - started, memory)
            if problem is None:
                return self._deliver(job, process.receive(), peak)
            cpu = process.cpu_seconds_since(started)
        except (EOFError, OSError) as error:
            if again and isinstance(error, _UNREAD):
                self._end_process()
                return self._serve(job, again=False)
            problem = (JobCrashed, self._exit_reason(error))
        self._end_process()
        kind, message = problem
        _log.debug("a worker was ended: %s", message)
        job.future.set_exception(kind(message, time.monotonic() - started, cpu, peak))
        return None

    def _over_limit(
        self, job: _Job, seconds: float, memory: float
    ) -> tuple[type[JobError], str] | None:
        unwanted = self._unwanted(job)
        if unwanted is not None:
            return JobCrashed, unwanted
        if job.timeout is not None and seconds > job.timeout:
            return JobTimeout, f"ended after {seconds:.1f} s, the limit was {job.timeout:.1f} s"
        if self._memory_limit_mb is not None and memory > self._memory_limit_mb:
            limit = self._memory_limit_mb
            return JobOutOfMemory, f"ended at {memory:.0f} MB, the limit was {limit:.0f} MB"
        return None

    def _unwanted(self, job: _Job) -> str | None:
        """Why nobody waits for the job any more."""
        if self._stopping.is_set():
            return "the pool was shut down"
        return "it was given up" if job.future.given_up.is_set() else None

    @staticmethod
    def _deliver(job: _Job, answer: bytes, peak: float) -> None:
        kind, said, wall, cpu = pickle.loads(answer)
        if kind == "value":
            try:
                job.future.set_result(JobReport(pickle.loads(said), wall, cpu, peak))
                return
            except Exception as error:  # a class may do anything when it is read
                said = f"its value could not be read: {type(error).__name__}: {error}"
        job.future.set_exception(JobFailed(said, wall, cpu, peak))
