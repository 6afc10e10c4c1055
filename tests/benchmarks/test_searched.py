"""Libraries of real searches: what is read from a store, and what is compared."""

import json

import numpy as np
import pytest

from benchmarks.searched import WAYS, compare, load, loss_of_choice, today


@pytest.fixture
def store(tmp_path):
    """One table, regression: predictions are the truth with errors that grow with the number."""
    rng = np.random.default_rng(0)
    y, y_test = rng.normal(size=100), rng.normal(size=60)
    folder = tmp_path / "made"
    folder.mkdir()
    for number in range(8):
        losses = np.full(5, 0.1 + 0.005 * number)
        noise = np.random.default_rng(number)
        np.savez(
            folder / f"{number}.npz",
            config=json.dumps({"learner": "abcd"[number % 4]}),
            losses=losses,
            n_searched=5 if number < 6 else 1,
            out_of_fold=y + losses[0] * noise.normal(size=len(y)),
            second=y + losses[0] * noise.normal(size=len(y)) if number < 6 else np.empty(0),
            refit=y_test + losses[0] * noise.normal(size=len(y_test)),
        )
    np.savez(
        folder / "truth.npz", y=y, y_test=y_test, task="regression", n_rows=100, fold_sizes=[20] * 5
    )
    (tmp_path / "begun").mkdir()
    return tmp_path


def test_a_table_that_was_only_begun_is_left_out(store):
    (library,) = load(store)
    assert library.table == "made"
    assert len(library.candidates) == 8
    assert len(library.complete()) == 6


def test_a_mix_beats_its_best_member(store):
    (library,) = load(store)
    assert today(library) == loss_of_choice(library, library.complete())
    assert today(library) < loss_of_choice(library, library.complete()[:1])


def test_every_way_is_compared(store, capsys):
    compare(load(store))
    lines = capsys.readouterr().out.splitlines()
    assert [line[:32].strip() for line in lines] == list(WAYS)
    assert all("loss ratio" in line for line in lines)
