"""The contract, and what is of worker processes alone; each fault is provoked for real."""

import os
import threading
import time

import psutil
import pytest

from automl.execution import JobCrashed
from automl.execution.local import FORKS, LocalExecutor, available_cores
from tests.execution.contract import ProcessContract, segfault


class TestLocalExecutor(ProcessContract):
    start = staticmethod(LocalExecutor)


@pytest.fixture(scope="module")
def executor():
    with LocalExecutor(1) as pool:
        yield pool


def breed(path):
    child = os.fork()
    if child == 0:
        time.sleep(600)
    path.write_text(str(child))
    segfault()


def environment():
    return os.environ["OMP_NUM_THREADS"], os.environ["GOMP_SPINCOUNT"], os.getpid()


def test_workers_have_one_thread_and_are_other_processes(executor):
    threads, spin, pid = executor.submit(environment).result(timeout=60).value
    assert (threads, spin) == ("1", "10000")
    assert pid != os.getpid()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the platform does not fork")
def test_what_a_learner_has_started_ends_with_it_and_hides_no_death(executor, tmp_path):
    with pytest.raises(JobCrashed, match="Segmentation fault"):
        executor.submit(breed, tmp_path / "child").result(timeout=60)
    assert executor.submit(abs, -2).result(timeout=60).value == 2
    child, until = int((tmp_path / "child").read_text()), time.monotonic() + 60
    while psutil.pid_exists(child) and psutil.Process(child).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < until
        time.sleep(0.02)


def test_pools_that_end_before_their_workers_are_there_leave_no_thread():
    before = threading.active_count()
    for _ in range(3):
        LocalExecutor(2).shutdown()
    assert threading.active_count() <= before


def test_a_worker_that_is_killed_while_it_is_idle_costs_no_job(tmp_path):
    with LocalExecutor(1, scratch=tmp_path) as pool:
        pid = pool.submit(os.getpid).result(timeout=60).value
        idle = psutil.Process(pid)
        idle.kill()
        idle.wait(timeout=60)
        assert pool.submit(os.getpid).result(timeout=60).value != pid


def test_shutdown_leaves_no_process():
    before = set(psutil.Process().children(recursive=True))
    pool = LocalExecutor(2)
    for job in [pool.submit(os.getpid) for _ in range(2)]:
        job.result(timeout=60)
    family = set(psutil.Process().children(recursive=True)) - before
    assert len(family) == 3 + FORKS  # two workers, the reaper, and what workers are forked off from
    pool.shutdown()
    assert set(psutil.Process().children(recursive=True)) <= before


def test_available_cores_is_one_inside_an_outer_parallel_call():
    from joblib import Parallel, delayed

    assert available_cores() >= 1
    calls = (delayed(available_cores)() for _ in range(2))
    assert Parallel(n_jobs=2, prefer="threads")(calls) == [1, 1]


def test_a_working_folder_that_is_gone_changes_nothing(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.syspath_prepend("")
    gone.rmdir()
    with LocalExecutor(1) as executor:
        assert executor.submit(pow, 2, 3).result().value == 8
    monkeypatch.chdir(tmp_path)
