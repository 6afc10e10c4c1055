import subprocess
import sys
import warnings

from automl.estimators import AutoMLClassifier, check_settings
from automl.run.workers import open_workers

# A learner's own process, in a session of its own: the end of its worker is not its end.
_WRITER = """
import itertools, os, sys, time
print("writing", flush=True)
end = time.monotonic() + 1.0
for k in itertools.count():
    if time.monotonic() > end or not os.path.isdir(sys.argv[1]):
        break
    try:
        open(os.path.join(sys.argv[1], f"{k}.joblib"), "w").close()
    except FileNotFoundError:
        break
"""


def test_a_process_that_still_writes_neither_costs_the_model_nor_leaves_the_folder():
    settings = check_settings(AutoMLClassifier(n_jobs=1).get_params(deep=False))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with open_workers(settings) as workers:
            models = workers.store.folder / "models"
            models.mkdir()
            for k in range(2000):  # so many that removing them takes a while
                (models / f"old-{k}.joblib").touch()
            writer = subprocess.Popen(
                [sys.executable, "-c", _WRITER, str(models)],
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
            assert writer.stdout is not None
            assert writer.stdout.readline() == b"writing\n"
    writer.stdout.close()
    assert writer.wait() == 0
    assert not workers.store.folder.exists()
