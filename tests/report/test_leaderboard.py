import pytest

from automl.history import History, TrialInfo, TrialResult
from automl.report import leaderboard
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("a", "b"), "a"), Float("x", 0.0, 1.0, 0.5)])


def _add(history, number, x, rung, loss, status="ok"):
    info = TrialInfo(number, SPACE.make({"learner": "a", "x": x}), rung, "random")
    score = None if loss is None else 1 - loss
    losses = None if loss is None else (loss,)
    history.append(TrialResult(info, status, losses, score, 1.0, 0.9, 10.0, 0.0, "why"))
    return info.config.key


@pytest.fixture
def board():
    history = History()
    _add(history, 0, 0.1, 0, 0.5)
    best = _add(history, 1, 0.2, 0, 0.4)
    _add(history, 2, 0.3, 0, None, "timeout")
    _add(history, 3, 0.2, 1, 0.3)
    return leaderboard(history, {best: 0.7}, "roc_auc")


def test_one_row_a_configuration_highest_fidelity_first_failures_last(board):
    assert board["fidelity"].tolist() == [1, 0, 0]
    assert board["status"].tolist() == ["ok", "ok", "timeout"]
    assert board["roc_auc"].tolist()[:2] == [0.7, 0.5]


def test_weights_belong_to_configurations(board):
    assert board["weight"].tolist() == [0.7, 0.0, 0.0]
    assert board.index.name == "rank"
