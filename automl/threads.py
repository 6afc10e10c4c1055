"""One thread for fitting, predicting and proposing, at almost no cost.

Threads of BLAS wait for each other by spinning: on two busy cores, a product of two matrices (48 x
60 and 60 x 475) took 53 ms with two threads and 1.4 ms with one.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from functools import cache
from typing import Any

__all__ = ["single_thread"]

_NATIVE = ("scipy.linalg", "sklearn.ensemble", "lightgbm", "xgboost", "catboost")
"""Modules that bring a pool of threads along."""


def single_thread() -> AbstractContextManager[Any]:
    """Context in which BLAS and OpenMP use one thread.

    Looking through all loaded libraries takes 5 ms, longer than a small pipeline needs to predict;
    so it is done again only when a module with threads of its own has been loaded since.
    """
    limit: AbstractContextManager[Any] = _controller(
        tuple(name in sys.modules for name in _NATIVE)
    ).limit(limits=1)
    return limit


@cache
def _controller(_loaded: tuple[bool, ...]) -> Any:
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController()
