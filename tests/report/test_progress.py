import io
import sys

import pytest

from automl.history import TrialInfo, TrialResult
from automl.metrics import METRICS
from automl.report import Progress
from automl.space import Categorical, Space

SPACE = Space([Categorical("learner", ("lightgbm", "linear"), "lightgbm")])


class Terminal(io.StringIO):
    def isatty(self):
        return True


def _play(monkeypatch, stream, verbose):
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    info = TrialInfo(0, SPACE.default(), 0, "portfolio")
    other = TrialInfo(1, SPACE.make({"learner": "linear"}), 0, "portfolio")
    with Progress(10.0, None, METRICS["roc_auc"], 0.0, verbose) as progress:
        progress.phase("searching")
        progress.started(info)
        progress.started(other)
        progress.finished(TrialResult(info, "ok", (0.0877,), 0.9123, 1.0, 1.0, 50.0, 0.0))
        progress._bar and progress._bar.refresh()
    return stream.getvalue()


def test_a_terminal_shows_phase_best_score_and_what_runs(monkeypatch):
    shown = _play(monkeypatch, Terminal(), verbose=1)
    assert "searching, 1 evaluated" in shown
    assert "roc_auc 0.9123" in shown
    assert "linear" in shown


@pytest.mark.parametrize(("stream", "verbose"), [(io.StringIO, 1), (Terminal, 0)])
def test_without_a_terminal_or_when_quiet_nothing_is_shown(monkeypatch, stream, verbose):
    assert _play(monkeypatch, stream(), verbose) == ""
