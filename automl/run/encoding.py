"""From a raw table to encoded rows, by an encoder that has seen no held-out row.

Which rows are held out is decided by the target, groups and order alone, before anything looks at
a cell: levels, words and extremes that occur in held-out rows only are as unknown to the model that
is checked on them as those of tomorrow will be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from automl.data import Dataset, TableEncoder, Target
from automl.run.arguments import Declared
from automl.run.scheme import Scheme
from automl.run.settings import Settings
from automl.run.validation import held_out_rows

__all__ = ["Encoded", "encode"]


@dataclass(frozen=True, eq=False)
class Encoded:
    """A table as a run takes it.

    Parameters
    ----------
    encoder : TableEncoder
        Fitted on the development rows.
    dataset : Dataset
        All rows.
    scheme : Scheme
        With the rows that are held out, or those to check on.
    """

    encoder: TableEncoder
    dataset: Dataset
    scheme: Scheme


def encode(table: pd.DataFrame, target: Target, declared: Declared, settings: Settings) -> Encoded:
    """Hold rows out, fit the encoder on the others, and encode all.

    Parameters
    ----------
    table : DataFrame
        Without the target.
    target : Target
    declared : Declared
        What the user said of rows.
    settings : Settings

    Raises
    ------
    InvalidInputError
        As `TableEncoder.fit` does.
    """
    scheme = Scheme(settings.cv, declared.groups, declared.order)
    development = None
    if declared.test is None:
        rng = np.random.default_rng(settings.random_state)
        development, held_out = held_out_rows(target.values, target.task, scheme, settings, rng)
        scheme = replace(scheme, held_out=held_out)
    encoder = TableEncoder().fit(
        table, settings.column_types, settings.monotonic_constraints, development
    )
    matrix = encoder.transform(table)
    dataset = Dataset.of(matrix, target, encoder.features, declared.weights)
    if declared.test is not None:
        X, y = encoder.transform(declared.test.table), declared.test.values[0]
        scheme = replace(scheme, test=replace(dataset, X=X, y=y, weights=None))
    return Encoded(encoder, dataset, scheme)
