"""What every executor has to do, to be inherited: one class and one line make another one pass.

``class TestMine(ProcessContract): start = staticmethod(MyExecutor)``: `start` is called with a
number of workers and a memory limit in MB (or None) and returns an executor. One whose jobs cannot
be ended against their will inherits from `ExecutorContract` alone.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from automl.execution import (
    Executor,
    JobCrashed,
    JobError,
    JobFailed,
    JobOutOfMemory,
    JobReport,
    JobTimeout,
)

WAIT = 60.0
"""Seconds after which a test gives up; on a quiet machine none needs one."""
MEMORY_MB = 150.0


def meet(own: Path, other: Path) -> tuple[float, float]:
    """Wait for a job that has to run at the same time."""
    started = time.monotonic()
    own.touch()
    while not other.exists():
        if time.monotonic() - started > WAIT:
            raise TimeoutError("the other job did not run")
        time.sleep(0.01)
    return started, time.monotonic()


def begin(flag: Path, seconds: float) -> None:
    flag.touch()
    time.sleep(seconds)


def wait_for(flag: Path) -> None:
    until = time.monotonic() + WAIT
    while not flag.exists():
        assert time.monotonic() < until, "the job did not begin"
        time.sleep(0.01)


def fail() -> None:
    raise ValueError("this is the reason")


def hang_in_c() -> None:
    """Sleep in C with the interpreter's lock held: no thread and no handler of Python runs."""
    ctypes.PyDLL(None).sleep(600)


def allocate() -> None:
    blocks = []
    while True:
        blocks.append(b"x" * 10_000_000)
        time.sleep(0.005)


def segfault() -> None:
    ctypes.string_at(0)


def be_killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Unreadable:
    """A value that can be sent and not be read."""

    def __reduce__(self) -> tuple[type[int], tuple[str]]:
        return int, ("no number",)


class ExecutorContract:
    """Results, reasons, order and ends."""

    start: Callable[[int, float | None], Executor]

    @classmethod
    @contextlib.contextmanager
    def started(cls, n_workers: int, memory_limit_mb: float | None = None) -> Iterator[Executor]:
        executor = cls.start(n_workers, memory_limit_mb)
        try:
            yield executor
        finally:
            executor.shutdown()

    @pytest.fixture(scope="class")
    @classmethod
    def executor(cls) -> Iterator[Executor]:
        with cls.started(2, MEMORY_MB) as executor:
            yield executor

    @pytest.fixture(scope="class")
    @classmethod
    def single(cls) -> Iterator[Executor]:
        with cls.started(1) as executor:
            yield executor

    def test_a_job_ends_with_its_value_and_what_it_cost(self, executor: Executor) -> None:
        report = executor.submit(pow, 2, 10).result(timeout=WAIT)
        assert isinstance(report, JobReport)
        assert report.value == 1024
        assert 0.0 <= report.cpu_seconds <= report.wall_seconds + 0.05
        assert report.peak_memory_mb >= 0.0

    def test_functions_of_the_main_module_and_closures_travel(self, executor: Executor) -> None:
        factor = 3
        assert executor.submit(lambda x: factor * x, 5).result(timeout=WAIT).value == 15

    def test_an_exception_comes_back_with_its_reason(self, executor: Executor) -> None:
        with pytest.raises(JobFailed, match="ValueError: this is the reason") as caught:
            executor.submit(fail).result(timeout=WAIT)
        assert caught.value.status == "failed"
        assert executor.submit(abs, -1).result(timeout=WAIT).value == 1

    def test_as_many_jobs_run_at_a_time_as_there_are_workers(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        one, other = tmp_path / "one", tmp_path / "other"
        pair = [executor.submit(meet, one, other), executor.submit(meet, other, one)]
        after = executor.submit(time.monotonic)
        assert executor.n_workers == 2
        ends = [job.result(timeout=WAIT).value[1] for job in pair]
        assert after.result(timeout=WAIT).value >= min(ends) - 0.01

    def test_jobs_begin_in_the_order_in_which_they_were_submitted(self, single: Executor) -> None:
        jobs = [single.submit(time.monotonic) for _ in range(5)]
        moments = [job.result(timeout=WAIT).value for job in jobs]
        assert moments == sorted(moments)

    def test_a_queued_job_that_is_given_up_never_runs(
        self, single: Executor, tmp_path: Path
    ) -> None:
        running = single.submit(begin, tmp_path / "running", 0.2)
        queued = single.submit(begin, tmp_path / "queued", 0.0)
        queued.give_up()
        assert queued.cancelled()
        running.result(timeout=WAIT)
        assert single.submit(abs, -2).result(timeout=WAIT).value == 2
        assert not (tmp_path / "queued").exists()

    def test_shutdown_cancels_what_is_queued(self, tmp_path: Path) -> None:
        with self.started(1) as executor:
            running = executor.submit(begin, tmp_path / "running", 0.5)
            queued = executor.submit(begin, tmp_path / "queued", 0.0)
            wait_for(tmp_path / "running")
        assert running.done()
        assert queued.cancelled()
        assert not (tmp_path / "queued").exists()


class ProcessContract(ExecutorContract):
    """Limits, crashes and ends against the will of a job."""

    @pytest.mark.skipif(sys.platform == "win32", reason="needs the C library's sleep")
    def test_a_hang_in_c_is_ended_at_its_timeout(self, executor: Executor) -> None:
        self._ends_alone(executor, hang_in_c, 0.3, JobTimeout, "timeout", "the limit was 0.3 s")

    def test_an_allocation_without_end_is_ended_at_the_limit(self, executor: Executor) -> None:
        said = f"the limit was {MEMORY_MB:.0f} MB"
        self._ends_alone(executor, allocate, WAIT, JobOutOfMemory, "memory_out", said)

    @pytest.mark.parametrize(
        ("function", "said"),
        [
            (lambda: os._exit(3), "exit code 3"),
            (segfault, "Segmentation fault"),
            pytest.param(
                be_killed,
                "exit code -9",
                marks=pytest.mark.skipif(sys.platform == "win32", reason="knows no signals"),
            ),
        ],
        ids=["exit", "segfault", "killed"],
    )
    def test_a_crash_is_told(self, executor: Executor, function: Callable[[], None], said: str):
        self._ends_alone(executor, function, WAIT, JobCrashed, "crashed", said)

    def _ends_alone(
        self,
        executor: Executor,
        function: Callable[[], None],
        timeout: float,
        kind: type[JobError],
        status: str,
        said: str,
    ) -> None:
        """A fault ends its job, leaves the neighbour alone, and the next job finds a worker."""
        bad = executor.submit(function, timeout=timeout)
        good = executor.submit(time.sleep, 0.1)
        with pytest.raises(kind, match=said) as caught:
            bad.result(timeout=WAIT)
        assert caught.value.status == status
        assert good.result(timeout=WAIT).wall_seconds >= 0.1
        jobs = [executor.submit(abs, -i) for i in range(2 * executor.n_workers)]
        assert [job.result(timeout=WAIT).value for job in jobs] == list(range(len(jobs)))

    def test_a_running_job_that_is_given_up_frees_its_worker(
        self, single: Executor, tmp_path: Path
    ) -> None:
        running = single.submit(begin, tmp_path / "running", 600.0)
        wait_for(tmp_path / "running")
        running.give_up()
        assert isinstance(running.exception(timeout=WAIT), JobCrashed)
        assert single.submit(abs, -2).result(timeout=WAIT).value == 2

    def test_an_argument_that_does_not_pickle_is_refused_at_once(self, executor: Executor) -> None:
        with pytest.raises((TypeError, pickle.PicklingError), match="pickle"):
            executor.submit(id, threading.Lock())
        assert executor.submit(abs, -3).result(timeout=WAIT).value == 3

    def test_a_value_that_does_not_pickle_is_a_failure(self, executor: Executor) -> None:
        with pytest.raises(JobFailed, match=r"cannot pickle '_thread\.lock' object"):
            executor.submit(threading.Lock).result(timeout=WAIT)
        assert executor.submit(abs, -4).result(timeout=WAIT).value == 4

    def test_a_value_that_cannot_be_read_is_a_failure(self, single: Executor) -> None:
        with pytest.raises(JobFailed, match=r"could not be read: .* 'no number'"):
            single.submit(Unreadable).result(timeout=WAIT)
        assert single.submit(abs, -5).result(timeout=WAIT).value == 5

    def test_shutdown_ends_what_runs(self, tmp_path: Path) -> None:
        with self.started(2) as executor:
            running = executor.submit(begin, tmp_path / "running", 600.0)
            wait_for(tmp_path / "running")
            started = time.monotonic()
        assert time.monotonic() - started < WAIT
        assert isinstance(running.exception(timeout=1.0), JobCrashed)
