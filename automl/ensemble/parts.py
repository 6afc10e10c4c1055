"""Parts of rows on which a choice is made, and parts on which it is checked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl.evaluation.metrics import Array

__all__ = ["cross_parts"]

N_PARTS = 5


def cross_parts(y: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield (rest, part) as masks: five parts that each class is spread over evenly.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> [y[part].tolist() for _, part in cross_parts(y, np.random.default_rng(0))][:2]
    [[0, 1], [0, 1]]
    """
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    part = np.empty(len(y), dtype=np.int64)
    part[order] = np.arange(len(y)) % N_PARTS
    for k in range(N_PARTS):
        yield part != k, part == k
