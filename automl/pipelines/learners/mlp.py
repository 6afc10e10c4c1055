"""Multilayer perceptrons after RealMLP, in numpy: a few, trained as one batched network.

Scaled inputs, Adam with a high rate on a schedule of four cosine cycles of doubling length; each
network keeps its best epoch by inner rows of its own. The schedule is followed to its end in
whatever time there is: progress is the larger of the share of epochs done and of time used.
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
from automl.space import Categorical, Float, Integer, Parameter, When

__all__ = ["LEARNER", "MLPModel"]

CLIP_LOGITS = 30.0
PREDICT_ROWS = 4_096
MOST_ROWS_IN_ALL = 40_000  # rows times networks: averaging pays on small tables
TIME_SHARE = 0.9  # of the limit; the rest is for a last validation
MOST_EMBEDDED = 64  # columns; embeddings of more would cost more than the network
ROWS_TO_START = 512


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
        Categorical("embedding", ("none", "periodic"), default="none"),
        Float("frequency", 0.02, 2.0, default=0.1, log=True, when=When("embedding", ("periodic",))),
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

    def fit(self, X: Array, y: Array, clock: Clock, weights: Array | None = None) -> MLPModel:
        """Train all networks at once; each keeps its best epoch on rows of its own."""
        self._range = (float(y.min()), float(y.max()))
        X = np.asarray(X, dtype=np.float32)
        run = _Run(self, X, y, clock, weights)
        self.network_ = run.train()
        self.rounds_ = int(np.median(run.best_epochs))
        return self

    def predict(self, X: Array) -> Array:
        """Probabilities or values, the mean of the networks."""
        X = np.asarray(X, dtype=np.float32)[None]
        parts = [
            self.members(self.network_, X[:, begin : begin + PREDICT_ROWS]).mean(axis=0)
            for begin in range(0, X.shape[1], PREDICT_ROWS)
        ]
        return np.concatenate(parts)

    def members(self, network: Network, X: Array) -> Array:
        """Probabilities or values of each network."""
        output = network.forward(X).astype(np.float64)
        if self.settings.task == "regression":
            return np.clip(output[..., 0], *self._range)
        return _softmax(np.clip(output, -CLIP_LOGITS, CLIP_LOGITS))


class _Run:
    """Training of all networks: their rows, their best epochs, and the way through the schedule."""

    def __init__(
        self, model: MLPModel, X: Array, y: Array, clock: Clock, weights: Array | None
    ) -> None:
        self.model, self.values, self.settings = model, model.values, model.settings
        self.X, self.y, self.weights = X, y, weights
        self.rng = np.random.default_rng(self.settings.seed)
        self.clock, self.begun = clock, clock.left()
        self.seconds = TIME_SHARE * self.begun
        n_networks = min(int(self.values["n_networks"]), max(1, MOST_ROWS_IN_ALL // len(y)))
        self.rows, self.stop = self._split(n_networks)
        self.best_epochs = np.ones(n_networks, dtype=int)

    def train(self) -> Network:
        """Follow the schedule; the networks at their best epochs."""
        rounds, epochs = self.settings.rounds, int(self.values["epochs"])
        end = 1.0 if rounds is None else min(1.0, rounds / epochs)
        targets = self._targets()
        network = self._network(targets.shape[1])
        adam = Adam(network, self.values["weight_decay"])
        batch = min(self.rows.shape[1], _batch_size(self.rows.shape[1]))
        per_epoch = self.rows.shape[1] // batch
        best, losses = network.parameters.copy(), np.full(len(self.rows), np.inf)
        step, progress = 0, 0.0
        while progress < end:
            order = self.rng.permuted(self.rows, axis=1)
            for begin in range(0, per_epoch * batch, batch):
                chosen = order[:, begin : begin + batch]
                self._step(adam, chosen, targets[chosen], _coslog4(progress))
                step += 1
                progress = self._progress(step / (per_epoch * epochs), end)
                if progress >= end:
                    break
            epoch = max(1, round(min(progress, 1.0) * epochs))
            if self.stop is None:
                self.best_epochs[:] = epoch
                continue
            better = self._keep(network, epoch, losses)
            best[better] = network.parameters[better]
            if epoch > 2 * self.best_epochs.max() + epochs // 4:
                break
        if self.stop is not None:
            network.parameters[:] = best
        return network

    def _keep(self, network: Network, epoch: int, losses: Array) -> Array:
        """Which networks are at their best; ties keep the later epoch."""
        assert self.stop is not None
        predicted = self.model.members(network, self.X[self.stop])
        now = [
            loss_of(self.y[rows], prediction, self.settings.task, self._weights_of(rows))
            for rows, prediction in zip(self.stop, predicted, strict=True)
        ]
        better = np.array(now) <= losses
        losses[better] = np.array(now)[better]
        self.best_epochs[better] = epoch
        return better

    def _split(self, n_networks: int) -> tuple[Array, Array | None]:
        """Rows to train and to stop on, for each network."""
        if self.settings.rounds is None:
            seeds = [self.settings.seed + 1_000 * number for number in range(n_networks)]
            splits = [inner_split(self.y, self.settings.task, seed) for seed in seeds]
            found = [split for split in splits if split is not None]
            if found:
                trains, stops = zip(*found, strict=True)
                return _even(trains), _even(stops)
        return np.tile(np.arange(len(self.y)), (n_networks, 1)), None

    def _network(self, n_outputs: int) -> Network:
        embedded = _varied(self.X) if self.values.get("embedding") == "periodic" else np.arange(0)
        hidden = [int(self.values["width"])] * int(self.values["n_layers"])
        network = Network(
            len(self.rows),
            [self.X.shape[1], *hidden, n_outputs],
            self.values["activation"],
            self.values["dropout"],
            embedded if len(embedded) <= MOST_EMBEDDED else embedded[:0],
            self.values.get("frequency", 0.1),
            self.rng,
        )
        first = self.rng.permuted(self.rows, axis=1)[:, :ROWS_TO_START]
        network.adapt(self.X[first], self.rng)
        return network

    def _targets(self) -> Array:
        if self.settings.task == "regression":
            return np.asarray(self.y[:, None], dtype=np.float32)
        indicators: Array = np.eye(n_outputs(self.y, self.settings.task), dtype=np.float32)
        return indicators[self.y]

    def _progress(self, share: float, end: float) -> float:
        """Place in the schedule, by epochs or by time, whichever is further."""
        if not np.isfinite(self.seconds):
            return share
        used = self.clock.elapsed_since(self.begun) / max(self.seconds, 1e-9)
        return max(share, used * end)

    def _weights_of(self, rows: Array) -> Array | None:
        return None if self.weights is None else self.weights[rows]

    def _step(self, adam: Adam, rows: Array, targets: Array, rate_share: float) -> None:
        tape = Tape()
        output = adam.network.forward(self.X[rows], tape, self.rng)
        if self.settings.task != "regression":
            output = _softmax(output)
        error = (output - targets) * np.float32(1.0 / rows.shape[1])
        if self.weights is not None:
            error *= self.weights[rows][..., None].astype(np.float32)
        adam.network.backward(tape, error, adam.gradient)
        adam.step(self.values["learning_rate"] * rate_share)


def _even(parts: tuple[Array, ...]) -> Array:
    """Row numbers as one array; strata can make a part a row longer than the others."""
    shortest = min(len(part) for part in parts)
    return np.stack([part[:shortest] for part in parts])


def _varied(X: Array) -> Array:
    """Columns with more than two values."""
    between = (X.min(axis=0) < X) & (X.max(axis=0) > X)
    return np.flatnonzero(between.any(axis=0))


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
    exponential = np.exp(z - z.max(axis=-1, keepdims=True))
    return np.asarray(exponential / exponential.sum(axis=-1, keepdims=True))


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
    weights=True,
    anytime=True,
)
