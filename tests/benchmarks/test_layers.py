"""A second layer: what weights cannot mend it does, and where it is worse it is guarded."""

import numpy as np
import pytest

from benchmarks.layers import LEAST_ROWS, _losses, compare
from benchmarks.replay import Library, Stored

N_ROWS, N_TEST = LEAST_ROWS + 50, 200


def _library(task, of_row, n_rows=N_ROWS):
    """Three pipelines; `of_row` makes a prediction from target, generator and number."""
    rng = np.random.default_rng(0)
    y, y_test = (
        rng.normal(size=n) if task == "regression" else rng.integers(2, size=n)
        for n in (n_rows, N_TEST)
    )
    pipelines = []
    for k in range(3):
        out_of_fold, test = of_row(y, rng, k), of_row(y_test, rng, k)
        pipelines.append(Stored({"learner": f"{k}"}, 1.0, float(k), out_of_fold, test, test))
    return Library("made", task, y, y_test, tuple(pipelines))


def _too_high(y, rng, k):
    """Values that all err to the same side."""
    return y + 1.0 + 0.1 * (k + 1) * rng.normal(size=len(y))


def _unsure(y, rng, k):
    """Probabilities that are right and far too close to one half."""
    positive = 0.5 + 0.02 * (2 * y - 1) + 0.01 * rng.normal(size=len(y))
    return np.column_stack([1.0 - positive, positive])


def test_a_layer_takes_away_what_all_have_in_common():
    losses = _losses(_library("regression", _too_high))
    assert losses["ensemble"] > 0.9
    assert losses["linear"] < 0.2
    assert losses["linear, guarded"] == losses["linear"]
    assert losses["linear"] < losses["linear, half"] < losses["ensemble"]


def test_where_the_ensemble_is_right_the_guard_keeps_it():
    losses = _losses(_library("regression", lambda y, rng, k: y + 0.01 * rng.normal(size=len(y))))
    assert losses["boosted"] > losses["ensemble"]
    assert losses["boosted, guarded"] == losses["ensemble"]


def test_classes_are_layered_too():
    losses = _losses(_library("binary", _unsure))
    assert losses["linear"] == pytest.approx(losses["ensemble"], abs=0.02)


def test_small_tables_are_left_out(capsys):
    small, large = (_library("regression", _too_high, n) for n in (LEAST_ROWS - 1, N_ROWS))
    compare([small, large])
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert "1 / 0 / 0" in lines[0]
