"""Knowledge bases to measure with: without relatives of the tables, sound or permuted on purpose.

A base is compiled anew from the shards in ``metadata``, everything learned included, for each run
of a benchmark. In a permuted base the losses and seconds of a configuration are those of another
one, the same on all tables: it is consistent, and wrong.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np

from automl.knowledge.compiled import COMPILED, Compiled, CompiledTask, read_compiled
from metadata.compile import compile_base

__all__ = ["check_unrelated", "permuted", "write_base"]

_SEED = 0


def write_base(families: Collection[str], folder: Path, wrong: bool = False) -> Path:
    """Compile a base that knows no relative of some tables.

    Parameters
    ----------
    families : collection of str
        Of the tables.
    folder : Path
        Of the base; what is there is replaced.
    wrong : bool
        Whether it is permuted.
    """
    base = compile_base(without=families)
    (permuted(base) if wrong else base).write(folder / COMPILED)
    return folder


def permuted(base: Compiled) -> Compiled:
    """Hand the results of each configuration to another one."""
    return Compiled({task: _permuted(known) for task, known in base.tasks.items()}, base.info)


def _permuted(known: CompiledTask) -> CompiledTask:
    order = np.random.default_rng(_SEED).permutation(len(known.configs))
    return replace(
        known,
        losses=known.losses[:, order],
        seconds=known.seconds[:, order],
        statuses=known.statuses[:, order],
        cut=known.cut[:, order],
    )


def check_unrelated(folder: Path, families: Collection[str]) -> None:
    """Refuse a base that knows a relative of a table that is to be measured.

    Raises
    ------
    ValueError
        If it does, or if there is no base.
    """
    base = read_compiled(folder / COMPILED)
    if base is None:
        raise ValueError(f"--base must be a folder with a {COMPILED}; {folder} has none")
    known = {family for task in base.tasks.values() for family in task.families}
    related = sorted(known & set(families))
    if related:
        raise ValueError(
            f"the base must know no relative of the tables, but {folder} knows {related}: compile "
            "one with `metadata.compile --without-families-of`"
        )
