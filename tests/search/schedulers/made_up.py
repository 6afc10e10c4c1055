"""Histories in short: configurations are numbers, results are rows of number, rung and loss."""

from automl.history import History, TrialInfo, TrialResult
from automl.space import Integer, Space

SPACE = Space([Integer("x", 0, 999, default=0)])


def config(x):
    return SPACE.make(x=x)


def history_of(*rows):
    history = History()
    for number, (x, rung, loss) in enumerate(rows):
        info = TrialInfo(number, config(x), rung, "random")
        status = "failed" if loss is None else "ok"
        losses = None if loss is None else (loss,)
        history.append(TrialResult(info, status, losses, None, 1.0, 1.0, 1.0, 0.0))
    return history


def pending(*rows):
    return [TrialInfo(100 + i, config(x), rung, "random") for i, (x, rung) in enumerate(rows)]
