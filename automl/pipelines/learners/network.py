"""A small fully connected network in numpy: forward, backward, Adam.

The parametrisation of RealMLP's simplified form (Holzmüller et al., arXiv 2407.04491, table A.2):
a trainable scale for each input, layers ``h @ W / sqrt(n_in) + b`` with entries of W and b of
order one, a last layer that starts at zero. Everything is float32, and all parameters lie in one
vector, so that an Adam step is a handful of passes over it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from automl.pipelines.declaration import Array

__all__ = ["Adam", "Network", "Tape"]

SCALE_RATE = 6.0  # learning-rate factors of the input scales and of the biases
BIAS_RATE = 0.1


class Network:
    """Input scales, hidden layers with an activation, a linear output.

    Parameters
    ----------
    sizes : list of int
        Inputs, hidden units, outputs.
    activation : {"selu", "mish", "relu"}
    dropout : float
        Share of hidden units that a training step leaves out.
    rng : Generator
    """

    def __init__(
        self, sizes: list[int], activation: str, dropout: float, rng: np.random.Generator
    ) -> None:
        self.activation = activation
        self.dropout = dropout
        self.shapes = list(pairwise(sizes))
        lengths = [sizes[0]] + [length for a, b in self.shapes for length in (a * b, b)]
        self.ends = np.cumsum([0, *lengths])
        self.parameters = rng.standard_normal(self.ends[-1], dtype=np.float32)
        self.parameters[: sizes[0]] = 1.0
        self.parameters[self.ends[-3] :] = 0.0
        self.rates = np.ones_like(self.parameters)
        self.rates[: sizes[0]] = SCALE_RATE
        self.decays = np.zeros_like(self.parameters)
        for layer in range(len(self.shapes)):
            begin, middle, end = self.ends[1 + 2 * layer : 4 + 2 * layer]
            self.decays[begin:middle] = 1.0
            self.rates[middle:end] = BIAS_RATE

    def _layer(self, vector: Array, layer: int) -> tuple[Array, Array]:
        """Weights and biases of a layer, as views into a vector."""
        begin, middle, end = self.ends[1 + 2 * layer : 4 + 2 * layer]
        return vector[begin:middle].reshape(self.shapes[layer]), vector[middle:end]

    def forward(
        self, X: Array, tape: Tape | None = None, rng: np.random.Generator | None = None
    ) -> Array:
        """Outputs for rows.

        Parameters
        ----------
        X : ndarray of float32, shape (n_rows, n_inputs)
        tape : Tape, optional
            Records what the backward pass needs; given for training batches.
        rng : Generator, optional
            Source of dropout; None: all units take part.
        """
        hidden: Array = X * self.parameters[: X.shape[1]]
        for layer, (n_inputs, _) in enumerate(self.shapes):
            weights, biases = self._layer(self.parameters, layer)
            if tape is not None:
                tape.inputs.append(hidden)
            hidden = hidden @ weights
            hidden *= np.float32(n_inputs**-0.5)
            hidden += biases
            if layer < len(self.shapes) - 1:
                hidden, slope = _activate(hidden, self.activation)
                if rng is not None and self.dropout > 0:
                    kept = rng.random(hidden.shape, dtype=np.float32) >= self.dropout
                    mask = kept * np.float32(1.0 / (1.0 - self.dropout))
                    hidden *= mask
                    slope *= mask
                if tape is not None:
                    tape.slopes.append(slope)
        return hidden

    def backward(self, tape: Tape, X: Array, error: Array, out: Array) -> None:
        """Write the gradient of the loss into `out`, given that with respect to the outputs."""
        for layer in range(len(self.shapes) - 1, -1, -1):
            weights, _ = self._layer(self.parameters, layer)
            to_weights, to_biases = self._layer(out, layer)
            to_biases[:] = error.sum(axis=0)
            error = error * np.float32(self.shapes[layer][0] ** -0.5)
            np.matmul(tape.inputs[layer].T, error, out=to_weights)
            error = error @ weights.T
            if layer > 0:
                error *= tape.slopes[layer - 1]
        out[: X.shape[1]] = np.einsum("ij,ij->j", error, X)


@dataclass
class Tape:
    """Intermediate results of a training batch: inputs of layers, slopes of activations."""

    inputs: list[Array] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)


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
        scratch *= self.network.rates
        scratch *= np.float32(rate / (1 - first**self.steps))
        parameters = self.network.parameters
        if self.weight_decay > 0:
            parameters -= np.float32(rate * self.weight_decay) * self.network.decays * parameters
        parameters -= scratch


def _activate(z: Array, name: str) -> tuple[Array, Array]:
    """Values and slopes of an activation."""
    if name == "relu":
        on = (z > 0).astype(np.float32)
        return z * on, on
    if name == "selu":
        scale, alpha = np.float32(1.0507010), np.float32(1.7580993)  # the second is scale * alpha
        exponential: Array = alpha * np.exp(np.minimum(z, np.float32(0)))
        positive = z > 0
        values: Array = np.where(positive, scale * z, exponential - alpha)
        exponential[positive] = scale
        return values, exponential
    # mish: z * tanh(softplus(z)), where tanh(log(1 + e)) = (e*e + 2e) / (e*e + 2e + 2)
    e: Array = np.exp(np.minimum(z, np.float32(20)))
    grown = e * (e + np.float32(2))
    tanh = grown / (grown + np.float32(2))
    slope: Array = tanh + z * (np.float32(1) - tanh * tanh) * (e / (np.float32(1) + e))
    return z * tanh, slope
