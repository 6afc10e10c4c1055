"""Real processes: each fault is provoked for real."""

import ctypes
import os
import threading
import time

import psutil
import pytest

from automl.execution import JobCrashed, JobFailed, JobOutOfMemory, JobTimeout
from automl.execution.local import FORKS, LocalExecutor, available_cores


@pytest.fixture(scope="module")
def executor():
    with LocalExecutor(2, memory_limit_mb=400) as pool:
        yield pool


def hang():
    while True:
        pass


def allocate():
    blocks = []
    while True:
        blocks.append(bytearray(20_000_000))
        time.sleep(0.02)


def segfault():
    ctypes.string_at(0)


def breed(path):
    child = os.fork()
    if child == 0:
        time.sleep(600)
    path.write_text(str(child))
    ctypes.string_at(0)


def fail():
    raise ValueError("this is the reason")


def environment():
    return os.environ["OMP_NUM_THREADS"], os.environ["GOMP_SPINCOUNT"], os.getpid()


def test_returns_values_and_costs(executor):
    report = executor.submit(pow, 2, 10).result(timeout=60)
    assert report.value == 1024
    assert 0 <= report.cpu_seconds <= report.wall_seconds + 0.05


def test_functions_of_the_main_module_travel(executor):
    factor = 3
    assert executor.submit(lambda x: factor * x, 5).result(timeout=60).value == 15


def test_workers_have_one_thread_and_are_other_processes(executor):
    threads, spin, pid = executor.submit(environment).result(timeout=60).value
    assert (threads, spin) == ("1", "10000")
    assert pid != os.getpid()


def test_an_error_is_reported_with_its_reason_and_the_worker_goes_on(executor):
    with pytest.raises(JobFailed, match="ValueError: this is the reason"):
        executor.submit(fail).result(timeout=60)
    assert executor.submit(abs, -1).result(timeout=60).value == 1


@pytest.mark.parametrize(
    ("function", "kind", "status"),
    [
        (hang, JobTimeout, "timeout"),
        (allocate, JobOutOfMemory, "memory_out"),
        (segfault, JobCrashed, "crashed"),
    ],
)
def test_a_fault_ends_its_worker_and_leaves_the_neighbour_alone(executor, function, kind, status):
    bad = executor.submit(function, timeout=3.0 if function is hang else 60.0)
    good = executor.submit(time.sleep, 0.5)
    with pytest.raises(kind) as caught:
        bad.result(timeout=60)
    assert caught.value.status == status
    assert good.result(timeout=60).wall_seconds >= 0.5
    assert executor.submit(abs, -2).result(timeout=60).value == 2


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")
def test_what_a_learner_has_started_ends_with_it_and_hides_no_death(executor, tmp_path):
    with pytest.raises(JobCrashed, match="Segmentation fault"):
        executor.submit(breed, tmp_path / "child").result(timeout=60)
    assert executor.submit(abs, -2).result(timeout=60).value == 2
    child, until = int((tmp_path / "child").read_text()), time.monotonic() + 60
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_job_that_is_given_up_frees_its_worker():
    with LocalExecutor(1) as pool:
        running, queued = pool.submit(hang), pool.submit(hang)
        while not running.running():
            time.sleep(0.05)
        for future in (running, queued):
            future.give_up()
        assert pool.submit(abs, -2).result(timeout=60).value == 2
        assert queued.cancelled()
        assert isinstance(running.exception(), JobCrashed)


def test_pools_that_end_before_their_workers_are_there_leave_no_thread():
    before = threading.active_count()
    for _ in range(3):
        LocalExecutor(2).shutdown()
    assert threading.active_count() <= before


def test_a_killed_worker_is_replaced(executor):
    pid = executor.submit(os.getpid).result(timeout=60).value
    running = executor.submit(time.sleep, 30)
    other = executor.submit(time.sleep, 30)
    time.sleep(0.5)
    psutil.Process(pid).kill()
    done = running if _ended(running) else other
    with pytest.raises(JobCrashed, match="exit code -9"):
        done.result(timeout=60)
    assert executor.submit(abs, -3).result(timeout=60).value == 3


def _ended(future):
    try:
        future.exception(timeout=5)
    except TimeoutError:
        return False
    return True


def test_shutdown_leaves_no_process_and_ends_running_jobs():
    before = set(psutil.Process().children(recursive=True))
    pool = LocalExecutor(2)
    pool.submit(os.getpid).result(timeout=60)
    running = pool.submit(hang)
    time.sleep(0.3)
    family = set(psutil.Process().children(recursive=True)) - before
    assert len(family) == 3 + FORKS  # two workers, the reaper, and what workers are forked off from
    pool.shutdown()
    assert running.exception(timeout=5) is not None
    assert set(psutil.Process().children(recursive=True)) <= before


def test_available_cores_is_one_inside_an_outer_parallel_call():
    from joblib import Parallel, delayed

    assert available_cores() >= 1
    assert Parallel(n_jobs=2)(delayed(available_cores)() for _ in range(2)) == [1, 1]


def test_a_working_folder_that_is_gone_changes_nothing(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.syspath_prepend("")
    gone.rmdir()
    with LocalExecutor(1) as executor:
        assert executor.submit(pow, 2, 3).result().value == 8
    monkeypatch.chdir(tmp_path)
