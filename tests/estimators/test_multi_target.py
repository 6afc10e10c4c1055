"""Several target columns of one table, from the front doors to a saved model."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.utils.estimator_checks import check_classifier_multioutput

import automl
from automl import AutoMLClassifier, AutoMLRegressor
from automl.cli import main
from automl.exceptions import DataWarning, InvalidInputError

pytestmark = pytest.mark.usefixtures("kept_worker")

QUICK = {
    "time_limit": None,
    "max_trials": 1,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
    "knowledge_base": None,
    "refit": False,
}


def table(n=150, seed=0):
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(rng.normal(size=(n, 3)), columns=["a", "b", "c"])
    noise = rng.normal(size=(n, 2)) / 2
    Y = pd.DataFrame(
        {
            "hot": (X["a"] + noise[:, 0] > 0).astype(int),
            "kind": np.where(X["b"] + noise[:, 1] > 0, "up", "down"),
        }
    )
    return X, Y


def numbers(n=150, seed=0):
    X, _ = table(n, seed)
    rng = np.random.default_rng(seed + 1)
    return X, np.column_stack([3 * X["a"], X["b"] - X["c"]]) + rng.normal(size=(n, 2)) / 5


def test_classes_by_name_with_missing_cells_and_a_constant(tmp_path):
    X, Y = table()
    whole = X.assign(**Y, same="x")
    whole.loc[:19, "kind"] = None
    with pytest.warns(DataWarning, match=r"'same' \(1 in all\) cannot be learned"):
        model = automl.fit(whole, ["hot", "kind", "same"], metrics=["accuracy"], **QUICK)
    assert isinstance(model, AutoMLClassifier)
    assert model.task_ == "multilabel"
    assert [list(classes) for classes in model.classes_] == [[0, 1], ["down", "up"], ["x"]]
    predicted = model.predict(X)
    assert predicted.shape == (150, 3)
    assert np.mean(predicted[:, 0] == Y["hot"]) > 0.7
    assert np.mean(predicted[:, 1] == Y["kind"]) > 0.7
    assert set(predicted[:, 2]) == {"x"}
    assert [one.shape for one in model.predict_proba(X)] == [(150, 2), (150, 2), (150, 1)]
    right = np.all(predicted == Y.assign(same="x").to_numpy(), axis=1)
    assert model.score(X, Y.assign(same="x")) == pytest.approx(right.mean())
    assert model.score(X, Y.assign(same="x"), np.arange(150) < 10) == pytest.approx(
        right[:10].mean()
    )
    each = model.holdout_.targets
    assert set(each) == {"hot", "kind"}
    assert model.holdout_.score == pytest.approx(np.mean([one.score for one in each.values()]))
    assert model.holdout_.ci_low <= model.holdout_.score <= model.holdout_.ci_high
    assert model.holdout_.n_rows == each["hot"].n_rows == 30
    assert each["kind"].n_rows < 30
    assert "accuracy" in model.holdout_.scores
    assert list(model.leaderboard()["target"]) == ["hot", "kind"]
    again = automl.load(model.save(tmp_path / "model.automl"))
    np.testing.assert_array_equal(again.predict(X), predicted)
    np.testing.assert_array_equal(again.estimators_[1].predict(X), predicted[:, 1])


def test_numbers_are_those_of_single_fits_on_the_same_rows():
    X, Y = numbers()
    model = automl.fit(X, Y, **QUICK, test_size=0)
    assert isinstance(model, AutoMLRegressor)
    assert model.holdout_ is None
    assert model.target_names_ == ("0", "1")
    for k in range(2):
        single = AutoMLRegressor(**QUICK, test_size=0).fit(X, Y[:, k])
        np.testing.assert_array_equal(model.predict(X)[:, k], single.predict(X))
    frame = pl.DataFrame({"u": Y[:, 0], "v": Y[:, 1]})
    of_polars = AutoMLRegressor(**QUICK, test_size=0).fit(pl.DataFrame(X), frame)
    np.testing.assert_array_equal(of_polars.predict(X), model.predict(X))
    one = AutoMLRegressor(**QUICK, test_size=0).fit(X, Y[:, :1])
    assert one.predict(X).shape == (150,)
    assert one.predict(X).tolist() == model.predict(X)[:, 0].tolist()


def test_groups_weights_and_missing_cells_stay_with_their_rows():
    X, Y = numbers()
    groups = np.arange(150) // 10
    Y[:15, 0] = np.nan
    weights = np.where(np.arange(150) < 75, 1.0, 1e-6)
    Y[75:] *= -1
    settings = {**QUICK, "test_size": 30}
    model = AutoMLRegressor(**settings).fit(X, Y, groups=groups, sample_weight=weights)
    assert model.holdout_.n_rows in (20, 30, 40)  # whole groups
    predicted = model.predict(X)[:75]
    for k, source in enumerate([X["a"], X["b"] - X["c"]]):
        assert np.corrcoef(predicted[:, k], source[:75])[0, 1] > 0.5


def test_rows_of_the_user_check():
    X, Y = table()
    X_test, Y_test = table(40, seed=5)
    Y_test.loc[:9, "hot"] = None
    named = automl.fit(
        X.assign(**Y), ["hot", "kind"], X_test=X_test.assign(**Y_test), **QUICK
    ).holdout_
    assert (named.n_rows, named.targets["hot"].n_rows) == (40, 30)
    given = automl.fit(X, Y, X_test=X_test, y_test=Y_test[["kind", "hot"]], **QUICK).holdout_
    assert given == named


def test_the_contract_of_scikit_learn():
    check_classifier_multioutput("AutoMLClassifier", AutoMLClassifier(**QUICK))


def test_the_limit_is_that_of_all_targets_together():
    X, Y = table(400)
    Y = pd.concat([Y, Y.add_suffix("_again"), 1 - Y[["hot"]].add_suffix("_not")], axis=1)
    model = automl.fit(X, Y, **{**QUICK, "time_limit": 6, "max_trials": None, "refit": "auto"})
    assert model.run_info_["seconds"] < 6 * 1.02 + 1
    shares = [one["seconds"] for one in model.run_info_["targets"].values()]
    assert len(shares) == 5
    assert all(one["n_trials"] for one in model.run_info_["targets"].values())
    assert max(shares) < 3


def test_ctrl_c_keeps_the_targets_that_were_reached():
    X, Y = table()

    def interrupt(_):
        raise KeyboardInterrupt

    with pytest.warns(DataWarning, match="'kind' .*not reached in time"):
        model = automl.fit(X, Y, callbacks=[interrupt], **{**QUICK, "max_trials": 9})
    assert model.run_info_["interrupted"]
    assert np.mean(model.predict(X)[:, 0] == Y["hot"]) > 0.7
    assert len(set(model.predict(X)[:, 1])) == 1


def test_several_then_one():
    X, Y = table()
    model = AutoMLClassifier(**QUICK).fit(X, Y).fit(X, Y["hot"])
    assert not hasattr(model, "estimators_")
    assert model.predict(X).shape == (150,)


def test_the_command_line(tmp_path, capsys):
    X, Y = table()
    X.assign(**Y).to_csv(tmp_path / "train.csv", index=False)
    model, out = str(tmp_path / "m.automl"), str(tmp_path / "out.csv")
    arguments = ["--time-limit", "4", "--random-state", "0", "--no-knowledge-base", "--out", model]
    assert main(["fit", str(tmp_path / "train.csv"), "--target", "hot,kind", *arguments]) == 0
    said = capsys.readouterr().out
    assert "mean of 2 targets" in said
    assert "  kind: roc_auc" in said
    assert main(["predict", model, str(tmp_path / "train.csv"), "--out", out]) == 0
    assert list(pd.read_csv(out)) == [
        "prediction_hot",
        "probability_hot_0",
        "probability_hot_1",
        "prediction_kind",
        "probability_kind_down",
        "probability_kind_up",
    ]


X, Y = table(60)


@pytest.mark.parametrize(
    ("y", "settings", "message"),
    [
        (Y.assign(size=X["a"]), {}, "classes in 'hot', 'kind' and numbers in 'size'"),
        (Y.assign(hot=1, kind="x"), {}, "only one class or value in each of its 2 columns"),
        (Y.assign(hot=None), {}, "^Target 'hot': y has no value in any row"),
        (Y.assign(when=pd.Timestamp("2024-01-01")), {"task": "regression"}, "^Target"),
        (Y, {"metric": "nope"}, "^Target 'hot': `metric`"),
        (Y, {"resume": "somewhere"}, "`resume` must be None where y has several targets"),
        (Y, {"X_test": X, "y_test": Y["hot"]}, "`y_test` must have the 2 columns of y; got 1"),
        (Y.where(X["a"] > 0), {"cv": [(range(30), range(30, 60))]}, "`cv` .*positions"),
        (["a", "nope"], {}, "target 'nope' is not a column"),
    ],
)
def test_what_does_not_fit_is_told_in_a_sentence(y, settings, message):
    with pytest.raises(InvalidInputError, match=message) as caught:
        automl.fit(X, y, **{**QUICK, **settings})
    assert "\n" not in str(caught.value)
