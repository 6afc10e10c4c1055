"""Ctrl-C in a real process: it answers at once, and what was found is there within seconds."""

import signal
import time

import pytest

from .conftest import assert_nothing_left, trials_of, wait_until

FIT = """
from sklearn.datasets import make_classification
from automl.exceptions import NothingFoundError
X, y = make_classification({n_rows}, 20, n_informative=10, random_state=0)
print("begun", flush=True)
try:
    model = automl.fit(X, y, n_jobs=2, knowledge_base=None, random_state=0, {settings})
    print(len(model.model_.members) > 0, model.run_info_["interrupted"], model.refitted_)
except NothingFoundError as error:
    print(error)
"""


@pytest.fixture
def interrupted(start, temporary, fresh_home):
    """Fit, press Ctrl-C when it is time to, and hand over what was said, and after how long."""

    def run(when, n_rows=20_000, settings="time_limit=60", faults=None):
        process = start(FIT.format(n_rows=n_rows, settings=settings), faults, stderr=-1)
        assert process.stdout.readline() == "begun\n"
        wait_until(when)
        process.send_signal(signal.SIGINT)
        sent = time.monotonic()
        answer = process.stderr.readline()
        answered = time.monotonic() - sent
        output, _ = process.communicate(timeout=200)
        assert_nothing_left([], temporary, fresh_home)
        return answer, answered, output, time.monotonic() - sent

    return run


def test_in_the_search_of_a_large_table(interrupted, fresh_home):
    answer, answered, output, seconds = interrupted(lambda: trials_of(fresh_home) >= 2)
    assert answer == "automl: interrupted: choosing the ensemble of what was found…\n"
    assert output.startswith("True True ")
    assert answered < 3.0  # a quarter of a second where nothing else runs
    assert seconds < 12.0  # two where nothing else runs; a refit alone would take longer


def test_before_the_first_result(interrupted, fresh_home):
    begun = lambda: bool(list(fresh_home.glob("broken-*")))  # noqa: E731
    answer, _, output, seconds = interrupted(
        begun, 300, "time_limit=60", dict.fromkeys(["lightgbm", "linear"], "hang")
    )
    assert answer == "automl: interrupted: nothing was found yet, ending…\n"
    assert output.startswith("`fit` was interrupted before the first pipeline was evaluated")
    assert seconds < 12.0


REFIT = """
import automl.report.progress
plain = automl.report.progress.Progress.phase
def phase(self, name):
    plain(self, name)
    if name.startswith("refitting"):
        os.kill(os.getpid(), signal.SIGINT)
automl.report.progress.Progress.phase = phase
X, y = load_breast_cancer(return_X_y=True)
model = automl.fit(X, y, time_limit=None, max_trials=4, n_jobs=1, refit=True, knowledge_base=None)
print(len(model.model_.members) > 0, model.run_info_["interrupted"], len(model.predict(X)))
"""


def test_in_the_refit_the_checked_model_is_kept(start, temporary, fresh_home):
    process = start(REFIT, stderr=-1)
    output, said = process.communicate(timeout=200)
    assert output == "True True 569\n"
    assert "interrupted: what is not fitted on all rows in two seconds stays" in said
    assert_nothing_left([], temporary, fresh_home)
