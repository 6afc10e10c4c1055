from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from automl.knowledge import EvalRecord, KnowledgeBase, RunRecord, RuntimeModel
from automl.knowledge.compiled import Compiled, CompiledTask
from automl.knowledge.runtime import FamilyRuntime
from automl.space import Categorical, Float, Integer, Space, When

META = {"log_n_rows": 6.2, "log_n_features": 2.1, "share_categorical": 0.4, "share_missing": 0.1}


@pytest.fixture
def space() -> Space:
    return Space(
        [
            Categorical("learner", ("tree", "knn"), default="tree"),
            Float("rate", 0.01, 1.0, default=0.1, log=True, when=When("learner", ("tree",))),
            Integer("k", 1, 50, default=5, when=When("learner", ("knn",))),
        ]
    )


@pytest.fixture
def make_eval(space: Space) -> Callable[..., EvalRecord]:
    def make(loss: float | None, rung: int = 2, status: str = "ok", **config: Any) -> EvalRecord:
        made = space.make(config)
        return EvalRecord(made.to_dict(), made.key, rung, status, loss, 1.5, 2.0)

    return make


@pytest.fixture
def make_run(space: Space) -> Callable[..., RunRecord]:
    def make(name: str, *evals: EvalRecord, meta: Mapping[str, float] = META, **fields: Any):
        known = {"task": "binary", "metric": "roc_auc", "space_id": space.id, **fields}
        return RunRecord(f"key-{name}", name, metafeatures=dict(meta), evals=evals, **known)

    return make


@pytest.fixture
def base(fresh_home) -> KnowledgeBase:
    return KnowledgeBase(fresh_home / "knowledge")


RUNTIME = RuntimeModel(
    "learner",
    {
        "tree": FamilyRuntime(
            -7.0, {"size rows": 1.0, "value rate": -0.5}, {"rate": (-2.3, 1.0, True)}, 0.4
        ),
        "knn": FamilyRuntime(-9.0, {"size rows": 1.5}, {"k": (1.0, 1.0, True)}, 0.3),
    },
)


@pytest.fixture
def compiled() -> Compiled:
    task = CompiledTask(
        metric="roc_auc",
        protocol="2 folds",
        tables=("abc", "xyz"),
        families=("letters", "letters"),
        configs=({"learner": "tree", "rate": 0.5}, {"learner": "knn", "k": 3}),
        config_keys=("a", "b"),
        names=("log_n_rows",),
        runtime=RUNTIME,
        losses=np.array([[0.25, np.nan], [0.5, np.nan]], np.float32),
        seconds=np.array([[1.0, 30.0], [2.0, np.nan]], np.float32),
        statuses=np.array([[0, 2], [0, 255]], np.uint8),
        cut=np.array([[False, True], [False, False]]),
        metafeatures=np.array([[5.0], [6.0]], np.float32),
        prior_losses=np.array([0.5, 0.75], np.float32),
    )
    return Compiled({"binary": task}, {"tables": 2})
