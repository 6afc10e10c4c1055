"""Rounds: found on inner rows, with a patience that grows."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from automl.pipelines import best_rounds
from automl.pipelines.clock import Clock, count_cpu_seconds
from automl.pipelines.early_stopping import StopRule, inner_split, scaled_rounds

from .conftest import build, make_table


def rounds_until_stop(losses: list[float], **settings: float) -> int:
    rule = StopRule(clock=Clock(None), **settings)
    for round_, loss in enumerate(losses, start=1):
        if rule.update(round_, loss):
            return round_
    return len(losses)


def test_patience_grows_with_the_best_round() -> None:
    early = [1.0 / (1 + i) for i in range(10)] + [2.0] * 500
    late = [1.0 / (1 + i) for i in range(300)] + [2.0] * 500
    assert rounds_until_stop(early, patience=20, growth=0.3) - 10 == 20
    assert rounds_until_stop(late, patience=20, growth=0.3) - 300 == 100


def test_losses_that_are_not_numbers_end_in_the_first_round() -> None:
    rule = StopRule(patience=3, clock=Clock(None))
    assert [rule.update(i, float("nan")) for i in (1, 2, 3, 4)] == [False, False, False, True]
    assert rule.best_round == 1


def test_a_clock_without_limit_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> float:
        raise AssertionError("the clock was read")

    monkeypatch.setattr("automl.pipelines.clock.time.monotonic", fail)
    for learner in ("lightgbm", "extra_trees", "mlp", "hist_gradient_boosting", "linear"):
        table = make_table("binary", n_rows=80)
        build(table, learner).fit(table.X, table.y)


@pytest.mark.parametrize("learner", ["lightgbm", "mlp", "hist_gradient_boosting", "extra_trees"])
def test_less_time_gives_a_smaller_model(monkeypatch: pytest.MonkeyPatch, learner: str) -> None:
    table = make_table("regression", n_rows=200)

    def size(seconds: float) -> int:
        looks = itertools.count()  # each look at the clock takes 50 ms
        monkeypatch.setattr("automl.pipelines.clock.time.monotonic", lambda: 0.05 * next(looks))
        model = build(table, learner, max_seconds=seconds).fit(table.X, table.y)
        if learner == "mlp":
            return next(looks)  # one look a step
        rounds = best_rounds(model)
        return len(model.learner_.forest_.estimators_) if rounds is None else rounds

    assert size(0.6) < size(1e5)


def test_inner_rows_are_few_and_of_all_classes() -> None:
    y = np.repeat([0, 1, 2], [30_000, 9_000, 1_000])
    train, stop = inner_split(y, "multiclass", seed=0)
    assert len(stop) == 3_000
    assert set(y[stop]) == {0, 1, 2}
    assert not set(train) & set(stop)
    assert inner_split(y[:20], "multiclass", seed=0) is None


def test_rounds_grow_less_than_rows() -> None:
    assert scaled_rounds(100, 100, 121) == 110
    assert scaled_rounds(1, 85, 100) == 1


def test_noise_stops_early_and_signal_does_not() -> None:
    signal = make_table("regression", n_rows=400)
    noise = np.random.default_rng(0).normal(size=400)
    kept = best_rounds(build(signal, "lightgbm").fit(signal.X, signal.y))
    dropped = best_rounds(build(signal, "lightgbm").fit(signal.X, noise))
    assert dropped < kept / 10


def test_a_clock_can_count_the_seconds_of_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl.pipelines.clock._reading", "monotonic")
    count_cpu_seconds()
    clock = Clock(1.0)
    time.sleep(0.05)
    assert clock.left() > 0.97
