"""Whatever comes in, out comes a model or one sentence.

Inputs are drawn as recipes of named strange things (`tests/strange`), so that each can be read and
made again. Every fit is a real one; most share one worker, which takes seconds to start. The same
inputs are drawn each time; ``STRANGE_INPUTS=5000`` draws so many new ones a test instead.
"""

from __future__ import annotations

import os
import re
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

import automl
from automl.exceptions import AutoMLError
from automl.execution.local import LocalExecutor
from tests.strange.columns import COLUMNS, PLAIN, make_column
from tests.strange.settings import N_ROWS, SETTINGS
from tests.strange.tables import NAMES, PREDICTED, TABLES, TARGETS

CHEAP = {
    "time_limit": None,
    "max_trials": 1,
    "n_jobs": 1,
    "refit": False,
    "knowledge_base": None,
    "random_state": 0,
    "verbose": 0,
}
_FRESH = int(os.environ.get("STRANGE_INPUTS", "0"))
_SHARED_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
_LONGEST = 900

seen: set[str] = set()


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some settings name folders, which are made where the process is."""
    monkeypatch.chdir(tmp_path)


def draws(n: int) -> Callable[..., Any]:
    """Settings of a property: as many examples, the same each time unless new ones are wanted."""
    return settings(
        max_examples=_FRESH if _FRESH else n,
        derandomize=not _FRESH,
        database=None,
        deadline=None,
        suppress_health_check=_SHARED_FIXTURES,
        phases=(Phase.generate, Phase.shrink) if _FRESH else (Phase.generate,),
    )


@dataclass(frozen=True)
class Recipe:
    """One strange input, by the names of its parts."""

    n_rows: int = N_ROWS
    columns: tuple[str, ...] = PLAIN
    names: str = "texts"
    table: str = "frame"
    target: str = "two classes"
    predicted: str = "same"
    settings: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> pd.DataFrame:
        rng = np.random.default_rng(len(self.columns))
        made = [make_column(name, self.n_rows, rng) for name in self.columns]
        frame = pd.concat(made, axis=1) if made else pd.DataFrame(index=range(self.n_rows))
        return frame.set_axis(NAMES[self.names](len(made)), axis=1)


def outcome(action: Callable[[], Any]) -> Any:
    """What an action gives; None if it says in one sentence of its own why not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return action()
        except AutoMLError as error:
            note(f"{type(error).__name__}: {error}")
            check_sentence(str(error))
            return None


def check_sentence(message: str) -> None:
    assert "\n" not in message
    assert 20 < len(message) < _LONGEST
    assert message.endswith((".", ")"))
    assert not re.search(r"[a-z]\. [A-Z]", message), "more than one sentence"
    assert not re.search(r"Traceback|site-packages| at 0x[0-9a-f]{6}", message)


def check_model(model: Any) -> None:
    holdout = model.holdout_
    assert holdout is None or holdout.ci_low <= holdout.ci_high
    assert len(model.columns_) == model.n_features_in_
    assert len(model.leaderboard()) == len(model.history_.highest())


def check_prediction(model: Any, table: Any) -> None:
    """A prediction is finite, and probabilities are shares."""
    predicted = outcome(lambda: model.predict(table))
    if predicted is None:
        return
    if model.task_ == "regression":
        assert np.isfinite(predicted).all()
        return
    shares = model.predict_proba(table)
    assert shares.shape == (len(predicted), len(model.classes_))
    assert np.isfinite(shares).all()
    assert np.allclose(shares.sum(axis=1), 1.0)


def carry_out(recipe: Recipe, base: dict[str, Any]) -> None:
    """Fit by the recipe, and predict by it if there is a model."""
    seen.add(repr(recipe))
    frame = recipe.frame()
    rng = np.random.default_rng(0)
    y = TARGETS[recipe.target](recipe.n_rows, rng)
    try:
        table = TABLES[recipe.table](frame)
        asked = PREDICTED[recipe.predicted](frame)
    except Exception:  # such a table cannot be made of such columns, by whatever library makes it
        return
    model = outcome(lambda: automl.fit(table, y, **{**base, **recipe.settings}))
    if model is not None:
        check_model(model)
        check_prediction(model, asked)


names_of = st.sampled_from
columns = st.lists(names_of(sorted(COLUMNS)), max_size=4).map(tuple)
several = st.lists(names_of(sorted(COLUMNS)), min_size=1, max_size=3).map(lambda c: (*c, "numbers"))


def settings_of(names: list[str], most: int) -> st.SearchStrategy[dict[str, Any]]:
    """Some settings, each with one of its strange values."""
    chosen = st.lists(names_of(names), min_size=1, max_size=most, unique=True)
    return chosen.flatmap(lambda c: st.fixed_dictionaries({n: names_of(SETTINGS[n]) for n in c}))


pytestmark = pytest.mark.usefixtures("kept_worker")


@draws(130)
@given(columns=several, target=names_of(["two classes", "three classes", "numbers"]))
def test_strange_columns(columns, target):
    carry_out(Recipe(columns=columns, target=target), CHEAP)


@draws(100)
@given(
    columns=columns,
    names=names_of(sorted(NAMES)),
    table=names_of(sorted(TABLES)),
    n_rows=names_of([0, 1, 2, 3, 30]),
)
def test_strange_tables(columns, names, table, n_rows):
    carry_out(Recipe(n_rows, columns, names, table, "whole numbers"), CHEAP)


@draws(100)
@given(
    target=names_of(sorted(TARGETS)),
    n_rows=names_of([0, 1, 2, 3, 5, 12, 30]),
    task=names_of(["auto", "auto", "regression", "classification"]),
)
def test_strange_targets(target, n_rows, task):
    carry_out(Recipe(n_rows, target=target, settings={"task": task}), CHEAP)


@draws(130)
@given(
    chosen=settings_of(sorted(SETTINGS), 2),
    target=names_of(["two classes", "numbers", "three classes"]),
)
def test_strange_settings(chosen, target):
    carry_out(Recipe(target=target, settings=chosen), CHEAP)


@draws(100)
@given(columns=several, predicted=names_of(sorted(PREDICTED)))
def test_strange_tables_to_predict(columns, predicted):
    carry_out(Recipe(columns=columns, predicted=predicted), CHEAP)


@draws(10)
@given(
    columns=columns,
    names=names_of(sorted(NAMES)),
    target=names_of(sorted(TARGETS)),
    chosen=settings_of(["cv", "groups", "metric", "test_size"], 1),
)
def test_everything_at_once_with_a_worker_of_its_own(columns, names, target, chosen, monkeypatch):
    with monkeypatch.context() as own:
        own.setattr("automl.execution.local.LocalExecutor", LocalExecutor)
        limited = {**CHEAP, "time_limit": 6.0}
        started = time.monotonic()
        carry_out(Recipe(N_ROWS, columns, names, "frame", target, settings=chosen), limited)
        assert time.monotonic() - started < 60.0  # a limit of 6 s on a machine that may be busy


def test_at_least_five_hundred_inputs_were_different():
    """Counts what the tests above drew; alone it has nothing to count."""
    if len(seen) < 2:
        pytest.skip("counts the inputs of the other tests of this file")
    assert len(seen) >= 500
