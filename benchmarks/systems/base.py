"""What a system under test is.

A system is a function ``fit(job) -> Fitted`` that a child process imports by its name. It may live
in an interpreter of its own (a virtualenv under ``.venvs/``), which needs numpy, pandas and pyarrow
beside the system; this module imports nothing else at the top for that reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

__all__ = ["Fitted", "Job", "System"]


@dataclass(frozen=True)
class System:
    """How a system is started.

    Parameters
    ----------
    name : str
        As in results and on the command line.
    entry : str
        ``module:function``.
    packages : tuple of str
        Distributions whose versions are recorded, the system itself first.
    preload : tuple of str
        Modules that are imported before the clock starts: what a user has imported anyway.
    uses_budget : bool
        Whether it takes a time limit; others are run once, whatever the budgets.
    venv : str, optional
        Folder under ``.venvs/`` with its interpreter; None: the interpreter of this process.
    environment : mapping
        Variables that its process gets on top.
    base : {"", "sound", "permuted"}
        Whether it starts from a knowledge base (without relatives of the tables), and which.
    """

    name: str
    entry: str
    packages: tuple[str, ...]
    preload: tuple[str, ...] = ()
    uses_budget: bool = True
    venv: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    base: str = ""


@dataclass(frozen=True, eq=False)
class Job:
    """What a system gets; test rows come later and without their target."""

    X: pd.DataFrame
    y: pd.Series[Any]
    task: str
    budget: float
    seed: int
    n_jobs: int


@dataclass(frozen=True, eq=False)
class Fitted:
    """What a system gives back.

    Parameters
    ----------
    predict : callable
        Values, or probabilities of shape (n_rows, n_classes).
    classes : sequence, optional
        Labels in the order of the columns; None for regression.
    extras : mapping
        JSON-able facts of the system about its run.
    size : callable, optional
        Bytes of the saved model; called after everything that is timed.
    """

    predict: Callable[[pd.DataFrame], Any]
    classes: Any = None
    extras: Mapping[str, Any] = field(default_factory=dict)
    size: Callable[[], int] | None = None
