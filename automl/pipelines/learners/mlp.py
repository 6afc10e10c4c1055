"""A multilayer perceptron after RealMLP's simplified form, in numpy.

Scaled inputs, Adam with a high rate on a schedule of four cosine cycles of doubling length,
the best epoch by inner rows kept. The schedule is followed to its end in whatever time there is:
progress is the larger of the share of epochs done and the share of time used.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from automl.pipelines.clock import Clock
from automl.pipelines.declaration import (
    Array,
    BuildSettings,
    Learner,
    Preparation,
    TableFacts,
    n_outputs,
)
from automl.pipelines.early_stopping import inner_split, loss_of
from automl.pipelines.learners.network import Adam, Network, Tape
from automl.space import Categorical, Float, Integer, Parameter

__all__ = ["LEARNER", "MLPModel"]

CLIP_LOGITS = 30.0
PREDICT_ROWS = 4_096
MOST_ROWS_IN_ALL = 40_000  # rows times networks: averaging pays on small tables
TIME_SHARE = 0.9  # of the limit; the rest is for a last validation


def parameters(facts: TableFacts) -> tuple[Parameter, ...]:
    """Rates and activations differ by task as in RealMLP's defaults."""
    regression = facts.task == "regression"
    return (
        Integer("n_layers", 1, 4, default=3),
        Integer("width", 32, 256, default=128, log=True),
        Categorical("activation", ("selu", "mish", "relu"), "mish" if regression else "selu"),
        Float("learning_rate", 0.005, 0.3, default=0.07 if regression else 0.04, log=True),
        Float("weight_decay", 1e-4, 0.1, default=0.01, log=True),
        Float("dropout", 0.0, 0.4, default=0.1),
        Integer("epochs", 16, 128, default=48, log=True),
        Integer("n_networks", 1, 8, default=4, log=True),
    )


class MLPModel:
    """Cross-entropy or squared error, the mean of a few networks.

    Parameters
    ----------
    values : mapping
        Parameters as declared by `parameters`.
    settings : BuildSettings

    Attributes
    ----------
    rounds_ : int
        Best epoch, the median over networks.
    """

    def __init__(self, values: Mapping[str, Any], settings: BuildSettings) -> None:
        self.values = dict(values)
        self.settings = settings

    def fit(self, X: Array, y: Array, clock: Clock) -> MLPModel:
        """Train networks one after another; each keeps its best epoch on rows of its own."""
        self._range = (float(y.min()), float(y.max()))
        targets = self._targets(y)
        n_networks = min(int(self.values["n_networks"]), max(1, MOST_ROWS_IN_ALL // len(y)))
        self.networks_: list[Network] = []
        best_epochs: list[int] = []
        for number in range(n_networks):
            share = 1.0 / (n_networks - number)
            run = _Run(self, self.settings.seed + 1_000 * number, clock, share * clock.left())
            network, epoch = run.train(X, y, targets)
            self.networks_.append(network)
            best_epochs.append(epoch)
            if clock.left() <= 0:
                break
        self.rounds_ = int(np.median(best_epochs))
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values, the mean of the networks."""
        return np.asarray(
            np.mean([self.predict_one(network, X) for network in self.networks_], axis=0)
        )

    def predict_one(self, network: Network, X: Array) -> Array:
        """Probabilities or values by one network."""
        parts = [
            network.forward(np.asarray(X[begin : begin + PREDICT_ROWS], dtype=np.float32))
            for begin in range(0, len(X), PREDICT_ROWS)
        ]
        output = np.concatenate(parts).astype(np.float64)
        if self.settings.task == "regression":
            return np.clip(output[:, 0], *self._range)
        return _softmax(np.clip(output, -CLIP_LOGITS, CLIP_LOGITS))

    def _targets(self, y: Array) -> Array:
        if self.settings.task == "regression":
            return y[:, None].astype(np.float32)
        indicators: Array = np.eye(n_outputs(y, self.settings.task), dtype=np.float32)
        return indicators[y]


class _Run:
    """Training of one network: its own seed, inner rows, and share of the time."""

    def __init__(self, model: MLPModel, seed: int, clock: Clock, seconds: float) -> None:
        self.model = model
        self.values = model.values
        self.settings = model.settings
        self.rng = np.random.default_rng(seed)
        self.seed = seed
        self.clock = clock
        self.begun = clock.left()
        self.seconds = TIME_SHARE * seconds

    def train(self, X: Array, y: Array, targets: Array) -> tuple[Network, int]:
        """Follow the schedule; the network at its best epoch, and that epoch."""
        rounds, epochs = self.settings.rounds, int(self.values["epochs"])
        split = None if rounds is not None else inner_split(y, self.settings.task, self.seed)
        rows = np.arange(len(y)) if split is None else split[0]
        batch = min(len(rows), _batch_size(len(rows)))
        per_epoch = len(rows) // batch
        last = epochs if rounds is None else min(rounds, epochs)
        hidden = [int(self.values["width"])] * int(self.values["n_layers"])
        sizes = [X.shape[1], *hidden, targets.shape[1]]
        network = Network(sizes, self.values["activation"], self.values["dropout"], self.rng)
        adam = Adam(network, self.values["weight_decay"])
        best_loss, best_epoch, best = np.inf, 1, network.parameters.copy()
        if split is not None:
            X_stop, y_stop = X[split[1]], y[split[1]]
        step, progress = 0, 0.0
        while progress < last / epochs:
            order = rows[self.rng.permutation(len(rows))[: per_epoch * batch]]
            for chosen in order.reshape(per_epoch, batch):
                self._step(adam, X[chosen], targets[chosen], _coslog4(progress))
                step += 1
                progress = self._progress(step / (per_epoch * epochs), last / epochs)
                if progress >= last / epochs:
                    break
            epoch = max(1, round(min(progress, 1.0) * epochs))
            if split is None:
                best_epoch = epoch
                continue
            loss = loss_of(y_stop, self.model.predict_one(network, X_stop), self.settings.task)
            if loss <= best_loss:
                best_loss, best_epoch = loss, epoch
                best[:] = network.parameters
            elif epoch > 2 * best_epoch + epochs // 4:
                break
        if split is not None:
            network.parameters[:] = best
        return network, best_epoch

    def _progress(self, share: float, end: float) -> float:
        """Place in the schedule, by epochs or by time, whichever is further."""
        if not np.isfinite(self.seconds):
            return share
        used = self.clock.elapsed_since(self.begun) / max(self.seconds, 1e-9)
        return max(share, used * end)

    def _step(self, adam: Adam, X: Array, targets: Array, rate_share: float) -> None:
        tape = Tape()
        output = adam.network.forward(X, tape, self.rng)
        if self.settings.task != "regression":
            output = _softmax(output)
        error = (output - targets) * np.float32(1.0 / len(X))
        adam.network.backward(tape, X, error, adam.gradient)
        adam.step(self.values["learning_rate"] * rate_share)


def _coslog4(progress: float) -> float:
    """Learning-rate share: four cosine cycles of doubling length, 0 at both ends."""
    return float(0.5 * (1.0 - np.cos(2.0 * np.pi * np.log2(1.0 + 15.0 * progress))))


def _batch_size(n_rows: int) -> int:
    """RealMLP's "auto" rule, without its smallest size."""
    for rows, size in ((8_192, 128), (30_000, 256)):
        if n_rows <= rows:
            return size
    return 512


def _softmax(z: Array) -> Array:
    exponential = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=1, keepdims=True))


LEARNER = Learner(
    name="mlp",
    parameters=parameters,
    preparation=Preparation(
        encodings=("onehot", "target"),
        imputations=("median", "mean"),
        scalings=("quantile", "robust", "standard"),
        bases=("none", "piecewise"),
    ),
    build=MLPModel,
    row_exponent=1.0,
)
