"""The settings of a run, checked by the estimators, and frozen from then on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Settings"]


@dataclass(frozen=True)
class Settings:
    """Checked settings; the meaning of each is declared in `automl.estimators.parameters`."""

    time_limit: float | None
    max_trials: int | None
    metric: Any
    metrics: tuple[Any, ...]
    n_jobs: int | None
    memory_limit: float | None
    test_size: float | int | str
    cv: Any
    time_column: str | None
    column_types: Mapping[str, str] | None
    monotonic_constraints: Mapping[str, int] | None
    refit: bool | str
    optimizer: str
    knowledge_base: str | Path | None
    write_back: bool
    random_state: int
    verbose: int
    callbacks: tuple[Callable[..., None], ...]

    @property
    def deterministic(self) -> bool:
        """Whether no decision may read the clock."""
        return self.time_limit is None
