"""Workers forked off from one process that has loaded their packages."""

import os
import signal
import time

import numpy as np
import psutil
import pytest

from automl.execution import JobCrashed
from automl.execution.local import FORKS, LocalExecutor
from tests.execution.contract import begin, wait_for

pytestmark = pytest.mark.skipif(not FORKS, reason="the platform does not fork safely")


@pytest.fixture
def counted(tmp_path, monkeypatch):
    """A module that notes when it is loaded."""
    (tmp_path / "counted.py").write_text(
        f"import numpy, os; open({str(tmp_path / 'loaded')!r}, 'a').write(f'{{os.getpid()}} ')"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path / "loaded"


def draw(_):
    time.sleep(0.05)  # so that the other worker gets a turn
    return os.getpid(), os.getppid(), np.random.random()  # noqa: NPY002  as learners of others do


def test_packages_are_loaded_once_for_all_workers_and_those_that_replace_them(counted, tmp_path):
    with LocalExecutor(2, scratch=tmp_path, preload=("counted",)) as pool:
        first = [pool.submit(draw, i).result(timeout=60).value for i in range(2)]
        killed = psutil.Process(first[0][0])
        killed.kill()
        killed.wait(timeout=60)
        jobs = [pool.submit(draw, i) for i in range(6)]
        drawn = first + [job.result(timeout=60).value for job in jobs]
    pids, parents, numbers = zip(*drawn, strict=True)
    assert {int(pid) for pid in counted.read_text().split()} == set(parents)
    assert len(set(parents)) == 1
    assert len(set(pids)) >= 2
    assert len(set(numbers)) == len(numbers)


def test_a_killed_fork_server_is_replaced_with_its_workers(tmp_path):
    with LocalExecutor(1) as pool:
        pid, parent = (pool.submit(get).result(timeout=60).value for get in (os.getpid, os.getppid))
        running = pool.submit(begin, tmp_path / "running", 600.0)
        wait_for(tmp_path / "running")
        os.kill(parent, signal.SIGKILL)
        assert isinstance(running.exception(timeout=60), JobCrashed)
        other = pool.submit(os.getppid).result(timeout=60).value
        assert other != parent
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_packages_that_cannot_be_loaded_are_told_with_each_job():
    with (
        LocalExecutor(1, preload=("no_such_package",)) as pool,
        pytest.raises(JobCrashed, match="No module named 'no_such_package'"),
    ):
        pool.submit(abs, -1).result(timeout=60)


def test_a_pool_that_ends_while_packages_are_loaded_leaves_nothing(tmp_path, monkeypatch):
    (tmp_path / "asleep.py").write_text("import time; time.sleep(600)")
    monkeypatch.syspath_prepend(tmp_path)
    before = set(psutil.Process().children(recursive=True))
    started = time.monotonic()
    with LocalExecutor(2, preload=("asleep",)) as pool:
        job = pool.submit(abs, -1)
        time.sleep(0.5)
    assert time.monotonic() - started < 10
    assert job.done()
    assert set(psutil.Process().children(recursive=True)) <= before
