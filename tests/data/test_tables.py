import gzip

import numpy as np
import pandas as pd
import polars as pl
import pytest

from automl.data import check_same_length, read_column, read_table, read_training_table
from automl.exceptions import DataWarning, InvalidInputError

COLUMNS = {"size": [1.5, 2.5, None], "kind": ["a", None, "b"]}


@pytest.mark.parametrize(
    "source",
    [
        pd.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS),
        pl.LazyFrame(COLUMNS),
        COLUMNS,
        [{"size": 1.5, "kind": "a"}, {"size": 2.5, "kind": None}, {"kind": "b"}],
    ],
    ids=["pandas", "polars", "polars lazy", "dict", "list of dicts"],
)
def test_named_sources_give_the_same_frame(source):
    frame = read_table(source)
    assert list(frame.columns) == ["size", "kind"]
    assert frame["size"].tolist()[:2] == [1.5, 2.5]
    assert frame["size"].isna().tolist() == [False, False, True]
    assert frame["kind"].isna().tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        (np.zeros((3, 2)), (3, 2)),
        ([[1, 2], [3, 4]], (2, 2)),
        (np.arange(4), (4, 1)),
        ([1, 2, 3], (3, 1)),
        (pl.Series("a", [1, 2]), (2, 1)),
    ],
)
def test_sources_without_names_are_numbered(source, shape):
    frame = read_table(source)
    assert frame.shape == shape
    if not isinstance(source, pl.Series):
        assert list(frame.columns) == [str(i) for i in range(shape[1])]


def test_names_become_unique_strings_and_repeats_are_told():
    frame = pd.DataFrame([[1, 2, 3, 4]], columns=["a", "a", "a.1", 7])
    with pytest.warns(DataWarning, match="names repeat and were numbered: 'a'"):
        names = list(read_table(frame).columns)
    assert names == ["a", "a.2", "a.1", "7"]
    assert list(frame.columns) == ["a", "a", "a.1", 7]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_csv_separator_is_found(tmp_path, separator):
    path = tmp_path / "table.csv"
    rows = [["size", "note, with comma"], ["1.5", "x"], ["2", "y"]]
    quoted = [[f'"{cell}"' if "," in cell else cell for cell in row] for row in rows]
    path.write_text("\n".join(separator.join(row) for row in quoted) + "\n")
    frame = read_table(path)
    assert list(frame.columns) == rows[0]
    assert frame["size"].tolist() == [1.5, 2.0]


@pytest.mark.parametrize("ending", [".csv", ".csv.gz", ".tsv", ".parquet"])
def test_files_give_back_the_table(tmp_path, ending):
    path = tmp_path / f"table.v1{ending}"
    table = pd.DataFrame({"a": [1, 2, 3], "ü": ["x", "y", "z"]})
    if ending == ".parquet":
        table.to_parquet(path)
    else:
        text = table.to_csv(index=False, sep="\t" if ending == ".tsv" else ",")
        path.write_bytes(gzip.compress(text.encode()) if ending == ".csv.gz" else text.encode())
    frame = read_table(str(path))
    assert list(frame.columns) == ["a", "ü"]
    assert frame.to_numpy().tolist() == table.to_numpy().tolist()


def test_decimal_comma_is_read_with_semicolons(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name;size\nx;1,5\ny;2,25\n")
    assert read_table(path)["size"].tolist() == [1.5, 2.25]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "no file"),
        ("table.docx", b"x", "must end in .csv"),
        ("empty.csv", b"", "cannot be read"),
        ("broken.parquet", b"not parquet", "cannot be read"),
        ("latin.csv", "a,b\n\xe9,2\n".encode("latin-1"), "cannot be read"),
        ("ragged.csv", b"a,b\n1,2\n1,2,3,4\n", "cannot be read"),
        ("broken.csv.gz", b"not gzip", "cannot be read"),
    ],
)
def test_unreadable_files_are_refused(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message):
        read_table(path)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (5, "got int"),
        (None, "got NoneType"),
        (np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"),
        ([[1], [2, 3]], "rows of 1 to 2 values"),
        ({"a": [1, 2], "b": [1]}, "same length"),
    ],
)
def test_what_is_no_table_is_refused(source, message):
    with pytest.raises(InvalidInputError, match=message):
        read_table(source)


@pytest.mark.parametrize("make", [pd.DataFrame, pl.DataFrame])
def test_target_is_taken_out_of_the_table(make):
    X, y = read_training_table(make({"a": [1, 2], "t": ["u", "v"], "b": [3, 4]}), "t")
    assert list(X.columns) == ["a", "b"]
    assert y.tolist() == ["u", "v"]
    assert y.name == "t"


def test_target_may_be_an_array():
    X, y = read_training_table(np.zeros((3, 2)), [1, 2, 3])
    assert X.shape == (3, 2)
    assert y.tolist() == [1, 2, 3]


def test_unknown_target_is_refused_with_the_names_there_are():
    with pytest.raises(InvalidInputError, match=r"'price' is not a column.*'a', 'b'"):
        read_training_table({"a": [1], "b": [2]}, "price")


def test_a_target_in_another_order_than_the_table_is_told_of():
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=[4, 7, 9])
    shuffled = pd.Series([3.0, 1.0, 2.0], index=[9, 4, 7])
    with pytest.warns(DataWarning, match=r"y\.loc\[X\.index\]"):
        _, target = read_training_table(table, shuffled)
    assert target.tolist() == [3.0, 1.0, 2.0]


@pytest.mark.parametrize("target", [np.arange(3.0), pd.Series(np.arange(3.0)), [2.0, 1.0, 0.0]])
@pytest.mark.filterwarnings("error")
def test_labels_that_say_nothing_are_not_mentioned(target):
    table = pd.DataFrame({"size": [1.0, 2.0, 3.0]}, index=[4, 7, 9])
    assert len(read_training_table(table, target)[1]) == 3
    read_training_table(table.set_axis([2, 0, 1], axis=0), np.arange(3.0))


def test_lengths_must_agree():
    with pytest.raises(InvalidInputError, match="3 rows in X and 2 values in y"):
        read_training_table(np.zeros((3, 2)), [1, 2])
    check_same_length([1, 2], [3, 4])


@pytest.mark.parametrize("y", ["text", 5, {"a": 1}, None])
def test_what_is_no_column_is_refused(y):
    with pytest.raises(InvalidInputError, match=r"one value per row|is None"):
        read_column(y)
