from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.common.simulators import SIMULATORS, simulate


def test_two_planes_follow_the_book():
    table = simulate("2dplanes", 20_000)
    first, second = table[table["x1"] == 1], table[table["x1"] == -1]
    noise = first["y"] - (3 + 3 * first["x2"] + 2 * first["x3"] + first["x4"])
    assert noise.mean() == pytest.approx(0.0, abs=0.05)
    assert noise.var() == pytest.approx(1.0, abs=0.05)
    noise = second["y"] - (-3 + 3 * second["x5"] + 2 * second["x6"] + second["x7"])
    assert noise.var() == pytest.approx(1.0, abs=0.05)
    assert set(table["x1"]) == {-1, 1}
    assert table["x7"].value_counts(normalize=True).min() > 0.32


def test_friedman_has_noise_of_variance_one():
    x = simulate("fried", 20_000)
    curve = 10 * np.sin(np.pi * x["x1"] * x["x2"]) + 20 * (x["x3"] - 0.5) ** 2
    assert (x["y"] - curve - 10 * x["x4"] - 5 * x["x5"]).var() == pytest.approx(1.0, abs=0.05)


def test_mv_is_a_function_of_its_columns():
    table = simulate("mv", 5_000)
    assert (table["x3"].eq("green") == table["x1"].gt(0)).all()
    assert (table["x8"].eq("normal") == table["x5"].lt(0.5)).all()
    plain = table[~table["x4"].between(-2, 2) & table["x7"].eq("no") & table["x8"].eq("large")]
    np.testing.assert_allclose(plain["y"], plain["x1"] / 2)
    near = table[table["x4"].between(-2, 2)]
    np.testing.assert_allclose(near["y"], 10 - 2 * near["x1"])


def test_mixed_has_numbers_with_holes_and_categories_of_many_levels():
    table = simulate("mixed", 20_000)
    categories = table.drop(columns="y").select_dtypes("category")
    few, dozen, fifty, many = (categories[name].nunique() for name in categories)
    assert (few, dozen, fifty) == (4, 12, 50)
    assert 800 < many <= 1_000
    assert table["number9"].isna().mean() == pytest.approx(0.5, abs=0.02)
    assert table["y"].eq("yes").mean() == pytest.approx(0.4, abs=0.05)


def test_a_wide_table_has_the_columns_that_are_asked_for_and_they_say_something():
    table = simulate("wide", 400, 1_000)
    assert table.shape == (400, 1_001)
    strongest = table.drop(columns="y").corrwith(table["y"].eq("yes").astype(float)).abs()
    assert strongest.max() > 0.3


@pytest.mark.parametrize("name", list(SIMULATORS))
def test_a_seed_is_a_table(name):
    columns = 50 if SIMULATORS[name].is_wide else None
    first = simulate(name, 30, columns)
    pd.testing.assert_frame_equal(first, simulate(name, 30, columns))
    assert not first.equals(simulate(name, 30, columns, seed=1))


def test_other_columns_than_its_own_are_refused():
    with pytest.raises(ValueError, match="fried has 10 columns, use fried@30; got 5"):
        simulate("fried", 30, 5)
