"""Steps that become larger where the time is short."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from automl.data import Task
from automl.pipelines import best_rounds
from automl.pipelines.clock import Clock
from automl.pipelines.pace import TIMED_ROUNDS, Pace

from .conftest import build, make_table


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock takes 10 ms."""
    looks = itertools.count()
    monkeypatch.setattr("automl.pipelines.clock.time.monotonic", lambda: 0.01 * next(looks))


def set_after(seconds: float, limit: float, wanted: float, twice: bool = False) -> Pace:
    now = 0.0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("automl.pipelines.clock.time.monotonic", lambda: now)
        pace = Pace(Clock(limit), twice)
        now = seconds
        assert pace.is_to_be_set(TIMED_ROUNDS)
        pace.set(wanted, 0.0, 6.0)
    return pace


def test_where_the_rounds_fit_the_steps_stay() -> None:
    assert set_after(0.2, 10.0, wanted=300).factor == 1.0


def test_steps_grow_as_the_time_is_short_and_not_without_end() -> None:
    assert set_after(0.2, 2.2, wanted=420).factor == pytest.approx(2.0)
    assert set_after(0.2, 2.2, wanted=420, twice=True).factor == pytest.approx(4.0)
    assert set_after(0.2, 0.3, wanted=1_000).factor == 6.0


def test_rounds_are_told_as_those_of_the_rate_that_was_asked_for() -> None:
    pace = set_after(0.2, 2.2, wanted=420)
    assert [pace.equivalent(n) for n in (5, 20, 120)] == [5, 20, 220]


def test_without_a_limit_nothing_is_timed() -> None:
    assert not Pace(Clock(None)).is_to_be_set(20)


@pytest.mark.parametrize("task", ["regression", "multiclass"])
def test_a_fit_with_little_time_learns_more_than_one_that_is_cut_off(
    ticking: None, monkeypatch: pytest.MonkeyPatch, task: Task
) -> None:
    table = make_table(task, n_rows=400, n_classes=3)

    def error() -> float:
        model = build(table, "lightgbm", max_seconds=2.0, learning_rate=0.02).fit(table.X, table.y)
        if task == "regression":
            return float(np.mean((model.predict(table.X) - table.y) ** 2))
        shares = model.predict_proba(table.X)[np.arange(400), table.y]
        return float(-np.log(np.clip(shares, 1e-9, 1.0)).mean())

    paced = error()
    monkeypatch.setattr(Pace, "set", lambda *_: None)
    assert paced < 0.9 * error()


def test_the_rounds_of_a_hurried_fit_serve_a_refit_at_leisure(ticking: None) -> None:
    table = make_table("regression", n_rows=400)
    hurried = build(table, "lightgbm", max_seconds=2.0).fit(table.X, table.y)
    rounds = best_rounds(hurried)
    assert rounds is not None
    refitted = build(table, "lightgbm", rounds=rounds).fit(table.X, table.y)
    assert best_rounds(refitted) == rounds
    own = np.mean((hurried.predict(table.X) - table.y) ** 2)
    assert np.mean((refitted.predict(table.X) - table.y) ** 2) < 1.5 * own
