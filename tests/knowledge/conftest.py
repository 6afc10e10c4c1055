from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from automl.knowledge import EvalRecord, KnowledgeBase, RunRecord
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
