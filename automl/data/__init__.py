"""Any table becomes one float32 matrix with typed columns, any target becomes numbers."""

from __future__ import annotations

from automl.data.columns import Column, Columns, ColumnType, Feature, FeatureKind
from automl.data.dataset import Dataset
from automl.data.declared import named_column, read_groups, read_order
from automl.data.encoder import TableEncoder
from automl.data.files import column_names, read_batches, rows_in_file
from automl.data.grouped_splits import group_folds, group_holdout
from automl.data.leakage import repeats_by_chance, rows_in_both, telling_columns
from automl.data.ordered_splits import expanding_folds, latest_rows
from automl.data.rows import with_one_row_as_table
from automl.data.splits import Fold, Rows, holdout_split, make_folds, nested_order
from automl.data.tables import read_column, read_table
from automl.data.target import Target, Task, code_like, rare_classes, read_target
from automl.data.targets import Targets, naming_the_target, read_targets, shared_strata, varies
from automl.data.training_tables import check_same_length, read_training_table, take_out
from automl.data.weights import read_weights

__all__ = [
    "Column",
    "ColumnType",
    "Columns",
    "Dataset",
    "Feature",
    "FeatureKind",
    "Fold",
    "Rows",
    "TableEncoder",
    "Target",
    "Targets",
    "Task",
    "check_same_length",
    "code_like",
    "column_names",
    "expanding_folds",
    "group_folds",
    "group_holdout",
    "holdout_split",
    "latest_rows",
    "make_folds",
    "named_column",
    "naming_the_target",
    "nested_order",
    "rare_classes",
    "read_batches",
    "read_column",
    "read_groups",
    "read_order",
    "read_table",
    "read_target",
    "read_targets",
    "read_training_table",
    "read_weights",
    "repeats_by_chance",
    "rows_in_both",
    "rows_in_file",
    "shared_strata",
    "take_out",
    "telling_columns",
    "varies",
    "with_one_row_as_table",
]
