"""Small fully connected networks in numpy, several trained as one: forward, backward, Adam.

The parametrisation of RealMLP (Holzmüller et al., arXiv 2407.04491): a trainable scale for each
input, layers ``h @ W / sqrt(n_in) + b`` whose units start with outputs of standard deviation one
and kinks inside of the data, a last layer that starts at zero, and in front of it all a small
periodic embedding of each numeric column (section 3 and appendix A there).

All arrays have a leading axis for the members of the ensemble, so that one call serves them all.
Everything is float32, and all parameters of a member lie in one row, so that an Adam step is a
handful of passes over them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from automl.pipelines.declaration import Array

__all__ = ["Adam", "Network", "Tape"]

SCALE_RATE = 6.0  # learning-rate factors: input scales, biases, embeddings
BIAS_RATE = 0.1
EMBEDDING_RATE = 0.1
N_FREQUENCIES = 16
N_EMBEDDED = 3  # outputs of an embedding, beside the column itself
KINK_ROWS = 5  # a bias starts at a random mean of this many outputs of its unit
LARGEST_HALF = float(np.finfo(np.float16).max)
TURN = np.float32(2.0 * np.pi)


@dataclass
class Tape:
    """Intermediate results of a training batch."""

    inputs: list[Array] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)
    columns: Array | None = None
    waves: tuple[Array, Array] | None = None


class Network:
    """Embeddings, input scales, hidden layers with an activation, a linear output.

    Parameters
    ----------
    n_members : int
        Networks of the same form that are trained side by side.
    sizes : list of int
        Columns, hidden units, outputs.
    activation : {"selu", "mish", "relu"}
    dropout : float
        Share of hidden units that a training step leaves out.
    embedded : ndarray of int
        Columns with a periodic embedding.
    frequency : float
        Standard deviation of the first frequencies, in turns per unit.
    rng : Generator
    """

    def __init__(
        self,
        n_members: int,
        sizes: list[int],
        activation: str,
        dropout: float,
        embedded: Array,
        frequency: float,
        rng: np.random.Generator,
    ) -> None:
        self.activation = activation
        self.dropout = dropout
        self.embedded = embedded
        sizes = [sizes[0] + N_EMBEDDED * len(embedded), *sizes[1:]]
        self.n_layers = len(sizes) - 1
        e, f, d = len(embedded), N_FREQUENCIES, N_EMBEDDED
        self.shapes: dict[str, tuple[int, ...]] = {"scale": (1, sizes[0])}
        if e:
            self.shapes |= {"w": (e, 1, f), "phase": (e, 1, f), "mix": (e, f, d), "add": (e, 1, d)}
        for layer, (a, b) in enumerate(pairwise(sizes)):
            self.shapes |= {f"W{layer}": (a, b), f"b{layer}": (1, b)}
        lengths = [int(np.prod(shape)) for shape in self.shapes.values()]
        self.ends = dict(zip(self.shapes, np.cumsum(lengths).tolist(), strict=True))
        self.parameters = rng.standard_normal((n_members, sum(lengths)), dtype=np.float32)
        self.rates = np.ones(sum(lengths), dtype=np.float32)
        self.decays = np.zeros(sum(lengths), dtype=np.float32)
        self._start(frequency, rng)

    def __getstate__(self) -> dict[str, Any]:
        """Parameters are stored with eleven bits, at half the size: losses stay the same."""
        within = np.clip(self.parameters, -LARGEST_HALF, LARGEST_HALF)
        return {**self.__dict__, "parameters": within.astype(np.float16)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.parameters = state["parameters"].astype(np.float32)

    def part(self, name: str, vectors: Array | None = None) -> Array:
        """View of the parameters with a name, of all members."""
        vectors = self.parameters if vectors is None else vectors
        shape, end = self.shapes[name], self.ends[name]
        return vectors[..., end - int(np.prod(shape)) : end].reshape(*vectors.shape[:-1], *shape)

    def _start(self, frequency: float, rng: np.random.Generator) -> None:
        """First values, learning-rate factors, and what decays."""
        self.part("scale")[:] = 1.0
        self.part("scale", self.rates)[:] = SCALE_RATE
        if len(self.embedded):
            self.part("w")[:] *= np.float32(frequency)
            for name, reach in (("phase", np.pi), ("mix", 0.25), ("add", 0.25)):
                values = self.part(name)
                values[:] = rng.uniform(-reach, reach, values.shape)
            for name in ("w", "phase", "mix", "add"):
                self.part(name, self.rates)[:] = EMBEDDING_RATE
        for layer in range(self.n_layers):
            self.part(f"W{layer}", self.decays)[:] = 1.0
            self.part(f"b{layer}", self.rates)[:] = BIAS_RATE
        for name in (f"W{self.n_layers - 1}", f"b{self.n_layers - 1}"):
            self.part(name)[:] = 0.0

    def adapt(self, X: Array, rng: np.random.Generator) -> None:
        """Rescale the hidden units by their outputs on some rows, and put their kinks there."""
        hidden = self._first(X, None)
        for layer in range(self.n_layers - 1):
            weights, biases = self.part(f"W{layer}"), self.part(f"b{layer}")
            weights *= np.float32(weights.shape[-2] ** -0.5)
            outputs = hidden @ weights
            spread = np.maximum(outputs.std(axis=1, keepdims=True), np.float32(1e-3))
            weights *= np.float32(weights.shape[-2] ** 0.5) / spread
            outputs /= spread
            shares = rng.exponential(size=(KINK_ROWS, *biases.shape)).astype(np.float32)
            rows = rng.integers(0, outputs.shape[1], (KINK_ROWS, *biases.shape))
            picked = np.stack([np.take_along_axis(outputs, r, axis=1) for r in rows])
            biases[:] = -(shares * picked).sum(axis=0) / shares.sum(axis=0)
            hidden = _activate(outputs + biases, self.activation, None)

    def forward(
        self, X: Array, tape: Tape | None = None, rng: np.random.Generator | None = None
    ) -> Array:
        """Outputs for rows, of shape (n_members, n_rows, n_outputs).

        Parameters
        ----------
        X : ndarray of float32, shape (n_members or 1, n_rows, n_columns)
        tape : Tape, optional
            Records what the backward pass needs; given for training batches.
        rng : Generator, optional
            Source of dropout; None: all units take part.
        """
        hidden = self._first(X, tape)
        for layer in range(self.n_layers):
            weights = self.part(f"W{layer}")
            if tape is not None:
                tape.inputs.append(hidden)
            hidden = hidden @ weights
            hidden *= np.float32(weights.shape[-2] ** -0.5)
            hidden += self.part(f"b{layer}")
            if layer < self.n_layers - 1:
                hidden = _activate(hidden, self.activation, tape)
                if rng is not None and self.dropout > 0 and tape is not None:
                    kept = rng.random(hidden.shape, dtype=np.float32) >= self.dropout
                    mask = kept * np.float32(1.0 / (1.0 - self.dropout))
                    hidden *= mask
                    tape.slopes[-1] *= mask
        return hidden

    def _first(self, X: Array, tape: Tape | None) -> Array:
        """Columns and their embeddings, scaled."""
        columns = X
        if len(self.embedded):
            seen = X[:, :, self.embedded].swapaxes(1, 2)[..., None]
            angles = seen * (TURN * self.part("w")) + self.part("phase")
            waves = np.cos(angles)
            mixed = waves @ self.part("mix") + self.part("add")
            if tape is not None:
                tape.waves = (waves, np.sin(angles, out=angles))
            flat = mixed.swapaxes(1, 2).reshape(len(mixed), X.shape[1], -1)
            repeated = np.broadcast_to(X, (len(mixed), *X.shape[1:]))
            columns = np.concatenate([repeated, flat], axis=2)
        if tape is not None:
            tape.columns = columns
        return np.asarray(columns * self.part("scale"))

    def backward(self, tape: Tape, error: Array, out: Array) -> None:
        """Write the gradient of the loss into `out`, given that with respect to the outputs."""
        for layer in range(self.n_layers - 1, -1, -1):
            weights = self.part(f"W{layer}")
            self.part(f"b{layer}", out)[:] = error.sum(axis=1, keepdims=True)
            error = error * np.float32(weights.shape[-2] ** -0.5)
            np.matmul(tape.inputs[layer].swapaxes(1, 2), error, out=self.part(f"W{layer}", out))
            error = error @ weights.swapaxes(1, 2)
            if layer > 0:
                error *= tape.slopes[layer - 1]
        assert tape.columns is not None
        self.part("scale", out)[:] = np.einsum("mbi,mbi->mi", error, tape.columns)[:, None]
        if tape.waves is not None:
            n_columns = error.shape[2] - N_EMBEDDED * len(self.embedded)
            error = (error * self.part("scale"))[:, :, n_columns:]
            self._embedding_gradient(tape, error, out)

    def _embedding_gradient(self, tape: Tape, error: Array, out: Array) -> None:
        assert tape.waves is not None
        assert tape.columns is not None
        cosine, sine = tape.waves
        shape = (*error.shape[:2], len(self.embedded), N_EMBEDDED)
        error = np.ascontiguousarray(error.reshape(shape).swapaxes(1, 2))
        self.part("add", out)[:] = error.sum(axis=2, keepdims=True)
        np.matmul(cosine.swapaxes(2, 3), error, out=self.part("mix", out))
        to_angles = error @ self.part("mix").swapaxes(2, 3)
        to_angles *= sine
        self.part("phase", out)[:] = -to_angles.sum(axis=2, keepdims=True)
        seen = tape.columns[:, :, self.embedded].swapaxes(1, 2)[:, :, None, :]
        self.part("w", out)[:] = -TURN * (seen @ to_angles)


class Adam:
    """Adam with decoupled weight decay; betas 0.9 and 0.95 as in RealMLP.

    Parameters
    ----------
    network : Network
        Its parameters are changed in place.
    weight_decay : float
    """

    BETAS = (0.9, 0.95)

    def __init__(self, network: Network, weight_decay: float) -> None:
        self.network = network
        self.weight_decay = weight_decay
        self.mean = np.zeros_like(network.parameters)
        self.square = np.zeros_like(network.parameters)
        self.gradient = np.zeros_like(network.parameters)
        self._scratch = np.empty_like(network.parameters)
        self.steps = 0

    def step(self, rate: float) -> None:
        """Move against `gradient`."""
        first, second = self.BETAS
        self.steps += 1
        scratch = self._scratch
        np.subtract(self.gradient, self.mean, out=scratch)
        scratch *= np.float32(1 - first)
        self.mean += scratch
        np.multiply(self.gradient, self.gradient, out=scratch)
        scratch -= self.square
        scratch *= np.float32(1 - second)
        self.square += scratch
        np.sqrt(self.square, out=scratch)
        scratch *= np.float32((1 - second**self.steps) ** -0.5)
        scratch += np.float32(1e-8)
        np.divide(self.mean, scratch, out=scratch)
        scratch *= self.network.rates * np.float32(rate / (1 - first**self.steps))
        parameters = self.network.parameters
        if self.weight_decay > 0:
            parameters *= 1 - np.float32(rate * self.weight_decay) * self.network.decays
        parameters -= scratch


def _activate(z: Array, name: str, tape: Tape | None) -> Array:
    """Values of an activation; its slopes go onto the tape."""
    if name == "relu":
        if tape is not None:
            tape.slopes.append((z > 0).astype(np.float32))
        return np.asarray(np.maximum(z, np.float32(0)))
    if name == "selu":
        scale, alpha = np.float32(1.0507010), np.float32(1.7580993)  # the second is scale * alpha
        exponential: Array = alpha * np.exp(np.minimum(z, np.float32(0)))
        positive = z > 0
        values: Array = np.where(positive, scale * z, exponential - alpha)
        if tape is not None:
            exponential[positive] = scale
            tape.slopes.append(exponential)
        return values
    # mish: z * tanh(softplus(z)), where tanh(log(1 + e)) = (e*e + 2e) / (e*e + 2e + 2)
    e: Array = np.exp(np.minimum(z, np.float32(20)))
    grown = e * (e + np.float32(2))
    tanh = grown / (grown + np.float32(2))
    if tape is not None:
        tape.slopes.append(tanh + z * (np.float32(1) - tanh * tanh) * (e / (np.float32(1) + e)))
    return np.asarray(z * tanh)
