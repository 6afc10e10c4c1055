"""What `columns_` shows of a table, however many columns and levels it has."""

import pandas as pd
import pytest
from IPython.lib.pretty import pretty

from automl.data import Column, Columns, TableEncoder


@pytest.fixture(scope="module")
def columns():
    table = pd.DataFrame(
        {
            "city": [f"city {i % 5_000}" for i in range(10_000)],
            "<b>": ["x" * 9_000, "y"] * 5_000,
            "price": ["$1,200", "$5"] * 5_000,
        }
    )
    return TableEncoder().fit(table).columns


def test_columns_are_used_like_a_tuple(columns):
    assert len(columns) == 3
    assert [column.name for column in columns] == ["city", "<b>", "price"]
    assert columns[-1].type == "numeric"
    assert columns == tuple(columns)
    assert columns[:1] == (columns[0],)
    assert len(columns[0].levels) == 5_000


def test_columns_print_as_a_short_table(columns):
    shown = repr(columns)
    assert pretty(columns) == shown
    head, city, _, price = shown.splitlines()
    assert head.split() == ["name", "type", "n_missing", "n_unique", "note", "levels"]
    assert city.split()[:4] == ["city", "categorical", "0", "5,000"]
    assert city.endswith("...")
    assert price.endswith("numbers stored as text: comma groups thousands, in $")
    assert max(map(len, shown.splitlines())) < 180


def test_a_notebook_shows_a_short_table_of_escaped_cells(columns):
    shown = columns._repr_html_()
    assert shown.count("<tr>") == 4
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
    assert len(shown) < 1_500


def test_at_most_ten_levels_are_shown():
    column = Column("a", "categorical", 0, 12, tuple("abcdefghijkl"))
    assert column.shown_levels() == "a, b, c, d, e, f, g, h, i, j, ..."
    assert "levels=(a, b, c, d, e, f, g, h, i, j, ...)" in repr(column)


def test_many_columns_are_counted():
    many = Columns(tuple(Column(f"c{i}", "numeric", 0, 2) for i in range(2_000)))
    assert repr(many).endswith("... and 1,940 more columns")
    assert "<p>... and 1,940 more columns</p>" in many._repr_html_()
