"""Dates as days, parts, places on cycles, and distances between columns."""

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder


def encode(table, new=None):
    """Encoded matrix as a frame with the names of its features."""
    encoder = TableEncoder().fit(table)
    names = [feature.name for feature in encoder.features]
    return pd.DataFrame(encoder.transform(table if new is None else new), columns=names)


def test_parts_are_those_that_vary():
    days = pd.date_range("2024-02-27", periods=4)
    assert list(encode(pd.DataFrame({"d": days}))) == [
        *("d", "d.month", "d.day", "d.weekday"),
        *("d.year_sin", "d.year_cos", "d.week_sin", "d.week_cos"),
    ]
    found = encode(pd.DataFrame({"d": days}))
    assert found["d.day"].tolist() == [27, 28, 29, 1]
    assert found["d.month"].tolist() == [2, 2, 2, 3]
    assert found["d.weekday"].tolist() == [1, 2, 3, 4]
    hours = pd.date_range("2024-02-27", periods=4, freq="h")
    assert list(encode(pd.DataFrame({"d": hours}))) == ["d", "d.hour", "d.day_sin", "d.day_cos"]


@pytest.mark.parametrize(
    ("cycle", "ends", "opposite"),
    [
        ("year", ["2022-12-31", "2023-01-01"], "2023-07-02"),
        ("week", ["2023-01-08 23:00", "2023-01-09 01:00"], "2023-01-12 12:00"),
        ("day", ["2023-01-08 23:50", "2023-01-09 00:10"], "2023-01-09 12:00"),
    ],
)
def test_the_end_of_a_cycle_is_next_to_its_beginning(cycle, ends, opposite):
    dates = [*ends, opposite, "2023-03-03 05:00"]
    found = encode(pd.DataFrame({"d": pd.to_datetime(dates, format="ISO8601")}))
    place = found[[f"d.{cycle}_sin", f"d.{cycle}_cos"]].to_numpy()
    np.testing.assert_allclose(np.hypot(*place.T), 1.0, rtol=1e-6)
    assert np.linalg.norm(place[0] - place[1]) < 0.12
    assert np.linalg.norm(place[0] - place[2]) > 1.9


def test_missing_dates_are_missing_in_every_column():
    table = pd.DataFrame({"d": ["2020-01-01", None, "2021-06-05 07:00"]})
    found = encode(table)
    assert found.isna().all(axis=1).tolist() == [False, True, False]
    assert not found.iloc[[0, 2]].isna().any(axis=None)


def test_distances_between_dates_are_exact_whatever_their_origins():
    booked = pd.to_datetime(
        ["2001-01-01", "2020-05-05 12:00", None, "2023-01-01"], format="ISO8601"
    )
    arrived = ["2001-01-01 00:00:07", "2020-05-08", "2022-02-02", "2023-02-01"]
    table = pd.DataFrame({"arrived": arrived, "booked": booked})
    found = encode(table)["arrived - booked"]
    np.testing.assert_allclose(found, [7 / 86_400, 2.5, np.nan, 31.0], rtol=1e-6)


def test_distances_that_never_change_are_left_out_and_pairs_are_bounded():
    first = pd.date_range("2020-01-01", periods=30)
    rng = np.random.default_rng(0)
    same = pd.DataFrame({"a": first, "b": first + pd.Timedelta("3D")})
    assert not any(" - " in name for name in encode(same))
    many = {f"d{i}": first + pd.to_timedelta(rng.integers(0, 90, 30), "D") for i in range(9)}
    assert sum(" - " in name for name in encode(pd.DataFrame(many))) == 15
