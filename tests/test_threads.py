import lightgbm  # noqa: F401  brings OpenMP along
import scipy.linalg  # noqa: F401  brings BLAS along
from threadpoolctl import threadpool_info

from automl.threads import single_thread


def test_all_pools_have_one_thread_inside_and_as_many_as_before_outside():
    before = [pool["num_threads"] for pool in threadpool_info()]
    with single_thread():
        assert {pool["num_threads"] for pool in threadpool_info()} == {1}
    assert [pool["num_threads"] for pool in threadpool_info()] == before
