"""LightGBM as it comes, and as one would use it by hand: early stopping within the time limit."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from benchmarks.systems.base import Fitted, Job, System

__all__ = ["SYSTEMS"]

MOST_ROUNDS = 10_000
PATIENCE = 50
"""Rounds without a better score on the validation part, after which boosting ends."""
VALIDATION_SHARE = 0.1
_METRICS = {"binary": "auc", "multiclass": "multi_logloss", "regression": "rmse"}
_HIGHER_IS_BETTER = ("auc",)

Rows = npt.NDArray[np.int64]


def fit_lightgbm(job: Job) -> Fitted:
    """Default LightGBM, categories as it likes them, nothing tuned."""
    import lightgbm

    table, prepare = _for_lightgbm(job.X)
    settings: dict[str, Any] = {"n_jobs": job.n_jobs, "random_state": job.seed, "verbose": -1}
    if job.task == "regression":
        regressor = lightgbm.LGBMRegressor(**settings).fit(table, job.y)
        return Fitted(lambda X: regressor.predict(prepare(X)))
    classifier = lightgbm.LGBMClassifier(**settings).fit(table, job.y)
    return Fitted(lambda X: classifier.predict_proba(prepare(X)), classifier.classes_)


def fit_lightgbm_early(job: Job) -> Fitted:
    """Defaults but for the number of rounds: a tenth of the rows says when it is enough.

    Up to 10,000 rounds, ended by 50 without a better score, or by the time limit.
    """
    started = time.perf_counter()
    import lightgbm

    table, prepare = _for_lightgbm(job.X)
    chosen, validation = _validation_part(job)
    deadline = _Deadline(started + job.budget, _METRICS[job.task] in _HIGHER_IS_BETTER)
    kind = lightgbm.LGBMRegressor if job.task == "regression" else lightgbm.LGBMClassifier
    model = kind(
        n_estimators=MOST_ROUNDS,
        metric=_METRICS[job.task],
        n_jobs=job.n_jobs,
        random_state=job.seed,
        verbose=-1,
    )
    model.fit(
        table.iloc[chosen],
        job.y.iloc[chosen],
        eval_set=[(table.iloc[validation], job.y.iloc[validation])],
        callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False), deadline],
    )
    rounds = deadline.n_rounds
    ended = "limit" if deadline.late else "patience" if rounds < MOST_ROUNDS else "rounds"
    facts = {"n_trials": 1, "rounds": rounds, "best_round": model.best_iteration_, "ended": ended}
    if job.task == "regression":
        return Fitted(lambda X: model.predict(prepare(X)), None, facts)
    return Fitted(lambda X: model.predict_proba(prepare(X)), model.classes_, facts)


def _validation_part(job: Job) -> tuple[Rows, Rows]:
    """Rows to boost on and rows to stop on; classes keep their shares."""
    from sklearn.model_selection import train_test_split

    n_classes = 1 if job.task == "regression" else job.y.nunique()
    n_rows = max(math.ceil(VALIDATION_SHARE * len(job.y)), n_classes)
    chosen, validation = train_test_split(
        np.arange(len(job.y)),
        test_size=n_rows,
        random_state=job.seed,
        stratify=None if job.task == "regression" else job.y,
    )
    return chosen, validation


class _Deadline:
    """A callback that ends boosting where another round as long as the last would be late.

    Parameters
    ----------
    at : float
        On the clock of ``time.perf_counter``.
    higher_is_better : bool
        Of the score on the validation part.
    """

    order = 40  # after early stopping, which is 30

    def __init__(self, at: float, higher_is_better: bool) -> None:
        self.late = False
        self.n_rounds = 0
        self._at = at
        self._sign = 1.0 if higher_is_better else -1.0
        self._before = time.perf_counter()
        self._best: tuple[float, int, Any] = (-math.inf, 0, [])

    def __call__(self, env: Any) -> None:
        """Note the best round so far, and stop there if time is up."""
        from lightgbm.callback import EarlyStopException

        self.n_rounds = env.iteration + 1
        score = self._sign * env.evaluation_result_list[0][2]
        if score > self._best[0]:
            self._best = (score, env.iteration, env.evaluation_result_list)
        now = time.perf_counter()
        last, self._before = now - self._before, now
        if now + last > self._at:
            self.late = True
            raise EarlyStopException(self._best[1], self._best[2])


def _for_lightgbm(X: pd.DataFrame) -> tuple[pd.DataFrame, Callable[[pd.DataFrame], pd.DataFrame]]:
    """Neutral names (it refuses some characters), texts as categories, dates as numbers."""
    levels = {
        column: pd.CategoricalDtype(X[column].astype("category").cat.categories)
        for column in X.columns
        if not pd.api.types.is_numeric_dtype(X[column])
        and not pd.api.types.is_datetime64_any_dtype(X[column])
    }

    dates = [name for name in X.columns if pd.api.types.is_datetime64_any_dtype(X[name])]

    def prepare(table: pd.DataFrame) -> pd.DataFrame:
        # columns that stay are not touched one by one: a table may have ten thousand
        days = {name: (table[name] - pd.Timestamp(0)) / pd.Timedelta(days=1) for name in dates}
        ready = table.astype(levels).assign(**days) if levels or days else table
        return ready.set_axis([f"c{i}" for i in range(ready.shape[1])], axis=1)

    return prepare(X), prepare


def _system(name: str, function: str, uses_budget: bool) -> System:
    return System(
        name,
        f"benchmarks.systems.lightgbm:{function}",
        ("lightgbm", "scikit-learn", "numpy", "pandas"),
        preload=("lightgbm", "sklearn.model_selection"),
        uses_budget=uses_budget,
        # Spinning threads make it up to a hundred times slower next to any other load.
        environment={"GOMP_SPINCOUNT": "10000"},
    )


SYSTEMS = (
    _system("lightgbm", "fit_lightgbm", uses_budget=False),
    _system("lightgbm-early", "fit_lightgbm_early", uses_budget=True),
)
