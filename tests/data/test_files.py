"""Files as people have them, each written here as the program that makes it writes it."""

import bz2
import gzip
import lzma
import os
import sys
import zipfile

import numpy as np
import pandas as pd
import pytest

from automl.data import column_names, read_batches, read_table, read_training_table, rows_in_file
from automl.data.files import read_file
from automl.data.text_files import TextFile
from automl.exceptions import DataWarning, InvalidInputError, MissingDependencyError

TABLE = pd.DataFrame({"größe": [1.5, 2.25, 3.0], "stadt": ["Köln", "Ulm", "Linz"]})
CSV = TABLE.to_csv(index=False)


def _zipped(text, name="table.csv"):
    def write(path):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(name, text)
            archive.writestr("__MACOSX/._table.csv", b"\0")

    return write


def _text(text, pack=lambda data: data, encoding="utf-8"):
    return lambda path: path.write_bytes(pack(text.encode(encoding)))


FILES = {
    "table.csv": _text(CSV),
    "bom.csv": _text(CSV, encoding="utf-8-sig"),
    "excel unicode.txt": _text(TABLE.to_csv(index=False, sep="\t"), encoding="utf-16"),
    "european.csv": _text(TABLE.to_csv(index=False, sep=";", decimal=",")),
    "european.tsv": _text(TABLE.to_csv(index=False, sep="\t", decimal=",")),
    "pipes.csv": _text(TABLE.to_csv(index=False, sep="|")),
    "windows.csv": _text(CSV.replace("\n", "\r\n")),
    "quoted.csv": _text(TABLE.to_csv(index=False, quoting=1)),
    "trailing.csv": _text("größe,stadt\n1.5,Köln,\n2.25,Ulm,\n3.0,Linz,\n"),
    "table.csv.gz": _text(CSV, gzip.compress),
    "table.csv.bz2": _text(CSV, bz2.compress),
    "table.CSV.XZ": _text(CSV, lzma.compress),
    "table.csv.zip": _zipped(CSV),
    "table.zip": _zipped(CSV),
    "table.jsonl": _text(TABLE.to_json(orient="records", lines=True)),
    "table.ndjson.gz": _text(TABLE.to_json(orient="records", lines=True), gzip.compress),
    "table.json": _text(TABLE.to_json(orient="records", force_ascii=False)),
    "lines.json": _text(TABLE.to_json(orient="records", lines=True)),
    "table.xlsx": lambda path: TABLE.to_excel(path, index=False),
    "table.parquet": lambda path: TABLE.to_parquet(path),
    "table.feather": lambda path: TABLE.to_feather(path),
    "table.arrow": lambda path: TABLE.to_feather(path),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.filterwarnings("error")
def test_each_format_gives_the_same_table(tmp_path, name):
    path = tmp_path / name
    FILES[name](path)
    pd.testing.assert_frame_equal(read_table(str(path)), TABLE)
    assert column_names(path) == list(TABLE)
    pd.testing.assert_frame_equal(pd.concat(read_batches(path, 2)), TABLE)


@pytest.mark.parametrize(
    ("encoding", "letters", "said"), [("latin-1", "é", "cp1252"), ("latin-1", "\x81é", "latin-1")]
)
def test_other_encodings_are_read_and_told(tmp_path, encoding, letters, said):
    path = tmp_path / "table.csv"
    path.write_bytes(f"name,size\n{letters},2\n".encode(encoding))
    with pytest.warns(DataWarning, match=f"not in UTF-8 and was read as {said}.* again as UTF-8"):
        assert read_table(path)["name"].tolist() == [letters]


def test_a_letter_late_in_the_file_tells_the_encoding(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes(b"name,size\n" + b"plain,2\n" * 300_000 + b"caf\xe9,2\n")
    with pytest.warns(DataWarning, match="cp1252"):
        assert read_table(path)["name"].iloc[-1] == "café"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('a;b\n"1,5";x\n2,25;y\n', [1.5, 2.25]),
        ("a;b\n1,234;x\n2,345;y\n", [1.234, 2.345]),
        ("a\tb\n1,234\tx\n2,345\ty\n", ["1,234", "2,345"]),
        ("a;b\n1.5;x,y\n2.25;y\n", [1.5, 2.25]),
        ("a;b;c\n1.5;2,5;x\n2.25;3,5;y\n", [1.5, 2.25]),
    ],
    ids=["quoted", "semicolons", "thousands or not", "points", "both"],
)
def test_decimal_commas_are_read_where_they_are_clear(tmp_path, text, values):
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert read_table(path)["a"].tolist() == values


def test_separators_inside_of_quotes_do_not_count(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text('size;"note, with; both"\n1.5;"a, b\nand; c"\n2;"5"" pipe"\n')
    assert read_table(path)["note, with; both"].tolist() == ["a, b\nand; c", '5" pipe']


def test_texts_in_json_stay_texts_and_missing_cells_are_missing(tmp_path):
    path = tmp_path / "table.jsonl"
    path.write_text('{"zip": "007", "n": 1}\n\n{"zip": "010"}\n{"zip": null, "n": 3}\n')
    frame = read_table(path)
    assert frame["zip"].tolist()[:2] == ["007", "010"]
    assert frame["n"].isna().tolist() == [False, True, False]


def test_the_first_of_several_sheets_is_read_and_told(tmp_path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path) as book:
        TABLE.to_excel(book, sheet_name="sales", index=False)
        TABLE.head(1).to_excel(book, sheet_name="notes", index=False)
    with pytest.warns(DataWarning, match="has 2 sheets, of which the first, 'sales', was read"):
        assert len(read_table(path)) == 3


def test_excel_says_which_extra_it_needs(tmp_path, monkeypatch):
    TABLE.to_excel(tmp_path / "table.xlsx", index=False)
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'automl\[excel\]'"):
        read_table(tmp_path / "table.xlsx")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("table.docx", b"x", r"must end in \.csv.*got 'table\.docx'"),
        ("table.parquet.gz", b"x", r"must end in \.csv"),
        ("empty.csv", b"", "is empty"),
        ("blank.csv", b"\n  \n", "is empty"),
        ("empty.csv.gz", gzip.compress(b""), "is empty"),
        ("empty.json", b"", "is empty"),
        ("header.csv", b"a,b\n", "has the names of 2 columns and no row"),
        ("long.csv", b"a,b\n1,2\n1,2,3,4\n", r"first, 2; line 3 has 4: .*hold ','"),
        ("first.csv", b"a,b\n1,2,3\n1,2\n", "first, 2; line 2 has 3"),
        ("short.csv", b"a,b,c\n1,2,3\n\n1,2\n", "first, 3; line 4 has 2"),
        ("late.csv", b"a,b\n" + b"1,2\n" * 30_000 + b"1\n", "first, 2; line 30002 has 1"),
        ("lines.csv", b'a,b\n"1\n\n",2\n1,2,3\n', "line 5 has 3"),
        ("semicolons.csv", b"a;b\n1,5;2\n1;2;3\n", "line 3 has 3: .*hold ';'"),
        ("open.csv", b'a,b\n1,2\n1,"2\n3,4\n', "quote; the one that line 3 opens is never closed"),
        ("far.csv", b'a,b\n1,"2\n' + b"3,4\n" * 50_000, "the one that line 2 opens"),
        ("book.csv", b"PK\x03\x04\x00\x00", "must be text, as its name says"),
        ("broken.parquet", b"not parquet", "cannot be read"),
        ("broken.csv.gz", b"not gzip", "is damaged or of another one"),
        ("cut.csv.gz", gzip.compress(CSV.encode() * 99)[:-20], "is damaged or of another one"),
        ("broken.xlsx", b"not Excel", "is damaged or of another one"),
        ("broken.zip", b"not zip", "is damaged or of another one"),
        ("cut.csv", b"\xff\xfea\x00,\x00b\x00\n\x00\x00", "another one: save it again as UTF-8"),
        ("number.json", b"5", "one JSON record in each line"),
        ("columns.jsonl", b'{"a": 1}\n[1, 2]\n', "one JSON record in each line"),
        ("text.jsonl", b"a,b\n1,2\n", "one JSON record in each line"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message) as refused:
        read_training_table(path, "b")
    assert "\n" not in str(refused.value)
    assert name in str(refused.value)


def test_an_archive_with_several_tables_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "tables.zip", "w") as archive:
        archive.writestr("a.csv", CSV)
        archive.writestr("b.csv", CSV)
    with pytest.raises(InvalidInputError, match=r"must hold one table; .* holds 2 files"):
        read_table(tmp_path / "tables.zip")


def test_paths_that_lead_nowhere_are_told_apart(tmp_path, monkeypatch):
    (tmp_path / "train_2024.csv").write_text(CSV)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert len(read_table("~/train_2024.csv")) == 3
    with pytest.raises(InvalidInputError, match=r"did you mean '.*train_2024\.csv'"):
        read_table(tmp_path / "train_2042.csv")
    with pytest.raises(InvalidInputError, match="check the path"):
        read_table(tmp_path / "other.parquet")
    with pytest.raises(InvalidInputError, match=r"no folder .* that can be read"):
        read_table(tmp_path / "no" / "train_2024.csv")
    with pytest.raises(InvalidInputError, match="is a folder: name a file in it"):
        read_table(tmp_path)
    with pytest.raises(InvalidInputError, match="There is no file"):
        read_table("~nobody-of-this-name/table.csv")
    with pytest.raises(InvalidInputError, match=r"must lead to a file; 'size,y.*\.\.\. does not"):
        read_table("size,y 1,2 " * 1000)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="the platform has no such users")
def test_a_file_without_permission_is_told(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text(CSV)
    path.chmod(0o000)
    for folder in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        folder.chmod(0o755)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(InvalidInputError, match="no permission to read it"):
            read_table(path)
    finally:
        if root:
            os.seteuid(0)


def test_columns_are_text_as_in_the_whole_where_only_a_part_of_them_is(tmp_path):
    path = tmp_path / "table.csv"
    columns = {
        "number": ["1", "2", "", "3.5", "4", "5"],
        "text": ["01", "2.50", "a", "b", "7", "8"],
        "late": ["", "", "a", "b", "", "c"],
        "truth": ["True", "False", "", "True", "True", "True"],
        "odd": ["True", "False", "1", "2", "x", "y"],
        "empty": [""] * 6,
        "y": list("uvuvuv"),
    }
    pd.DataFrame(columns).to_csv(path, index=False)
    whole = pd.read_csv(path)
    pd.testing.assert_frame_equal(TextFile(path, rows_per_part=2).read(), whole)
    for part, n in zip(TextFile(path, 2).batches(2), (0, 2, 4), strict=True):
        expected = whole.iloc[n : n + 2]
        assert part["text"].tolist() == expected["text"].tolist()
        assert part["odd"].tolist() == expected["odd"].tolist()
        assert part["number"].dtype == float
        assert part.index.tolist() == expected.index.tolist()


def test_parquet_comes_back_with_its_types_and_index(tmp_path):
    table = pd.DataFrame(
        {
            "a": pd.array([1, None, 3], "Int64"),
            "a.b": pd.Categorical(["u", "v", "u"]),
            "day": pd.date_range("2024-01-01", periods=3, tz="Europe/Berlin"),
        },
        index=pd.Index(["p", "q", "r"], name="id"),
    )
    table.to_parquet(tmp_path / "table.parquet", row_group_size=1)
    pd.testing.assert_frame_equal(read_table(tmp_path / "table.parquet"), table)
    assert column_names(tmp_path / "table.parquet") == list(table)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A table of 40,000 rows, three of whose classes are rare, as files of several parts."""
    rng = np.random.default_rng(0)
    n = 40_000
    table = pd.DataFrame(rng.normal(size=(n, 4)).round(6), columns=list("abcd"))
    table["level"] = pd.Categorical(np.where(np.arange(n) < n / 2, "early", "late"))
    table["y"] = np.where(np.arange(n) % 10 == 0, "some", "most")
    table.loc[[5, 77, 30_000], "y"] = "few"
    folder = tmp_path_factory.mktemp("large")
    table.to_parquet(folder / "large.parquet", row_group_size=3_000)
    table.to_csv(folder / "large.csv", index=False)
    table.to_csv(folder / "large.csv.gz", index=False)
    return folder, table


@pytest.mark.parametrize("name", ["large.parquet", "large.csv", "large.csv.gz"])
def test_of_a_file_beyond_memory_rows_of_all_classes_are_read(large, name):
    folder, table = large
    with pytest.warns(DataWarning, match=r"0.00098 GB are .* 40,000 rows were drawn") as told:
        X, y = read_training_table(folder / name, "y", memory_mb=1.0)
    assert len(told) == 1
    assert 8_000 < len(X) < 25_000
    assert rows_in_file(X) == 40_000
    shares = y.value_counts(normalize=True)
    assert y.value_counts()["few"] == 3
    assert shares["some"] == pytest.approx(0.1, abs=0.005)
    assert X["level"].value_counts(normalize=True)["late"] == pytest.approx(0.5, abs=0.02)
    assert X["level"].dtype == (table["level"].dtype if "parquet" in name else "str")
    expected = table.loc[X.index].drop(columns="y")
    assert X["a"].tolist() == expected["a"].tolist()
    assert X.index.is_monotonic_increasing


def test_numbers_to_predict_are_drawn_alike(large):
    folder, table = large
    with pytest.warns(DataWarning, match="were drawn"):
        X, y = read_training_table(folder / "large.parquet", "a", memory_mb=1.0)
    assert y.mean() == pytest.approx(table["a"].mean(), abs=0.05)
    assert "a" not in X


@pytest.mark.filterwarnings("error")
def test_what_memory_holds_is_read_whole(large):
    folder, table = large
    for name in ("large.parquet", "large.csv"):
        X, _ = read_training_table(folder / name, "y", memory_mb=20.0)
        assert len(X) == rows_in_file(X) == len(table)
    assert rows_in_file(read_table(table)) is None


@pytest.mark.parametrize("name", ["large.parquet", "large.csv"])
def test_without_a_target_in_the_file_nothing_is_left_out_in_silence(large, name):
    with pytest.raises(InvalidInputError, match=r"must fit into memory; it takes about .* GB"):
        read_file(large[0] / name, memory_mb=1.0)
