"""As many threads as a job was given, for fitting, predicting and proposing, and for nobody else.

A job has one thread unless whoever runs it says more by `allow_threads`; learners that bring their
own setting for it ask `allowed_threads`, all others are held by `limit_threads`.

Threads of BLAS wait for each other by spinning: on two busy cores, a product of two matrices (48 x
60 and 60 x 475) took 53 ms with two threads and 1.4 ms with one. OpenMP counts threads for each
thread that calls it, BLAS for the whole process: two models that predict side by side would each
put back the limit of the other, and leave the process with it.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

__all__ = ["allow_threads", "allowed_threads", "limit_threads"]

_allowed: ContextVar[int] = ContextVar("allowed threads", default=1)

_NATIVE = ("scipy.special", "scipy.linalg", "sklearn", "lightgbm", "xgboost", "catboost")
"""Modules that bring a pool of threads along."""


def allowed_threads() -> int:
    """Threads that a computation may use here; 1 where nothing else was said."""
    return _allowed.get()


@contextmanager
def allow_threads(n_threads: int) -> Iterator[None]:
    """Context in which a computation may use several threads.

    Examples
    --------
    >>> with allow_threads(2):
    ...     allowed_threads()
    2
    """
    token = _allowed.set(n_threads)
    try:
        yield
    finally:
        _allowed.reset(token)


@contextmanager
def limit_threads() -> Iterator[None]:
    """Context in which BLAS and OpenMP use as many threads as are allowed.

    Looking through all loaded libraries takes 5 ms, longer than a small pipeline needs to predict;
    so it is done again only when a module with threads of its own has been loaded since.
    """
    openmp, blas = _controllers(tuple(name in sys.modules for name in _NATIVE))
    with openmp.limit(limits=allowed_threads()), blas:
        yield


class _OfTheProcess:
    """A limit that the first who enters sets, and the last who leaves puts back."""

    def __init__(self, controller: Any) -> None:
        self._controller = controller
        self._lock = threading.Lock()
        self._inside = 0
        self._limit: Any = None

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._limit = self._controller.limit(limits=allowed_threads())
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._limit.restore_original_limits()


@cache
def _controllers(_loaded: tuple[bool, ...]) -> tuple[Any, _OfTheProcess]:
    from threadpoolctl import ThreadpoolController

    found = ThreadpoolController()
    return found.select(user_api="openmp"), _OfTheProcess(found.select(user_api="blas"))
