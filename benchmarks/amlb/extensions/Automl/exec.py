"""Integration into the AutoML Benchmark; this half runs in the environment of the system.

Default settings only, as the rules of the benchmark ask. Metric, time, cores, memory and seed come
from the benchmark; its test fold is the check, so that no rows are held out (`test_size=0`), and
nothing is remembered from one job to the next.
"""

import logging
import os
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
from frameworks.shared.callee import call_run, measure_inference_times, result
from frameworks.shared.utils import Timer

import automl

log = logging.getLogger(__name__)

_METRICS = {
    "auc": "roc_auc",
    "logloss": "log_loss",
    "acc": "accuracy",
    "balacc": "balanced_accuracy",
    "f1": "f1",
    "pr_auc": "average_precision",
    "auc_ovr": "roc_auc_ovr",
    "rmse": "rmse",
    "mse": "mse",
    "mae": "mae",
    "msle": "rmsle",
    "rmsle": "rmsle",
    "r2": "r2",
}
"""Names of the benchmark, and ours; an unknown one is refused rather than replaced."""


def run(dataset, config):
    """Fit and predict one fold."""
    if config.metric not in _METRICS:
        raise ValueError(f"metric {config.metric!r} is not one of {', '.join(_METRICS)}")
    log.info("automl %s", automl.__version__)
    classes = config.type == "classification"
    y_train, y_test = _column(dataset.train.y), _column(dataset.test.y)
    if classes:
        y_train, y_test = y_train.astype(str), y_test.astype(str)
    with tempfile.TemporaryDirectory() as home:
        os.environ["AUTOML_HOME"] = home
        with Timer() as training:
            model = automl.fit(
                dataset.train.X,
                y_train,
                task="classification" if classes else "regression",
                time_limit=config.max_runtime_seconds,
                metric=_METRICS[config.metric],
                n_jobs=config.cores,
                memory_limit=config.max_mem_size_mb / config.cores,
                random_state=config.seed,
                test_size=0,
                verbose=0,
                **({"knowledge_base": None} if config.framework_params.get("_cold") else {}),
            )
        with Timer() as predict:
            predictions = model.predict(dataset.test.X)
            probabilities = model.predict_proba(dataset.test.X) if classes else None
        times = _inference_times(model, dataset) if config.measure_inference_time else {}
    return result(
        output_file=config.output_predictions_file,
        predictions=_text(predictions) if classes else predictions,
        truth=_text(y_test) if classes else y_test.to_numpy(),
        probabilities=probabilities,
        probabilities_labels=[str(label) for label in model.classes_] if classes else None,
        models_count=model.run_info_["n_models"],
        training_duration=training.duration,
        predict_duration=predict.duration,
        inference_times=times,
    )


def _column(y):
    """Return the target as a series; it comes as a table of one column."""
    return y.iloc[:, 0] if isinstance(y, pd.DataFrame) else pd.Series(np.ravel(y))


def _text(labels):
    """Fixed-width strings: objects that numpy 2 pickles cannot be read by the benchmark's numpy."""
    return np.asarray(labels).astype(str)


def _inference_times(model, dataset):
    def infer(rows):
        return model.predict(pd.read_parquet(rows) if isinstance(rows, str) else rows)

    single = [(1, dataset.test.X.sample(1, random_state=i)) for i in range(100)]
    return {
        "file": measure_inference_times(infer, dataset.inference_subsample_files),
        "df": measure_inference_times(infer, single),
    }


if __name__ == "__main__":
    call_run(run)
    # The benchmark gives up a job whose output closes a moment before its process has ended: this
    # one keeps it open for longer.
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(2)"], start_new_session=True)
