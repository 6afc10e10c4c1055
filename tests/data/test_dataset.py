import numpy as np

from automl.data import Dataset, TableEncoder, read_target


def make():
    table = {"a": [1.5, 2.5, 3.5], "open": [True, False, True], "colour": ["r", "g", "r"]}
    encoder = TableEncoder().fit(table)
    return Dataset.of(encoder.transform(table), read_target(["x", "y", "x"]), encoder.features)


def test_dataset_knows_its_columns():
    dataset = make()
    assert (dataset.n_rows, dataset.n_features, dataset.n_classes) == (3, 3, 2)
    assert dataset.numeric == (0, 1)
    assert dataset.categorical == (2,)


def test_taken_rows_keep_task_and_classes():
    part = make().take(np.array([2, 0]))
    assert part.X.tolist() == [[3.5, 1.0, 1.0], [1.5, 1.0, 1.0]]
    assert part.y.tolist() == [0, 0]
    assert (part.task, part.n_classes, part.n_rows) == ("binary", 2, 2)
