"""Choices of a run that users do not make, in one place, for whoever asks what each is worth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import numpy.typing as npt

from automl.ensemble import Postprocess, greedy_weights, postprocess, select_weights
from automl.space import Space

__all__ = ["Design", "current_design", "designed"]

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Design:
    """How a run works; the defaults are how `fit` works.

    Parameters
    ----------
    narrow : callable, optional
        From the space of all pipelines to the one that is searched.
    weights : callable
        Rule of the ensemble, called like `automl.ensemble.select_weights`.
    quick_weights : callable
        The same in short, like `automl.ensemble.greedy_weights`, for a guess during the search.
    postprocess : callable
        What is done to the mean of the members, like `automl.ensemble.postprocess`.
    """

    narrow: Callable[[Space], Space] | None = None
    weights: Callable[..., Array] = select_weights
    quick_weights: Callable[..., Array] = greedy_weights
    postprocess: Callable[..., Postprocess] = postprocess

    def space(self, whole: Space) -> Space:
        """Narrow the space of all pipelines."""
        return whole if self.narrow is None else self.narrow(whole)


_CURRENT: ContextVar[Design | None] = ContextVar("design", default=None)


def current_design() -> Design:
    """Return the design of the runs in this context."""
    design = _CURRENT.get()
    return Design() if design is None else design


@contextmanager
def designed(design: Design) -> Iterator[None]:
    """Let the runs within work in another way; the benchmarks that leave parts out use it.

    Examples
    --------
    >>> with designed(Design(narrow=lambda space: space)):
    ...     current_design().narrow is None
    False
    """
    before = _CURRENT.set(design)
    try:
        yield
    finally:
        _CURRENT.reset(before)
