"""The configurations that all tables of a task share, drawn once and only ever appended to.

They are drawn from a space that has every parameter any table can have (numbers, categories, a
skewed target, a rare class). On a table `Space.adapt` leaves out what it does not have, so that
two of them may come to the same thing there.

python -m metadata.configurations            # draw what is missing of a new learner; print counts
python -m metadata.configurations --denser   # draw three more of each learner
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.data import Feature, Task
from automl.history import History, TrialInfo
from automl.metrics import default_metric
from automl.pipelines import cold_portfolio, pipeline_space
from automl.pipelines.declaration import TargetFacts
from automl.search.samplers import SobolSampler
from automl.space import Config, Space
from metadata.blocks import DENSER, METADATA, ORIGINS, SEARCH, SHIPPED_ORIGINS

__all__ = [
    "FOLDER",
    "TASKS",
    "SharedConfig",
    "extend",
    "extend_denser",
    "extend_found",
    "read_configurations",
    "union_space",
    "write_configurations",
]

FOLDER = METADATA / "configurations"
TASKS: tuple[Task, ...] = ("binary", "multiclass", "regression")
COUNT = 40
LEAST_OF_A_FAMILY = 3
_ROOT = "learner"
_SEED = 0

_FEATURES = (
    Feature("first", "numeric"),
    Feature("second", "numeric"),
    Feature("flag", "boolean"),
    Feature("group", "categorical", 5),
    Feature("kind", "categorical", 5),
)


@dataclass(frozen=True)
class SharedConfig:
    """One configuration of the list of a task.

    Parameters
    ----------
    id : str
        Its place in the list; never given to another one.
    origin : {"portfolio", "sobol", "denser", "search"}
    values : mapping
        In the space of `union_space` at the time it was drawn.
    retired : str
        Why the space has it no more, and with it what its results say; empty while it has.
    family : str
        Of the table whose search found it, on which it says nothing; empty for all others.
    """

    id: str
    origin: str
    values: Mapping[str, Any]
    retired: str = ""
    family: str = ""


def union_space(task: Task) -> Space:
    """Space with every parameter that a table of this task can have under its usual metric."""
    facts = TargetFacts(minority=0.1, skew=3.0, log_skew=0.5, objective=default_metric(task).asked)
    return pipeline_space(task, _FEATURES, n_rows=3_000, target=facts)


def read_configurations(
    task: Task,
    folder: Path = FOLDER,
    origins: Collection[str] = SHIPPED_ORIGINS,
    *,
    retired: bool = False,
) -> list[SharedConfig]:
    """Read what a list has of some origins, on demand with what is retired; empty if not there."""
    path = folder / f"{task}.json"
    if not path.exists():
        return []
    listed = [SharedConfig(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    return [e for e in listed if e.origin in origins and (retired or not e.retired)]


def write_configurations(task: Task, listed: Sequence[SharedConfig], folder: Path = FOLDER) -> None:
    """Write the list of a task, all origins and what is retired included."""
    folder.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(_written(entry), sort_keys=True) for entry in listed)
    (folder / f"{task}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


def _written(entry: SharedConfig) -> dict[str, Any]:
    optional = ("retired", "family")
    return {name: value for name, value in vars(entry).items() if name not in optional or value}


def extend(task: Task, known: Sequence[SharedConfig], count: int = COUNT) -> list[SharedConfig]:
    """Append to a list until it has `count` entries and three of each learner.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    known : sequence of SharedConfig
        The whole list; it stays as it is.
    count : int
        Entries of a list that begins empty: the hand-written portfolio, then quasi-random points
        of one family after another.
    """
    space = union_space(task)
    listed = _append(known, space, "portfolio", cold_portfolio(task, space))
    for config in _sobol(space, 20 * count):
        of_family = Counter(entry.values[_ROOT] for entry in listed)
        if len(listed) < count or of_family[config[_ROOT]] < LEAST_OF_A_FAMILY:
            listed = _append(listed, space, "sobol", [config])
    return listed


def extend_denser(
    task: Task, known: Sequence[SharedConfig], more: int = LEAST_OF_A_FAMILY
) -> list[SharedConfig]:
    """Append so many more quasi-random points of each learner to a list."""
    space, listed = union_space(task), [*known]
    for config in _sobol(space, 20 * COUNT):
        drawn = [e for e in listed if e.origin == DENSER and e.values[_ROOT] == config[_ROOT]]
        if len(drawn) < more:
            listed = _append(listed, space, DENSER, [config])
    return listed


def extend_found(
    task: Task, known: Sequence[SharedConfig], found: Sequence[Mapping[str, Any]], family: str
) -> list[SharedConfig]:
    """Append what a search on a table of a family found to a list."""
    space = union_space(task)
    return _append(known, space, SEARCH, [space.adapt(values) for values in found], family)


def _append(
    known: Sequence[SharedConfig],
    space: Space,
    origin: str,
    configs: Sequence[Config],
    family: str = "",
) -> list[SharedConfig]:
    """Give new configurations the next places of a list."""
    listed, taken = [*known], {space.adapt(entry.values) for entry in known}
    for config in configs:
        if config not in taken:
            taken.add(config)
            name = f"{len(listed):03d}"
            listed.append(SharedConfig(name, origin, config.to_dict(), family=family))
    return listed


def _sobol(space: Space, n_configs: int) -> list[Config]:
    """Points of a quasi-random sequence, families in turn."""
    sampler = SobolSampler(space, root=_ROOT, seed=_SEED)
    history, rng = History(), np.random.default_rng(_SEED)
    pending: list[TrialInfo] = []
    for number in range(n_configs):
        proposal = sampler.propose(history, 0, pending, rng)
        pending.append(TrialInfo(number, proposal.config, 0, proposal.origin))
    return [info.config for info in pending]


def main(argv: Sequence[str] | None = None) -> None:
    """Extend the stored lists and print how many each learner has."""
    parser = argparse.ArgumentParser(prog="metadata.configurations")
    parser.add_argument("--denser", action="store_true", help="three more of each learner")
    arguments = parser.parse_args(argv)
    for task in TASKS:
        listed = extend(task, read_configurations(task, origins=ORIGINS, retired=True))
        if arguments.denser:
            listed = extend_denser(task, listed)
        write_configurations(task, listed)
        counts = Counter((entry.origin, entry.values[_ROOT]) for entry in listed)
        print(f"{task}: {len(listed)} configurations, {dict(counts)}")


if __name__ == "__main__":
    main()
