import os
import threading

import lightgbm  # noqa: F401  brings OpenMP along
import scipy.linalg  # noqa: F401  brings BLAS along
from threadpoolctl import threadpool_info

from automl.threads import allow_threads, allowed_threads, limit_threads


def test_all_pools_have_one_thread_inside_and_as_many_as_before_outside():
    before = [pool["num_threads"] for pool in threadpool_info()]
    with limit_threads():
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_threads_that_overlap_leave_the_limits_as_they_were():
    before = [pool["num_threads"] for pool in threadpool_info()]
    first_is_in, second_is_in, first_is_out = (threading.Event() for _ in range(3))

    def first():
        with limit_threads():
            first_is_in.set()
            assert second_is_in.wait(60)
        first_is_out.set()

    def second():
        assert first_is_in.wait(60)
        with limit_threads():
            second_is_in.set()
            assert first_is_out.wait(60)

    threads = [threading.Thread(target=function) for function in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_a_job_with_two_threads_has_two_and_the_next_has_one():
    with allow_threads(2), limit_threads():
        assert {pool["num_threads"] for pool in threadpool_info()} <= {1, 2}
        assert max(pool["num_threads"] for pool in threadpool_info()) == min(2, os.cpu_count())
    assert allowed_threads() == 1
