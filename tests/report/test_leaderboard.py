import pytest

from automl.history import History, TrialInfo, TrialResult
from automl.report import leaderboard, tried
from automl.space import Categorical, Float, Space

SPACE = Space([Categorical("learner", ("a", "b"), "a"), Float("x", 0.0, 1.0, 0.5)])


def _add(history, number, x, rung, loss, status="ok"):
    info = TrialInfo(number, SPACE.make({"learner": "a", "x": x}), rung, "random")
    score, facts = None if loss is None else 1 - loss, {"fraction": (0.2, 1.0)[rung]}
    history.append(
        TrialResult(
            info,
            status,
            None if loss is None else (loss,),
            score,
            1.0,
            0.9,
            10.0,
            0.0,
            "why",
            facts,
        )
    )
    return info.config.key


@pytest.fixture
def history():
    history = History()
    _add(history, 0, 0.1, 0, 0.5)
    _add(history, 1, 0.2, 0, 0.4)
    _add(history, 2, 0.3, 0, None, "timeout")
    _add(history, 3, 0.2, 1, 0.3)
    return history


@pytest.fixture
def board(history):
    best = SPACE.make({"learner": "a", "x": 0.2}).key
    return leaderboard(history, {best: 0.7}, "roc_auc")


def test_one_row_a_configuration_highest_rung_first_failures_last(board):
    assert board["rung"].tolist() == [1, 0, 0]
    assert board["fidelity"].tolist() == [1.0, 0.2, 0.2]
    assert board["status"].tolist() == ["ok", "ok", "timeout"]
    assert board["val_score"].tolist()[:2] == [0.7, 0.5]


def test_what_is_displayed_says_how_it_is_sorted_and_what_the_score_is(board):
    assert board.to_string().startswith("by rung, then roc_auc")


def test_weights_belong_to_configurations(board):
    assert board["ensemble_weight"].tolist() == [0.7, 0.0, 0.0]
    assert board.index.name == "rank"


def test_the_counts_are_those_of_the_table(history, board):
    assert tried([history]) == "3 configurations in 4 evaluations, 1 without a score"
    assert len(board) == 3
