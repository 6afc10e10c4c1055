"""Meta-features of the tables of a block, as they are when they are run.

python -m metadata.describe --block first

Minutes, not hours: what is there is made anew, so that new features need no other run.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from automl.metafeatures import extract
from metadata.blocks import BLOCKS, DATASETS, FIRST, METADATA, Block, tables_of
from metadata.evaluate import read_dataset

__all__ = ["describe_tables", "read_metafeatures"]

_DIGITS = 6


def describe_tables(block: Block, datasets: Path) -> dict[str, dict[str, float]]:
    """Describe all tables of a block.

    Parameters
    ----------
    block : Block
        Its rows are what is described: a sample of a table is a table of so many rows.
    datasets : Path
    """
    found = {}
    for info in sorted(tables_of(block, datasets), key=lambda info: info.name):
        dataset = read_dataset(datasets / f"{info.name}.parquet", info.task, block.most_rows)
        described = extract(dataset)
        found[info.name] = {name: float(f"{v:.{_DIGITS}g}") for name, v in described.items()}
    return found


def metafeatures_path(root: Path, block: str) -> Path:
    """File of a block."""
    return root / "metafeatures" / f"{block}.json"


def read_metafeatures(root: Path, blocks: Iterable[str]) -> dict[str, dict[str, float]]:
    """Read what `describe_tables` found in some blocks; nothing of one that has no file."""
    found: dict[str, dict[str, float]] = {}
    for path in (metafeatures_path(root, block) for block in blocks):
        if path.exists():
            found.update(json.loads(path.read_text(encoding="utf-8")))
    return found


def main(argv: Sequence[str] | None = None) -> None:
    """Describe the tables of a block."""
    parser = argparse.ArgumentParser(prog="metadata.describe", description=__doc__.splitlines()[0])
    parser.add_argument("--block", choices=list(BLOCKS), default=FIRST)
    parser.add_argument("--root", type=Path, default=METADATA)
    parser.add_argument("--datasets", type=Path, default=DATASETS)
    arguments = parser.parse_args(argv)
    found = describe_tables(BLOCKS[arguments.block], arguments.datasets)
    path = metafeatures_path(arguments.root, arguments.block)
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(v)}" for name, v in found.items())
    path.write_text(f"{{\n{lines}\n}}\n", encoding="utf-8")
    print(f"{len(found)} tables described in {path}")


if __name__ == "__main__":
    main()
