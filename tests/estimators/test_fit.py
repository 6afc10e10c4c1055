import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.metrics import f1_score
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

import automl
from automl import AutoMLClassifier, AutoMLRegressor
from automl.exceptions import DataWarning, InvalidInputError, UnsupportedSettingError

QUICK = {
    "time_limit": None,
    "max_trials": 4,
    "n_jobs": 1,
    "random_state": 0,
    "knowledge_base": None,
    "verbose": 0,
}
KNOWING = {**QUICK, "knowledge_base": "auto"}

pytestmark = pytest.mark.usefixtures("kept_worker")


def mixed_table(n=240, seed=0):
    """Numbers, categories, dates, text markers, a constant and a row number."""
    rng = np.random.default_rng(seed)
    colour = rng.choice(["red", "green", "blue"], n)
    size = rng.normal(size=n)
    X = pd.DataFrame(
        {
            "row": np.arange(n),
            "size": np.where(rng.random(n) < 0.1, np.nan, size),
            "colour": colour,
            "price": np.where(rng.random(n) < 0.05, "?", np.round(rng.random(n), 3).astype(str)),
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, n), "D"),
            "same": 1,
        }
    )
    y = pd.Series(np.where(size + (colour == "red") > 0.3, "yes", "no"), name="answer")
    return X, y


@pytest.fixture(scope="module")
def classifier():
    X, y = mixed_table()
    return automl.fit(X, y, metrics=["accuracy"], **QUICK), X, y


def test_fit_recognises_a_classification_and_returns_a_checked_model(classifier):
    model, X, y = classifier
    assert isinstance(model, AutoMLClassifier)
    assert model.task_ == "binary"
    assert list(model.classes_) == ["no", "yes"]
    holdout = model.holdout_
    assert holdout.metric == "roc_auc"
    assert holdout.ci_low <= holdout.score <= holdout.ci_high
    assert holdout.n_rows == 48
    assert set(holdout.scores) == {"roc_auc", "accuracy"}
    assert np.mean(model.predict(X) == y) > 0.8


def test_columns_are_found_and_shown(classifier):
    kinds = {column.name: column.type for column in classifier[0].columns_}
    assert kinds == {
        "row": "identifier",
        "size": "numeric",
        "colour": "categorical",
        "price": "numeric",
        "when": "datetime",
        "same": "constant",
    }


def test_probabilities_sum_to_one_and_agree_with_labels(classifier):
    model, X, _ = classifier
    probability = model.predict_proba(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.classes_[probability.argmax(axis=1)], model.predict(X))


def test_new_categories_dtypes_and_column_orders_are_handled(classifier):
    model, X, _ = classifier
    new = X.iloc[:5, ::-1].assign(extra=1, size=X["size"].iloc[:5].astype(str))
    np.testing.assert_allclose(model.predict_proba(new), model.predict_proba(X.iloc[:5]))
    unseen = X.iloc[:5].assign(colour="purple")
    assert np.isfinite(model.predict_proba(unseen)).all()


def test_one_row_may_be_a_dict_or_a_series(classifier):
    model, X, _ = classifier
    expected = model.predict_proba(X.iloc[[3]])
    row = X.iloc[3]
    for one in (row, row.to_dict(), {**row.to_dict(), "more": 1}):
        assert model.predict(one).shape == (1,)
        np.testing.assert_allclose(model.predict_proba(one), expected)
    columns = {name: list(X[name][:4]) for name in X}
    assert model.predict(columns).shape == (4,)
    with pytest.raises(InvalidInputError, match=r"lacks 1 of the columns .*'colour'"):
        model.predict(row.drop("colour").to_dict())


@pytest.mark.parametrize("fit", [automl.fit, AutoMLClassifier().fit])
def test_without_a_target_it_says_how_to_name_one(fit):
    X, y = mixed_table(20)
    with pytest.raises(InvalidInputError, match=r"fit\(table, 'answer'\).*'same', 'answer'"):
        fit(X.assign(answer=y))
    with pytest.raises(InvalidInputError, match=r"fit\(table, 'label'\)"):
        fit(X.to_numpy())


def test_weights_may_be_a_column():
    X, y = mixed_table()
    weights = np.random.default_rng(0).integers(1, 4, len(X))
    of_column = automl.fit(X.assign(w=weights), y, sample_weight="w", **QUICK)
    of_values = automl.fit(X, y, sample_weight=weights, **QUICK)
    np.testing.assert_allclose(of_column.predict_proba(X), of_values.predict_proba(X))
    assert not {column.name: column for column in of_column.columns_}["w"].used
    with pytest.raises(InvalidInputError, match="`sample_weight` must name a column of X"):
        automl.fit(X, y, sample_weight="weight", **QUICK)


def test_a_missing_column_is_named(classifier):
    model, X, _ = classifier
    with pytest.raises(InvalidInputError, match="colour"):
        model.predict(X.drop(columns="colour"))


def test_leaderboard_has_a_row_for_each_configuration(classifier):
    board = classifier[0].leaderboard()
    assert len(board) >= 1
    assert {"learner", "rung", "fidelity", "val_score", "ensemble_weight", "status"} <= set(
        board.columns
    )
    assert board["ensemble_weight"].sum() == pytest.approx(1.0)
    assert (board["status"] == "ok").any()


def test_what_a_notebook_shows_is_short(classifier):
    model = classifier[0]
    assert repr(model.holdout_) == str(model.holdout_)
    assert repr(model.model_).startswith("EnsembleModel(")
    assert len(repr(model.model_)) < 200


def test_regression_is_recognised_and_beats_the_mean():
    X, y = load_diabetes(return_X_y=True, as_frame=True)
    model = automl.fit(X, y, **QUICK)
    assert isinstance(model, AutoMLRegressor)
    assert model.holdout_.metric == "rmse"
    assert model.holdout_.ci_high < y.std()


def test_the_same_seed_gives_the_same_model():
    X, y = load_iris(return_X_y=True, as_frame=True)
    one, two = (automl.fit(X, y, **QUICK) for _ in range(2))
    np.testing.assert_array_equal(one.predict_proba(X), two.predict_proba(X))
    assert one.holdout_ == two.holdout_


def test_polars_numpy_and_pandas_give_the_same_model():
    X, y = load_iris(return_X_y=True, as_frame=True)
    reference = AutoMLClassifier(**QUICK).fit(X, y).predict_proba(X)
    of_polars = AutoMLClassifier(**QUICK).fit(pl.DataFrame(X), pl.Series(y))
    of_numpy = AutoMLClassifier(**QUICK).fit(X.to_numpy(), y.to_numpy())
    np.testing.assert_allclose(of_polars.predict_proba(pl.DataFrame(X)), reference)
    np.testing.assert_allclose(of_numpy.predict_proba(X.to_numpy()), reference)


def test_the_target_can_be_a_column_name_or_a_file(tmp_path):
    X, y = load_iris(return_X_y=True, as_frame=True)
    table = X.assign(species=y)
    table.to_csv(tmp_path / "iris.csv", index=False)
    table.to_parquet(tmp_path / "iris.parquet")
    for source in (table, tmp_path / "iris.csv", str(tmp_path / "iris.parquet")):
        model = automl.fit(source, "species", **{**QUICK, "max_trials": 1})
        assert list(model.feature_names_in_) == list(X.columns)


def test_scikit_learn_clones_pipelines_and_cross_validates():
    X, y = load_breast_cancer(return_X_y=True)
    model = AutoMLClassifier(**{**QUICK, "max_trials": 2, "test_size": 0})
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    piped = make_pipeline(FunctionTransformer(), copy)
    scores = cross_val_score(piped, X, y, cv=3, n_jobs=2, scoring="roc_auc")
    assert scores.min() > 0.95


def test_no_check_means_no_held_out_rows():
    X, y = load_iris(return_X_y=True)
    model = automl.fit(X, y, test_size=0, **QUICK)
    assert model.holdout_ is None


def test_without_refit_the_checked_model_is_returned():
    X, y = load_iris(return_X_y=True)
    checked = automl.fit(X, y, refit=False, **QUICK)
    refitted = automl.fit(X, y, refit=True, **QUICK)
    assert (checked.refitted_, refitted.refitted_) == (False, True)
    assert refitted.holdout_ == checked.holdout_  # the score is that of the fold models


@pytest.mark.parametrize("test_size", ["auto", 0])
def test_a_refit_leaves_one_model_a_member(test_size):
    X, y = load_iris(return_X_y=True)
    settings = {**QUICK, "max_trials": 11, "test_size": test_size, "cv": 2}
    kept = automl.fit(X, y, refit=False, **settings).run_info_["members"]
    once = automl.fit(X, y, refit="auto", **settings)
    assert any(n_models == 2 for _, _, n_models in kept)
    assert once.refitted_
    assert once.run_info_["members"] == [(name, weight, 1) for name, weight, _ in kept]


def test_a_class_with_a_single_member_trains_and_keeps_its_column():
    X, y = load_iris(return_X_y=True)
    y = y.astype(object)
    y[0] = "alone"
    y = np.array([str(label) for label in y])
    with pytest.warns(DataWarning, match="single row .*alone"):
        model = automl.fit(X, y, **QUICK)
    assert model.predict_proba(X).shape == (150, 4)


def test_a_limit_of_seconds_holds_and_finds_something():
    X, y = load_breast_cancer(return_X_y=True)
    model = automl.fit(X, y, time_limit=6, verbose=0, random_state=0)
    assert model.run_info_["seconds"] < 6 * 1.02 + 1
    assert model.holdout_.score > 0.9
    assert model.run_info_["statuses"]["ok"] >= 2
    assert model.run_info_["n_trials"] == len(model.history_)
    assert sum(model.run_info_["statuses"].values()) == model.run_info_["n_trials"]


def test_the_second_run_starts_from_what_the_first_found():
    X, y = load_breast_cancer(return_X_y=True)
    first = automl.fit(X[::2], y[::2], **{**KNOWING, "max_trials": 8})
    second = automl.fit(X[1::2], y[1::2], **KNOWING)
    assert first.warm_start_  # from the base that ships
    own = [start for start in second.warm_start_ if start.source.startswith("table ")]
    assert not [start for start in first.warm_start_ if start.source.startswith("table ")]
    assert own == list(second.warm_start_[: len(own)]) != []
    tried = {result.info.config.key for result in first.history_}
    assert {start.config.key for start in own} <= tried
    begun = [result.info.config for result in second.history_]
    assert own[0].config in begun
    cold = automl.fit(X[1::2], y[1::2], **QUICK)
    assert not cold.warm_start_


def test_callbacks_see_every_result():
    X, y = load_iris(return_X_y=True)
    seen = []
    model = automl.fit(X, y, callbacks=[seen.append], **QUICK)
    assert seen == list(model.history_)


def test_ctrl_c_keeps_what_was_found():
    X, y = load_iris(return_X_y=True)

    def interrupt(result):
        if result.info.number == 2:
            raise KeyboardInterrupt

    settings = {**QUICK, "max_trials": 50}
    model = automl.fit(X, y, callbacks=[interrupt], **settings)
    assert model.run_info_["interrupted"]
    assert len(model.history_) == 3
    assert np.mean(model.predict(X) == y) > 0.8


ROWS = np.arange(40.0).reshape(20, 2)
LABELS = np.arange(20) % 2


@pytest.mark.parametrize(
    ("X", "y", "settings", "message"),
    [
        (np.zeros((0, 2)), [], {}, "row"),
        (ROWS[:1], LABELS[:1], {}, "row"),
        (ROWS, np.zeros(20), {}, "one|single"),
        (ROWS, [None] * 20, {}, "no value in any row"),
        (ROWS, np.full(20, np.inf), {}, "inf|finite"),
        (ROWS, LABELS[:-1], {}, "19"),
        (ROWS, np.zeros((20, 3)), {}, "2-D|columns|shape"),
        (ROWS, LABELS, {"metric": "nope"}, "`metric`"),
        (ROWS, LABELS, {"time_limit": -1}, "`time_limit`"),
        (ROWS, LABELS, {"tme_limit": 3}, "`tme_limit` is not a setting"),
        (ROWS, LABELS, {"task": "clustering"}, "task"),
        (pd.DataFrame({"a": [1, 2, 3]}), "target", {}, "target"),
        ("no_such_file.csv", "target", {}, "no_such_file.csv"),
        (pd.DataFrame({"a": [1] * 20}), LABELS, {}, "one value in all rows"),
    ],
)
def test_bad_input_gets_one_sentence(X, y, settings, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        automl.fit(X, y, **settings)
    assert "\n" not in str(caught.value)


def test_an_unreadable_file_is_named(tmp_path):
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"this is no parquet file")
    with pytest.raises(InvalidInputError, match=r"broken\.parquet"):
        automl.fit(broken, "y")


def test_methods_of_later_versions_say_so(classifier):
    for name in ("report", "explain", "pareto"):
        with pytest.raises(UnsupportedSettingError, match=f"`{name}`"):
            getattr(classifier[0], name)()


@pytest.mark.parametrize("n", [4, 5, 12])
def test_a_handful_of_rows_is_enough_for_a_model(n):
    X, y = ROWS[:n], np.arange(n) * 1.5
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = AutoMLRegressor(**QUICK).fit(X, y)
    assert model.holdout_.n_rows >= 1
    assert np.isfinite(model.predict(X)).all()


def test_too_few_rows_for_any_fold_say_so():
    with pytest.raises(InvalidInputError, match="class with at least two rows"):
        automl.fit(ROWS[:2], ["a", "b"], **QUICK)


@pytest.mark.parametrize("optimizer", ["grid", "hyperband"])
def test_another_strategy_searches(optimizer):
    X, y = load_iris(return_X_y=True)
    settings = {**QUICK, "max_trials": 2, "knowledge_base": None, "optimizer": optimizer}
    model = automl.fit(X, y, **settings)
    assert len(model.history_) == 2
    assert set(model.leaderboard()["rung"]) == {2 if optimizer == "grid" else 0}


def test_a_quiet_run_prints_and_warns_nothing(capfd):
    X, y = load_iris(return_X_y=True)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        automl.fit(X, y, **QUICK)
    assert capfd.readouterr() == ("", "")


def rare_table(n=500, n_rare=10, seed=0):
    """Two positives in a hundred rows, which two columns point at."""
    rng = np.random.default_rng(seed)
    y = np.where(np.arange(n) < n_rare, "fraud", "fine")
    X = pd.DataFrame(rng.normal(size=(n, 4)), columns=list("abcd"))
    X["a"] += 2.0 * (y == "fraud")
    X["b"] += 1.5 * (y == "fraud")
    return X, pd.Series(y)


def test_two_percent_positives_and_a_metric_of_labels():
    X, y = rare_table(2_500, 50)  # of ten positives, thresholds are chosen by chance
    model = automl.fit(X, y == "fraud", metric="f1", metrics=["roc_auc", "mcc"], **QUICK)
    assert model.holdout_.n_rows == 500
    assert set(model.holdout_.scores) == {"f1", "roc_auc", "mcc"}
    X_new, y_new = rare_table(5_000, 100, seed=1)
    label, probability = model.predict(X_new), model.predict_proba(X_new)
    plain = model.classes_[probability.argmax(axis=1)]
    assert f1_score(y_new == "fraud", label) > f1_score(y_new == "fraud", plain)


@pytest.mark.parametrize("metric", ["auto", "f1"])
def test_folds_and_checks_without_a_positive_row(metric):
    X, y = rare_table(60, 2)
    model = automl.fit(X, y, metric=metric, **{**QUICK, "max_trials": 2})
    assert np.isfinite(model.holdout_.score)
    assert model.predict_proba(X).shape == (60, 2)


def test_a_function_of_ones_own_is_optimised_checked_and_left_behind(tmp_path):
    X, y = rare_table(300, 40)

    def gain(truth, label):
        return float(np.mean(5.0 * ((truth == "fraud") & (label == "fraud")) - (label == "fraud")))

    model = automl.fit(X, y, metric=gain, metrics=["jaccard_macro", gain], **QUICK)
    assert (model.metric_, model.holdout_.metric) == ("gain", "gain")
    assert set(model.holdout_.scores) == {"jaccard_macro", "gain"}
    assert "gain" in model.leaderboard().columns.name
    again = automl.load(model.save(tmp_path / "model.zip"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


@pytest.mark.parametrize("metric", ["poisson_deviance", "pinball_0.9", "rmsle"])
def test_regression_by_what_the_metric_asks_for(metric):
    X, _ = load_diabetes(return_X_y=True, as_frame=True)
    rng = np.random.default_rng(0)
    y = rng.poisson(np.exp(1.0 + 8.0 * X["bmi"])).astype(float)
    model = automl.fit(X, y, task="regression", metric=metric, **{**QUICK, "max_trials": 2})
    assert model.holdout_.metric == metric
    predicted = model.predict(X)
    if metric == "poisson_deviance":
        assert (predicted > 0).all()
    if metric == "pinball_0.9":
        assert np.mean(y <= predicted) > 0.75


def test_a_metric_that_the_target_does_not_allow_is_refused():
    with pytest.raises(InvalidInputError, match="'rmsle' needs targets that are not negative"):
        automl.fit(ROWS, np.arange(20) - 3.5, metric="rmsle", **QUICK)


@pytest.mark.parametrize(("optimizer", "share"), [("bohb", 1.0), ("asha", 1 / 3)])
def test_a_large_table_is_begun_with_all_rows_unless_a_strategy_says_otherwise(optimizer, share):
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.normal(size=(12_000, 3)), columns=["a", "b", "c"])
    y = X.a * X.b + 0.1 * rng.normal(size=len(X))
    model = automl.fit(X, y, time_limit=8, optimizer=optimizer, knowledge_base=None, n_jobs=1)
    first = min(model.history_, key=lambda result: result.started)
    assert first.info.config["learner"] == "lightgbm"
    assert first.details["fraction"] == pytest.approx(share)
    assert model.leaderboard()["ensemble_weight"].sum() == pytest.approx(1.0)
