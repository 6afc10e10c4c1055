"""The configurations that all tables of a task share, drawn once and only ever appended to.

They are drawn from a space that has every parameter any table can have (numbers, categories, a
skewed target, a rare class). On a table `Space.adapt` leaves out what it does not have, so that
two of them may come to the same thing there.

python -m metadata.configurations            # draw what is missing of a new learner; print counts
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl.data import Feature, Task
from automl.evaluation.metrics import default_metric
from automl.history import History, TrialInfo
from automl.pipelines import cold_portfolio, pipeline_space
from automl.pipelines.declaration import TargetFacts
from automl.search.samplers import SobolSampler
from automl.space import Config, Space
from metadata.blocks import METADATA

__all__ = ["FOLDER", "TASKS", "SharedConfig", "extend", "read_configurations", "union_space"]

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
    origin : {"portfolio", "sobol"}
    values : mapping
        In the space of `union_space` at the time it was drawn.
    retired : str
        Why the space has it no more, and with it what its results say; empty while it has.
    """

    id: str
    origin: str
    values: Mapping[str, Any]
    retired: str = ""


def union_space(task: Task) -> Space:
    """Space with every parameter that a table of this task can have under its usual metric."""
    facts = TargetFacts(minority=0.1, skew=3.0, log_skew=0.5, objective=default_metric(task).asked)
    return pipeline_space(task, _FEATURES, n_rows=3_000, target=facts)


def read_configurations(
    task: Task, folder: Path = FOLDER, retired: bool = False
) -> list[SharedConfig]:
    """Read the list of a task, on demand with what is retired; empty where there is none yet."""
    path = folder / f"{task}.json"
    if not path.exists():
        return []
    listed = [SharedConfig(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))]
    return [entry for entry in listed if retired or not entry.retired]


def extend(task: Task, known: list[SharedConfig], count: int = COUNT) -> list[SharedConfig]:
    """Append to a list until it has `count` entries and three of each learner.

    Parameters
    ----------
    task : {"binary", "multiclass", "regression"}
    known : list of SharedConfig
        Stays as it is.
    count : int
        Entries of a list that begins empty: the hand-written portfolio, then quasi-random points
        of one family after another.
    """
    space = union_space(task)
    listed = [*known]
    taken = {space.adapt(entry.values) for entry in known}

    def add(origin: str, config: Config) -> None:
        if config not in taken:
            taken.add(config)
            listed.append(SharedConfig(f"{len(listed):03d}", origin, config.to_dict()))

    for config in cold_portfolio(task, space):
        add("portfolio", config)
    for config in _sobol(space, 20 * count):
        of_family = Counter(entry.values[_ROOT] for entry in listed)
        if len(listed) < count or of_family[config[_ROOT]] < LEAST_OF_A_FAMILY:
            add("sobol", config)
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


def main() -> None:
    """Extend the stored lists and print how many each learner has."""
    FOLDER.mkdir(exist_ok=True)
    for task in TASKS:
        listed = extend(task, read_configurations(task, retired=True))
        lines = ",\n".join(json.dumps(_written(entry), sort_keys=True) for entry in listed)
        (FOLDER / f"{task}.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
        counts = Counter(entry.values[_ROOT] for entry in listed)
        print(f"{task}: {len(listed)} configurations, {dict(counts)}")


def _written(entry: SharedConfig) -> dict[str, Any]:
    return {name: value for name, value in vars(entry).items() if name != "retired" or value}


if __name__ == "__main__":
    main()
