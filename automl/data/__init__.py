"""Any table becomes one float32 matrix with typed columns, any target becomes numbers."""

from __future__ import annotations

from automl.data.columns import Column, Feature, FeatureKind, Kind
from automl.data.dataset import Dataset
from automl.data.encoder import TableEncoder
from automl.data.splits import Fold, Rows, holdout_split, make_folds, nested_order
from automl.data.tables import check_same_length, read_column, read_table, read_training_table
from automl.data.target import Target, Task, rare_classes, read_target
from automl.data.weights import read_weights

__all__ = [
    "Column",
    "Dataset",
    "Feature",
    "FeatureKind",
    "Fold",
    "Kind",
    "Rows",
    "TableEncoder",
    "Target",
    "Task",
    "check_same_length",
    "holdout_split",
    "make_folds",
    "nested_order",
    "rare_classes",
    "read_column",
    "read_table",
    "read_target",
    "read_training_table",
    "read_weights",
]
