"""What occurs in held-out rows alone is not known to the model that is checked on them."""

import numpy as np
import pandas as pd
import pytest

import automl

N_ROWS = 200
SETTINGS = {
    "time_limit": None,
    "max_trials": 2,
    "n_jobs": 1,
    "random_state": 0,
    "verbose": 0,
    "knowledge_base": None,
    "refit": False,
}


def table():
    rng = np.random.default_rng(0)
    words = rng.choice(
        ["red", "green", "blue", "small", "large", "old", "new", "cold"], (N_ROWS, 5)
    )
    X = pd.DataFrame(
        {
            "size": rng.normal(size=N_ROWS),
            "city": rng.choice(["here", "there", "nowhere"], N_ROWS),
            "remark": [" ".join([*row, str(i)]) for i, row in enumerate(words)],
        }
    )
    return X, pd.Series(X["size"] + rng.normal(size=N_ROWS), name="y")


@pytest.fixture(scope="module")
def fitted():
    """Models of the same table without and with strange cells in the held-out rows alone."""
    X, y = table()
    plain = automl.fit(X, y, **SETTINGS)
    held_out = held_out_of(y)
    planted = X.copy()
    planted.loc[held_out, "size"] = 1e9
    planted.loc[held_out, "city"] = "elsewhere"
    planted.loc[held_out, "remark"] = "unheard of words that nobody wrote before"
    return plain, automl.fit(planted, y, **SETTINGS), X, planted, held_out


def held_out_of(y):
    from automl.estimators import AutoMLRegressor, check_settings
    from automl.run.scheme import Scheme
    from automl.run.validation import held_out_rows

    settings = check_settings({**AutoMLRegressor().get_params(deep=False), **SETTINGS})
    rng = np.random.default_rng(SETTINGS["random_state"])
    return held_out_rows(y.to_numpy(), "regression", Scheme(), settings, rng)[1]


def test_the_encoder_is_the_same_whatever_the_held_out_rows_hold(fitted):
    plain, strange, X, planted, held_out = fitted
    assert plain.holdout_.n_rows == len(held_out)
    assert strange.encoder_.features == plain.encoder_.features
    assert strange.columns_ == plain.columns_
    assert "elsewhere" not in str(strange.columns_)
    rows = np.setdiff1d(np.arange(N_ROWS), held_out)
    one, other = (model.encoder_.transform(X.iloc[rows]) for model in (plain, strange))
    assert np.array_equal(one, other, equal_nan=True)
    codes = strange.encoder_.transform(planted.iloc[held_out[:3]])
    place = [feature.name for feature in strange.encoder_.features].index("city")
    assert np.isnan(codes[:, place]).all()


def test_the_model_is_the_same_and_only_the_check_differs(fitted):
    plain, strange, X, _, _ = fitted
    assert np.array_equal(plain.predict(X), strange.predict(X))
    assert plain.holdout_.score != strange.holdout_.score
