"""What searches find is appended to the lists, and says nothing about the family it comes from."""

import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes

from metadata.blocks import ORIGINS, SEARCH
from metadata.configurations import extend, read_configurations
from metadata.configurations import write_configurations as write
from metadata.finds import main

TABLES = {
    "lump": ("binary", "clinic", load_breast_cancer),
    "sugar": ("regression", "clinic", load_diabetes),
    "sibling": ("binary", "asked", load_breast_cancer),
}


@pytest.fixture
def datasets(tmp_path):
    lines = ["name,task,family,tier,n_rows"]
    for name, (task, family, source) in TABLES.items():
        table = source(as_frame=True).frame
        table = pd.concat([table, table.iloc[:100]], ignore_index=True)
        table.to_parquet(tmp_path / f"{name}.parquet")
        lines.append(f"{name},{task},{family},1,{len(table)}")
    (tmp_path / "datasets.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "bench.txt").write_text("sibling\n")
    return tmp_path


def test_members_of_a_search_are_appended_once_and_relatives_are_not_searched(datasets, capsys):
    lists = datasets / "configurations"
    for task in ("binary", "multiclass", "regression"):
        write(task, extend(task, []), lists)
    command = ["--without-families-of", str(datasets / "bench.txt"), "--datasets", str(datasets)]
    command += ["--configurations", str(lists), "--seconds", "6", "--jobs", "2"]
    main(command)
    said = capsys.readouterr().out
    assert "sibling" not in said
    for task, name in (("binary", "lump"), ("regression", "sugar")):
        found = read_configurations(task, lists, [SEARCH])
        assert f"{name}: {len(found)} of " in said
        assert {entry.family for entry in found} <= {"clinic"}
        listed = read_configurations(task, lists, ORIGINS)
        assert [entry.id for entry in listed] == [f"{i:03d}" for i in range(len(listed))]
        assert len({str(dict(entry.values)) for entry in listed}) == len(listed)
        assert read_configurations(task, lists) == extend(task, [])
