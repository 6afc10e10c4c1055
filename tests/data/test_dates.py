"""Dates as days, parts, places on cycles, and distances between columns."""

import warnings

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder
from automl.exceptions import DataWarning


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


@pytest.mark.parametrize(
    ("texts", "days", "order"),
    [
        (["03/04/2021", "25/12/2021"], ["2021-04-03", "2021-12-25"], ": day before month"),
        (["03/04/2021", "12/25/2021"], ["2021-03-04", "2021-12-25"], ": month before day"),
        (["03-04-2021", "25-12-2021"], ["2021-04-03", "2021-12-25"], ": day before month"),
        (["3.4.2021", "5.6.2021"], ["2021-04-03", "2021-06-05"], ": day before month"),
        (["3.4.2021", "12.25.2021"], ["2021-03-04", "2021-12-25"], ": month before day"),
        (["2021-03-04", "2021-05-06"], ["2021-03-04", "2021-05-06"], ""),
        (["2021/03/04", "2021/05/06"], ["2021-03-04", "2021-05-06"], ""),
        (["3/4/2021 10:00", "25/12/2021 7:30"], None, ": day before month"),
        (["01/01/2021", "02/02/2021"], ["2021-01-01", "2021-02-02"], ": month before day"),
    ],
    ids=str,
)
def test_one_day_above_twelve_decides_for_the_whole_column(texts, days, order):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        encoder = TableEncoder().fit(pd.DataFrame({"d": texts}))
    assert encoder.columns[0].note == f"dates stored as text{order}"
    if days is not None:
        found = encoder.transform(pd.DataFrame({"d": texts}))[:, 0]
        assert found[1] - found[0] == (pd.Timestamp(days[1]) - pd.Timestamp(days[0])).days


@pytest.mark.parametrize("between", ["/", "-"])
def test_an_open_order_of_day_and_month_is_told(between):
    texts = [f"0{k}{between}0{k + 1}{between}2021" for k in (3, 5)]
    with pytest.warns(DataWarning, match=r"month is taken to be first, in 'd' \(such as '03"):
        encoder = TableEncoder().fit(pd.DataFrame({"d": texts}))
    assert np.diff(encoder.transform(pd.DataFrame({"d": texts}))[:, 0]).tolist() == [63.0]


def test_later_dates_are_read_in_the_order_of_training():
    encoder = TableEncoder().fit(pd.DataFrame({"d": ["25/12/2021", "03/04/2021"]}))
    march_or_april = encoder.transform(pd.DataFrame({"d": ["03/04/2021", "2/4/2021"]}))[:, 0]
    assert march_or_april[0] - march_or_april[1] == 1.0
    with pytest.warns(DataWarning, match="could not be read became missing in 'd' .1 of 2"):
        encoder.transform(pd.DataFrame({"d": ["12/25/2021", "03/04/2021"]}))
