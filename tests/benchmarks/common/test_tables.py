from __future__ import annotations

import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pytest

from benchmarks.common.tables import load_table, read_suite


@pytest.fixture
def large(tmp_path):
    (tmp_path / "large").mkdir()
    table = pd.DataFrame({"distance": range(100), "delay_minutes": range(100)})
    path = tmp_path / "large" / "flights_2001.parquet"
    pyarrow.parquet.write_table(pa.Table.from_pandas(table), path, row_group_size=30)
    return tmp_path


def test_suites_are_names_and_files(tmp_path):
    (tmp_path / "suite.txt").write_text("one\ntwo\n")
    assert read_suite([str(tmp_path / "suite.txt"), "three", "one"]) == ["one", "two", "three"]


def test_unknown_table_is_said(tmp_path):
    with pytest.raises(ValueError, match="table 'none' is not in"):
        load_table("none", tmp_path)
    with pytest.raises(ValueError, match="scikit-learn brings breast_cancer"):
        load_table("sklearn:none")


def test_tables_of_a_folder_bring_task_and_family(tmp_path):
    diabetes = load_table("sklearn:diabetes")
    table = diabetes.X.assign(target=diabetes.y.round(-2).astype(str).astype("category"))
    table.to_parquet(tmp_path / "own.parquet")
    assert load_table("own", tmp_path).task == "multiclass"
    (tmp_path / "datasets.csv").write_text("name,task,family\nown,binary,relatives\n")
    found = load_table("own", tmp_path)
    assert (found.task, found.family, found.X.shape) == ("binary", "relatives", (442, 10))


def test_the_first_rows_of_a_large_file_are_a_table(large):
    found = load_table("flights_2001@70", large)
    assert (found.name, found.family, found.task) == (
        "flights_2001@70",
        "flights_2001",
        "regression",
    )
    assert found.X["distance"].tolist() == list(range(70))
    assert found.y.dtype == float


def test_a_simulated_table_has_rows_and_columns_as_its_name_says():
    found = load_table("wide@40x60")
    assert (found.family, found.task, found.X.shape) == ("wide", "binary", (40, 60))
    assert load_table("2dplanes@50").X.shape == (50, 10)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("iris@10", "must be one of 2dplanes, .*flights_2001.*; got 'iris@10'"),
        ("fried@many", "such as fried@300000; got 'fried@many'"),
        ("fried@1x2x3", "such as fried@300000; got 'fried@1x2x3'"),
        ("flights_2001@10x3", "use flights_2001@10; got 'flights_2001@10x3'"),
        ("flights_2001@101", "flights_2001 has 100 rows; got 101"),
        ("nyc_flights_late@10", "nyc_flights_late.parquet is missing"),
    ],
)
def test_a_size_that_cannot_be_is_said(large, name, message):
    with pytest.raises(ValueError, match=message):
        load_table(name, large)
