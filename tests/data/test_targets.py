import numpy as np
import pandas as pd
import pytest

from automl.data import holdout_split, read_targets, shared_strata
from automl.exceptions import InvalidInputError


def test_each_target_is_read_in_the_rows_where_it_has_a_value():
    table = pd.DataFrame({"a": ["u", None, "v", "w"], "b": [1, 0, 1, 1]})
    found = read_targets(table)
    assert found.task == "multioutput classification"
    assert [rows.tolist() for rows in found.rows] == [[0, 2, 3], [0, 1, 2, 3]]
    assert found.each[0].values.tolist() == [0, 1, 2]


def test_a_target_that_does_not_vary_is_of_the_kind_of_the_others():
    assert read_targets(pd.DataFrame({"a": [1.5, 2.5], "b": [7, 7]})).classes is None
    found = read_targets(pd.DataFrame({"a": ["u", "v"], "b": [7, 7]}))
    assert [list(one) for one in found.classes] == [["u", "v"], [7]]
    amounts = [f"{one},5" for one in range(21)]
    constant = read_targets(pd.DataFrame({"a": amounts, "b": ["7,5"] * 21})).each[1]
    assert constant.values[0] == 7.5
    with pytest.raises(
        InvalidInputError, match=r"^Target 'b': y must hold finite numbers; got 'x'"
    ):
        read_targets(pd.DataFrame({"a": [1.5, 2.5], "b": ["x", "x"]}))


def test_rare_labels_of_all_targets_get_into_both_parts():
    rng = np.random.default_rng(0)
    table = pd.DataFrame((rng.random((1_000, 6)) < 0.01).astype(int)).add_prefix("t")
    y, task = shared_strata(read_targets(table))
    _, test = holdout_split(y, task, 0.2, rng)
    share = table.iloc[test].sum() / table.sum()
    assert share.between(0.05, 0.4).all()
