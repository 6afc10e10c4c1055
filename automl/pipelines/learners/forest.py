"""What random forests and extremely randomised trees share: growing in chunks, bounded size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.pipelines.clock import Clock
from automl.pipelines.declaration import Array, BuildSettings, TableFacts, n_outputs
from automl.pipelines.learners.compact_trees import compact, restored
from automl.space import Categorical, Float, Integer, Parameter
from automl.threads import allowed_threads

__all__ = ["ForestModel", "forest_parameters"]

MODEL_BYTES = 50_000_000
NODE_BYTES = 64  # a node of scikit-learn's trees, without its values
VALUE_BYTES = 8
FIRST_TREES = 4
MOST_CLASSES_FOR_ALL_TREES = 10


def forest_parameters(facts: TableFacts, max_features: float) -> tuple[Parameter, ...]:
    """Parameters of both forests; only the default column share differs."""
    criteria: tuple[Parameter, ...] = ()
    if facts.task != "regression":
        criteria = (Categorical("criterion", ("gini", "entropy"), default="gini"),)
    default_leaf = 2 if facts.task == "regression" else 1
    return (
        Integer("n_estimators", 50, 300, default=100, log=True),
        Float("max_features", 0.1, 1.0, default=max_features),
        Integer("min_samples_leaf", 1, 40, default=default_leaf, log=True),
        *criteria,
    )


class ForestModel:
    """A forest grown a few trees at a time, so that it can stop in time.

    The number of leaves is limited so that a fitted model stays near 50 MB: fully grown trees on
    60,000 rows would take 8 MB each. Chunks do not change the trees: tree i depends on seed and i.

    Parameters
    ----------
    kind : {"RandomForest", "ExtraTrees"}
        First half of the scikit-learn class name.
    bootstrap : bool
    values : mapping
        Parameters as declared by `forest_parameters`.
    settings : BuildSettings
    """

    def __init__(
        self, kind: str, bootstrap: bool, values: Mapping[str, Any], settings: BuildSettings
    ) -> None:
        self.kind = kind
        self.bootstrap = bootstrap
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock, weights: Array | None = None) -> ForestModel:
        """Grow trees until all are there or the next chunk would pass the limit."""
        n_trees = self._n_trees(y)
        self.forest_ = self._forest(y, n_trees)
        grown, step = 0, min(FIRST_TREES, n_trees)
        while grown < n_trees:
            before = clock.left()
            self.forest_.n_estimators = grown + step
            self.forest_.fit(X, y, sample_weight=weights)
            grown += step
            spent = max(clock.elapsed_since(before), 1e-3)
            affordable = clock.left() / spent * step
            if affordable < 1:
                break
            # at most a tenth of the time left between two looks at the clock
            step = int(max(1, min(n_trees - grown, affordable / 10 + 1)))
            if not np.isfinite(affordable):
                step = n_trees - grown
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values."""
        if self.settings.task == "regression":
            return np.asarray(self.forest_.predict(X))
        return np.asarray(self.forest_.predict_proba(X))

    def __getstate__(self) -> dict[str, Any]:
        """What predicts; a fitted forest is stored several times smaller than it is."""
        state = dict(self.__dict__)
        if "forest_" in state:
            state["forest_"] = compact(state["forest_"])
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "forest_" in state:
            self.forest_ = restored(state["forest_"])

    def _n_trees(self, y: Array) -> int:
        """Trees; fewer where many classes make every leaf wide."""
        n_trees = int(self.values["n_estimators"])
        share = MOST_CLASSES_FOR_ALL_TREES / n_outputs(y, self.settings.task)
        return max(min(n_trees, 30), int(n_trees * min(1.0, share)))

    def _forest(self, y: Array, n_trees: int) -> Any:
        import sklearn.ensemble

        regression = self.settings.task == "regression"
        kind = getattr(sklearn.ensemble, self.kind + ("Regressor" if regression else "Classifier"))
        names = ("max_features", "min_samples_leaf", "criterion")
        return kind(
            n_estimators=n_trees,
            bootstrap=self.bootstrap,
            max_leaf_nodes=self._max_leaves(y, n_trees),
            warm_start=True,
            n_jobs=allowed_threads(),
            random_state=self.settings.seed,
            **{name: self.values[name] for name in names if name in self.values},
        )

    def _max_leaves(self, y: Array, n_trees: int) -> int | None:
        """Leaves of a tree within the size limit; None where rows alone keep it smaller."""
        width = NODE_BYTES + VALUE_BYTES * n_outputs(y, self.settings.task)
        most = max(16, int(MODEL_BYTES / (2 * n_trees * width)))
        return None if len(y) // int(self.values["min_samples_leaf"]) <= most else most
