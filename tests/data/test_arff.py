"""ARFF files: dense, sparse, with dates and texts, packed, and broken."""

import gzip

import numpy as np
import pandas as pd
import pytest

from automl.data import TableEncoder, read_table
from automl.exceptions import InvalidInputError

DENSE = """% a comment
@RELATION 'guests'
@ATTRIBUTE 'room size' REAL
@attribute nights integer
@attribute colour {red, 'dark blue', "it's"}
@attribute 'told us' string
@attribute date DATE "yyyy-MM-dd"
@attribute arrived date 'yyyy-MM-dd'

@DATA
% another
1.5, 2, red, 'all fine, thanks', 2024-01-01, '2024-02-01'
?, 3, 'dark blue', ?, 2024-01-02, 2024-02-03
2.5, 1, "it's", "so \\"so\\"", ?, 2024-02-05
"""
SPARSE = """@relation counts
@attribute a numeric
@attribute b numeric
@attribute c {no, yes}
@data
{0 2.5, 2 yes}
{}
{1 3, 2 ?}
"""


@pytest.mark.parametrize("ending", [".arff", ".arff.gz", ".ARFF"])
def test_every_kind_of_attribute_is_read(tmp_path, ending):
    path = tmp_path / f"guests{ending}"
    path.write_bytes(gzip.compress(DENSE.encode()) if ending.endswith("gz") else DENSE.encode())
    frame = read_table(path)
    assert list(frame.columns) == ["room size", "nights", "colour", "told us", "date", "arrived"]
    assert frame["room size"].isna().tolist() == [False, True, False]
    assert frame["nights"].tolist() == [2, 3, 1]
    assert frame["colour"].tolist() == ["red", "dark blue", "it's"]
    assert frame["told us"].tolist() == ["all fine, thanks", None, 'so "so"']
    kinds = {column.name: column.type for column in TableEncoder().fit(frame).columns}
    assert kinds["nights"] == "numeric"
    assert kinds["colour"] == "categorical"
    assert (kinds["date"], kinds["arrived"]) == ("datetime", "datetime")


def test_sparse_rows_name_what_is_not_zero(tmp_path):
    path = tmp_path / "counts.arff"
    path.write_text(SPARSE)
    frame = read_table(path)
    assert frame["a"].tolist() == [2.5, 0, 0]
    assert frame["b"].tolist() == [0, 0, 3]
    assert frame["c"].tolist()[:2] == ["yes", "no"]
    assert pd.isna(frame["c"][2])


def test_the_header_alone_is_a_table_without_rows(tmp_path):
    path = tmp_path / "none.arff"
    path.write_text(SPARSE.split("{0")[0])
    assert read_table(path).shape == (0, 3)


@pytest.mark.parametrize(
    "text",
    [
        "no arff at all\n",
        "@relation r\n@attribute a {u\n@data\nu\n",
        "@relation r\n@attribute a numeric\n@data\n1, 2\n",
        "@relation r\n@attribute a numeric\n@data\nmany\n",
        "@relation r\n@attribute a {u, v}\n@data\nw\n",
    ],
    ids=["header", "levels", "width", "number", "undeclared level"],
)
def test_broken_files_are_refused_in_one_sentence(tmp_path, text):
    path = tmp_path / "broken.arff"
    path.write_text(text)
    with pytest.raises(InvalidInputError, match=r"broken\.arff' cannot be read: ") as caught:
        read_table(path)
    assert "\n" not in str(caught.value)


def test_numbers_come_back_exactly(tmp_path):
    values = np.random.default_rng(0).normal(size=50)
    lines = ["@relation r", "@attribute x real", "@data", *map(repr, values.tolist())]
    path = tmp_path / "x.arff"
    path.write_text("\n".join(lines))
    assert read_table(path)["x"].tolist() == values.tolist()
