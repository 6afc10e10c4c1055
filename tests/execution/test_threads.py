"""A toy executor of threads: what has to be written for another one, and that the contract fits."""

import queue
import threading
import time

from automl.execution import JobFailed, JobFuture, JobReport
from tests.execution.contract import ExecutorContract


class ThreadExecutor:
    """Jobs in threads of this process; none can be ended, so that there are no limits."""

    def __init__(self, n_workers, memory_limit_mb=None):
        self.n_workers = n_workers
        self._jobs = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._serve) for _ in range(n_workers)]
        for thread in self._threads:
            thread.start()

    def submit(self, function, /, *args, timeout=None):
        future = JobFuture()
        self._jobs.put((future, function, args))
        return future

    def shutdown(self):
        while not self._jobs.empty():
            self._jobs.get()[0].cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _serve(self):
        while (job := self._jobs.get()) is not None:
            future, function, args = job
            if not future.set_running_or_notify_cancel():
                continue
            wall, cpu = time.monotonic(), time.thread_time()
            try:
                value, error = function(*args), None
            except Exception as problem:
                value, error = None, f"{type(problem).__name__}: {problem}"
            costs = (time.monotonic() - wall, time.thread_time() - cpu, 0.0)
            if error is None:
                future.set_result(JobReport(value, *costs))
            else:
                future.set_exception(JobFailed(error, *costs))


class TestThreads(ExecutorContract):
    start = staticmethod(ThreadExecutor)
