"""Append what real searches find to the lists of shared configurations.

python -m metadata.finds --jobs 2 --without-families-of ../shared/datasets/bench.txt
python -m metadata.build fill --block first --jobs 2      # runs them on all tables

Some tables of each task type are searched as a user's call does, without a base; members of the
ensemble that are not from the hand-written portfolio are appended, with the family of the table. It
can be killed and taken up: a table of which something was appended is not searched again.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from joblib import Parallel, delayed

import automl
from metadata.blocks import BLOCKS, DATASETS, FIRST, ORIGINS, SEARCH, TableInfo, tables_of
from metadata.compile import families_of
from metadata.configurations import (
    FOLDER,
    TASKS,
    extend_found,
    read_configurations,
    write_configurations,
)

__all__ = ["main", "search"]

N_TABLES = 5
LEAST_ROWS = 500
_SEED = 0


def search(
    info: TableInfo, datasets: Path, seconds: float
) -> tuple[TableInfo, list[dict[str, Any]]]:
    """Search on one table for some seconds with one core.

    Returns
    -------
    info : TableInfo
    found : list of dict
        Members of the ensemble that the search came to, the heaviest first.
    """
    table = pd.read_parquet(datasets / f"{info.name}.parquet")
    model = automl.fit(
        table.iloc[:, :-1],
        table.iloc[:, -1],
        task=info.task,
        time_limit=seconds,
        test_size=0,
        knowledge_base=None,
        n_jobs=1,
        random_state=_SEED,
        verbose=0,
    )
    members = sorted(model.model_.members, key=lambda member: -member.weight)
    known = {r.info.config for r in model.history_.results if r.info.origin == "portfolio"}
    return info, [member.config.to_dict() for member in members if member.config not in known]


def _searched(datasets: Path, suite: Path) -> list[TableInfo]:
    """Some tables of each task type that are not related to a suite."""
    without, listed = families_of(suite, datasets), tables_of(BLOCKS[FIRST], datasets)
    fit = [i for i in listed if i.family not in without and i.n_rows >= LEAST_ROWS]
    return [info for task in TASKS for info in [i for i in fit if i.task == task][:N_TABLES]]


def _is_done(info: TableInfo, folder: Path) -> bool:
    listed = read_configurations(info.task, folder, (SEARCH,), retired=True)
    return info.family in {entry.family for entry in listed}


def main(argv: Sequence[str] | None = None) -> None:
    """Search, and append what was found table by table."""
    parser = argparse.ArgumentParser(prog="metadata.finds", description=__doc__.splitlines()[0])
    parser.add_argument("--without-families-of", type=Path, required=True, help="file of tables")
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    parser.add_argument("--configurations", type=Path, default=FOLDER, help="folder of the lists")
    parser.add_argument("--seconds", type=float, default=90.0, help="of each search, on one core")
    parser.add_argument("--jobs", type=int, default=1, help="tables side by side")
    arguments = parser.parse_args(argv)
    folder = arguments.configurations
    tables = _searched(arguments.datasets, arguments.without_families_of)
    results = Parallel(n_jobs=arguments.jobs, batch_size=1, return_as="generator")(
        delayed(search)(info, arguments.datasets, arguments.seconds)
        for info in tables
        if not _is_done(info, folder)
    )
    for info, found in results:
        known = read_configurations(info.task, folder, ORIGINS, retired=True)
        listed = extend_found(info.task, known, found, info.family)
        write_configurations(info.task, listed, folder)
        print(f"{info.name}: {len(listed) - len(known)} of {len(found)} appended", flush=True)


if __name__ == "__main__":
    main()
