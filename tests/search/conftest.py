"""A small world to search in: a conditional space, a loss with fidelities, and a loop."""

import math

import pytest

from automl.history import TrialResult
from automl.space import Categorical, Float, Integer, Space, When

FAMILIES = ("a", "b", "c", "d")


class World:
    """Four families of three to four parameters; family "a" is best, and best inside."""

    root = "family"
    families = FAMILIES

    @staticmethod
    def space() -> Space:
        parameters = [Categorical("family", FAMILIES, default="d")]
        for name in FAMILIES:
            here = When("family", (name,))
            parameters += [
                Float(f"{name}:x", 0.0, 1.0, default=0.5, when=here),
                Float(f"{name}:rate", 1e-4, 1.0, default=0.01, log=True, when=here),
                Categorical(f"{name}:kind", ("u", "v", "w"), default="u", when=here),
                Integer(f"{name}:n", 1, 50, default=10, when=When(f"{name}:kind", ("v",))),
            ]
        return Space(parameters)

    @staticmethod
    def loss(config, bias=0.0) -> float:
        name = config["family"]
        loss = 0.15 * FAMILIES.index(name) + bias
        loss += 2.0 * (config[f"{name}:x"] - 0.3) ** 2
        loss += 0.1 * (math.log10(config[f"{name}:rate"]) + 2.5) ** 2
        if config[f"{name}:kind"] == "v":
            return loss + ((config[f"{name}:n"] - 30) / 50) ** 2
        return loss + 0.3

    @staticmethod
    def result(info, loss=None, status="ok") -> TrialResult:
        if status == "ok" and loss is None:
            # a cheap rung looks worse, and a little different for each configuration
            cheap = (3 - info.rung) * (0.1 + 0.05 * int(info.config.key[:4], 16) / 0xFFFF)
            loss = World.loss(info.config, bias=cheap)
        score = None if loss is None else -loss
        losses = None if loss is None else (loss,)
        return TrialResult(info, status, losses, score, 1.0, 1.0, 10.0, float(info.number))

    @classmethod
    def play(cls, optimizer, n_trials, result=None, acceptable=None) -> list:
        """Ask and tell, one after the other."""
        judge = cls.result if result is None else result
        asked = []
        for _ in range(n_trials):
            info = optimizer.ask(acceptable)
            if info is None:
                break
            asked.append(info)
            optimizer.tell(judge(info))
        return asked


@pytest.fixture
def world():
    return World
