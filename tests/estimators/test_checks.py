"""The contract of scikit-learn, check by check."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from automl import AutoMLClassifier, AutoMLRegressor

SMALL = {
    "time_limit": None,
    "max_trials": 1,
    "n_jobs": 1,
    "test_size": 0,
    "refit": False,
    "knowledge_base": None,
    "verbose": 0,
}

_ROWS_COUNT = (
    "columns are typed and scaled, and trees are limited and stopped, by numbers of rows and not "
    "by their weights, as in the forests and the boosting of scikit-learn, which fail it too"
)
EXPECTED = {
    "check_sample_weight_equivalence_on_dense_data": _ROWS_COUNT,
    "check_sample_weight_equivalence_on_sparse_data": _ROWS_COUNT,
}


@pytest.mark.usefixtures("kept_worker")
@pytest.mark.filterwarnings("ignore::automl.exceptions.DataWarning")
@parametrize_with_checks(
    [AutoMLClassifier(**SMALL), AutoMLRegressor(**SMALL)],
    expected_failed_checks=lambda _: EXPECTED,
    xfail_strict=True,
)
def test_the_contract_of_scikit_learn_is_kept(estimator, check):
    check(estimator)
