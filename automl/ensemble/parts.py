"""Parts of rows on which a choice is made, and parts on which it is checked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from automl.metrics import Array

__all__ = ["cross_parts"]

N_PARTS = 5


def cross_parts(y: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array]]:
    """Yield (rest, part) as masks: five parts that targets are spread over evenly.

    Fewer parts where they would have less than two rows, none below four rows.

    Examples
    --------
    >>> y = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    >>> [y[part].tolist() for _, part in cross_parts(y, np.random.default_rng(0))][:2]
    [[0, 1], [0, 1]]
    """
    n_parts = min(N_PARTS, len(y) // 2)
    order = rng.permutation(len(y))
    order = order[np.argsort(y[order], kind="stable")]
    part = np.empty(len(y), dtype=np.int64)
    part[order] = np.arange(len(y)) % max(n_parts, 1)
    for k in range(n_parts if n_parts > 1 else 0):
        yield part != k, part == k
