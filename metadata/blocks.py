"""Blocks of work: which configurations on which tables, with how many rows, folds and seconds."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from automl.data import Task

__all__ = [
    "BLOCKS",
    "DATASETS",
    "DENSER",
    "FIRST",
    "LARGE",
    "METADATA",
    "ORIGINS",
    "ROWS",
    "SEARCH",
    "SECOND",
    "SHIPPED_BLOCKS",
    "SHIPPED_ORIGINS",
    "Block",
    "TableInfo",
    "read_index",
    "tables_of",
]

METADATA = Path(__file__).parent
DATASETS = METADATA.parents[1] / "shared" / "datasets"

DENSER, SEARCH = "denser", "search"
SHIPPED_ORIGINS = ("portfolio", "sobol")
"""Of the configurations that the shipped base knows."""
ORIGINS = (*SHIPPED_ORIGINS, DENSER, SEARCH)


@dataclass(frozen=True)
class Block:
    """One pass over many tables with the same configurations.

    Parameters
    ----------
    name : str
        Of the folder that holds its shards.
    tiers : tuple of int
        Tables of these tiers are run.
    most_rows : int
        Larger tables are cut to a stratified sample of so many rows.
    n_folds : int
        Of five, so many are scored.
    few_rows : int
        Below this number of rows all five are: a handful of validation rows ranks nothing.
    fold_seconds : float
        CPU seconds of one fold at which learners hand back what they have.
    predicted_rows : int
        Validation rows whose predictions are kept.
    least_rows : int
        Tables with fewer rows are left out.
    most_tables, most_configs : int, optional
        So many tables in the order of `tables_of`, and so many of the list of configurations.
    origins : tuple of str
        Of the configurations that are run.
    """

    name: str
    tiers: tuple[int, ...]
    most_rows: int
    n_folds: int
    few_rows: int
    fold_seconds: float
    predicted_rows: int
    least_rows: int = 0
    most_tables: int | None = None
    most_configs: int | None = None
    origins: tuple[str, ...] = SHIPPED_ORIGINS


FIRST, SECOND, LARGE, ROWS = "first", "second", "large", "rows"
SHIPPED_BLOCKS = (FIRST,)
"""Those whose losses are in the base that ships."""
BLOCKS = {
    block.name: block
    for block in (
        Block(FIRST, (1,), 3_000, 2, 500, 10.0, 500, origins=ORIGINS),
        Block(SECOND, (2,), 3_000, 2, 500, 10.0, 500),
        # few and whole, so that seconds are known of more rows than the other blocks have
        Block(LARGE, (1,), 1_000_000, 1, 0, 60.0, 500, 10_000, most_tables=15, most_configs=15),
        # the same tables with more rows than the first block has, and all configurations
        Block(ROWS, (1,), 10_000, 1, 0, 30.0, 500, 10_000, most_tables=15),
    )
}


@dataclass(frozen=True)
class TableInfo:
    """One line of the index of tables."""

    name: str
    task: Task
    family: str
    tier: int
    n_rows: int


def read_index(datasets: Path = DATASETS) -> dict[str, TableInfo]:
    """Read ``datasets.csv``.

    Raises
    ------
    OSError
        If it is not there.
    """
    with (datasets / "datasets.csv").open(newline="", encoding="utf-8") as file:
        return {
            line["name"]: TableInfo(
                line["name"],
                cast(Task, line["task"]),
                line["family"],
                int(line["tier"]),
                int(line["n_rows"]),
            )
            for line in csv.DictReader(file)
        }


def tables_of(block: Block, datasets: Path = DATASETS) -> list[TableInfo]:
    """Tables of a block in an order without a pattern, so that any beginning is a fair sample."""
    found = [
        info
        for info in read_index(datasets).values()
        if info.tier in block.tiers and info.n_rows >= block.least_rows
    ]
    ordered = sorted(found, key=lambda info: hashlib.sha256(info.name.encode()).digest())
    return ordered[: block.most_tables]
