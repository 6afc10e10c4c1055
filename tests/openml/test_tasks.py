import json
import os
import socket
import subprocess
import sys

import numpy as np
import openml as client_package
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, log_loss, roc_auc_score

import automl.openml
from automl.exceptions import InvalidInputError, OpenMLError, UnsupportedSettingError
from tests.openml.conftest import files_of

QUICK = {"time_limit": None, "max_trials": 1, "n_jobs": 1, "random_state": 0, "refit": False}

pytestmark = pytest.mark.usefixtures("kept_worker")


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_args, **_settings):
        raise OSError("there is no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def test_a_cached_task_runs_offline_and_openml_reads_the_run_back(
    cached_task, no_network, tmp_path
):
    seen = []
    result = automl.openml.fit_task(
        1882, folds=2, output=tmp_path / "run", on_fold=seen.append, **QUICK
    )
    assert [(fold.repeat, fold.fold, fold.status) for fold in seen] == [(0, 0, "ok"), (0, 1, "ok")]
    run = client_package.runs.OpenMLRun.from_filesystem(tmp_path / "run")
    assert run.task_id == 1882
    task = client_package.tasks.get_task(1882)
    tests = [task.get_train_test_split_indices(fold=fold)[1] for fold in range(2)]
    assert [row[3] for row in run.data_content] == np.concatenate(tests).tolist()
    truth = task.get_dataset().get_data(target="class")[1].astype(str)
    assert [row[5] for row in run.data_content] == truth.iloc[np.concatenate(tests)].tolist()
    predicted = pd.DataFrame(run.data_content[:90])
    expected = accuracy_score(predicted[5], predicted[4])
    assert run.fold_evaluations["predictive_accuracy"][0][0] == expected
    assert result.folds[0].scores["accuracy"] == expected
    codes = predicted[5].map(task.class_labels.index)
    loss = log_loss(codes, predicted.iloc[:, 6:], labels=range(6))
    assert result.folds[0].scores["log_loss"] == pytest.approx(loss)
    assert result.mean == pytest.approx(np.mean([fold.scores["log_loss"] for fold in seen]))
    assert result.deviation > 0
    assert expected > 0.9
    assert "task 1882 (anneal): log_loss" in str(result)


def test_nominal_columns_lose_the_order_of_the_file(cached_task, no_network):
    from automl.openml.loading import load_task

    X = load_task(1882).X
    nominal = [c for c in X if isinstance(X[c].dtype, pd.CategoricalDtype)]
    assert len(nominal) > 20
    assert not any(X[c].dtype.ordered for c in nominal)


def test_a_run_is_published_with_its_local_predictions(server, client, monkeypatch, tmp_path):
    output = tmp_path / "task"
    key = client.config.apikey
    monkeypatch.setattr(client.config, "apikey", "wrong")
    with pytest.raises(OpenMLError, match="did not accept the API key"):
        automl.openml.fit_task(1, output=output, publish=True, **QUICK)
    monkeypatch.setattr(client.config, "apikey", key)
    assert not server.runs
    folds = files_of(output / "folds")
    assert len(folds) == 2
    result = automl.openml.fit_task(1, output=output, publish=True, **QUICK)
    assert result.run_id in server.runs
    run = client_package.runs.get_run(result.run_id)
    local = client_package.runs.OpenMLRun.from_filesystem(output)
    assert run.predictions.to_numpy().tolist() == local.data_content
    assert len(local.data_content) == 60
    assert {row[5] for row in local.data_content} == {"TRUE", "FALSE"}
    assert run.fold_evaluations == local.fold_evaluations
    for fold, rows in pd.DataFrame(local.data_content).groupby(1):
        score = roc_auc_score(rows[5] == "TRUE", rows[7])
        assert result.folds[int(fold)].scores["roc_auc"] == pytest.approx(score)
    parameters = {p["oml:name"]: p["oml:value"] for p in run.parameter_settings}
    assert parameters["max_trials"] == "1"
    assert parameters["test_size"] == "0"
    assert len(client_package.setups.get_setup(run.setup_id).parameters) == len(parameters)
    assert (
        client_package.flows.get_flow(run.flow_id).name
        == "automl.estimators.classifier.AutoMLClassifier"
    )

    again = automl.openml.fit_task(1, output=output, publish=True, **QUICK)
    assert (again.run_id, again.mean) == (result.run_id, result.mean)
    assert len(server.runs) == 1
    assert files_of(output / "folds") == folds


def test_a_regression_task(server, tmp_path):
    result = automl.openml.fit_task(3, folds=[1], output=tmp_path / "run", **QUICK)
    assert result.metric == "rmse"
    assert result.folds[0].scores["r2"] > 0.3
    run = client_package.runs.OpenMLRun.from_filesystem(tmp_path / "run")
    assert [row[1] for row in run.data_content] == [1.0] * 30
    errors = [row[3] - row[4] for row in run.data_content]
    assert result.mean == pytest.approx(np.sqrt(np.mean(np.square(errors))))
    assert np.isnan(result.deviation)


def test_lists_of_the_server_lead_to_tasks(server):
    tasks = client_package.tasks.list_tasks(output_format="dataframe")
    assert dict(zip(tasks["tid"], tasks["name"], strict=True))[2] == "three"
    data = client_package.datasets.list_datasets(output_format="dataframe")
    assert set(data["NumberOfInstances"]) == {60}
    assert client_package.datasets.get_dataset(12, download_qualities=True).qualities == {
        "NumberOfInstances": 60.0
    }


def test_a_flow_inside_a_flow_gets_numbers_everywhere(server):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), automl.AutoMLClassifier())
    extension = client_package.extensions.get_extension_by_model(pipeline)
    flow = extension.model_to_flow(pipeline).publish()
    numbers = [flow.flow_id, *(part.flow_id for part in flow.components.values())]
    assert len(set(numbers)) == 3
    assert set(numbers) == set(server.flows)


@pytest.mark.parametrize(
    ("task_id", "error", "message"),
    [
        (99, OpenMLError, "has no such task, asked for task 99"),
        (4, OpenMLError, "4 is none .it is Clustering"),
        (0, InvalidInputError, "`task_id` must be the number"),
        ("anneal", InvalidInputError, "got 'anneal'"),
    ],
)
def test_a_task_that_cannot_be_run_is_one_sentence_and_leaves_the_cache_alone(
    server, client, tmp_path, task_id, error, message
):
    cache = client.config._root_cache_directory
    automl.openml.loading.load_task(3)
    before = files_of(cache)
    with pytest.raises(error, match=message) as caught:
        automl.openml.fit_task(task_id, output=tmp_path / "run", **QUICK)
    assert "\n" not in str(caught.value)
    assert files_of(cache) == before
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("missing", ["datasplits.arff", "dataset.arff", "description.xml", "all"])
def test_without_network_what_is_cached_stays(cached_task, no_network, missing):
    for path in cached_task.rglob("*"):
        if path.name == missing:
            path.unlink()
    before = files_of(cached_task)
    with pytest.raises(OpenMLError, match=r"could not be reached for task .*: check the network"):
        automl.openml.fit_task(5 if missing == "all" else 1882, **QUICK)
    assert files_of(cached_task) == before


def test_a_damaged_file_in_the_cache_is_named_and_stays(cached_task, no_network):
    splits = next(cached_task.rglob("datasplits.arff"))
    splits.write_text("@relation x\n@attribute type {TRAIN,TEST}\n@data\nTRAIN\n")
    before = files_of(cached_task)
    with pytest.raises(OpenMLError, match="openml failed on task 1882"):
        automl.openml.fit_task(1882, **QUICK)
    assert files_of(cached_task) == before


@pytest.mark.parametrize(
    ("settings", "error", "message"),
    [
        ({"time_limit": -1}, InvalidInputError, "`time_limit` must be a positive number"),
        ({"test_size": 0.2}, InvalidInputError, "`test_size` must be 0 on OpenML"),
        ({"speed": 9}, InvalidInputError, "`speed` is not a setting"),
        ({"executor": "dask"}, UnsupportedSettingError, "`executor`"),
        ({"folds": 3}, InvalidInputError, "`folds` must be None, a number up to 2"),
        ({"folds": [(1, 0)]}, InvalidInputError, r"which go up to \(0, 1\)"),
        ({"folds": 1, "publish": True}, InvalidInputError, "`publish` needs all 2 folds"),
        ({"metric": "rmse"}, InvalidInputError, "`metric`"),
        (
            {"random_state": np.random.default_rng(0)},
            InvalidInputError,
            "Settings of an OpenML run",
        ),
    ],
)
def test_mistakes_in_settings_are_raised_and_write_nothing(
    server, tmp_path, settings, error, message
):
    with pytest.raises(error, match=message):
        automl.openml.fit_task(1, output=tmp_path / "run", **{**QUICK, **settings})
    assert not list((tmp_path / "run").glob("folds/*"))


def test_publishing_needs_a_key_before_anything_is_run(server, client, monkeypatch, tmp_path):
    monkeypatch.setattr(client.config, "apikey", "")
    with pytest.raises(OpenMLError, match="`publish` needs the API key"):
        automl.openml.fit_task(1, publish=True, output=tmp_path / "run", **QUICK)
    assert server.requests == []


def test_folds_neither_mix_settings_nor_learn_from_each_other(server, tmp_path, fresh_home):
    output = tmp_path / "run"
    automl.openml.fit_task(1, folds=1, output=output, **QUICK)
    assert not list((fresh_home / "knowledge").rglob("*.gz"))
    with pytest.raises(InvalidInputError, match=r"was begun with random_state 0, got 1"):
        automl.openml.fit_task(1, output=output, **{**QUICK, "random_state": 1})
    assert json.loads((output / "task.json").read_text())["settings"]["random_state"] == "0"


def test_a_broken_configuration_of_openml_is_one_sentence(tmp_path):
    config = tmp_path / "openml" / "config"
    config.parent.mkdir()
    config.write_text("retry_policy = retry_policy\nconnection_n_retries = many\n")
    done = subprocess.run(
        [sys.executable, "-m", "automl", "openml", "run", "1"],
        env={**os.environ, "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("automl: The configuration file of openml cannot be read")
    assert done.stderr.count("\n") == 1
