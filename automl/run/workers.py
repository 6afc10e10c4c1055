"""Worker processes of one call of ``fit``, and the folder that they share."""

from __future__ import annotations

import importlib
import os
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from automl.exceptions import ScratchError, warn_user
from automl.execution import ArtifactStore, Executor, local
from automl.execution.local import FORKS, ForkServer, remove_folder

if TYPE_CHECKING:  # loading these takes as long as the fork server is to gain
    from automl.run.clock import BudgetClock
    from automl.run.settings import Settings

__all__ = ["Workers", "early_fork_server", "open_workers"]

_PRELOAD = ("automl.evaluation.evaluate", "lightgbm", "sklearn.ensemble", "sklearn.pipeline")
_READY_SHARE = 0.5
"""Part of the time left that is waited for the first worker."""


@dataclass(frozen=True)
class Workers:
    """Workers that run, or start.

    Parameters
    ----------
    executor : Executor
    store : ArtifactStore
        Empty, goes with them.
    """

    executor: Executor
    store: ArtifactStore

    def load_packages(self) -> None:
        """Load here, while the workers already search, what reading fitted pipelines needs."""
        threading.Thread(target=_import_all, args=(_PRELOAD,), daemon=True).start()

    def wait_until_ready(self, clock: BudgetClock) -> None:
        """Wait for the first worker: starting it is no part of any target's share of the time."""
        within = _READY_SHARE * clock.remaining() if clock.timed else None
        wait([self.executor.submit(os.getpid)], timeout=within)


def early_fork_server() -> AbstractContextManager[ForkServer | None]:
    """Begin to load the packages of workers, while this process loads its own."""
    return ForkServer(_PRELOAD) if FORKS else nullcontext()


@contextmanager
def open_workers(settings: Settings, fork_server: ForkServer | None = None) -> Iterator[Workers]:
    """Start workers; they and their folder go when the block ends.

    Raises
    ------
    ScratchError
        If there is nowhere to put temporary files.
    """
    n_jobs = local.available_cores() if settings.n_jobs is None else settings.n_jobs
    limit = settings.memory_limit
    memory_mb = local.memory_share_mb(n_jobs) if limit is None else limit
    with (
        _scratch_folder() as scratch,
        local.LocalExecutor(n_jobs, memory_mb, scratch, _PRELOAD, fork_server) as executor,
    ):
        yield Workers(executor, local.LocalStore(scratch))


@contextmanager
def _scratch_folder() -> Iterator[Path]:
    """Make the folder; one that cannot be removed costs a warning, never the fitted model."""
    try:
        folder = tempfile.mkdtemp(prefix="automl-")
    except OSError as error:
        raise ScratchError(
            "there must be a folder for temporary files, but none could be made "
            f"({error.strerror}): set TMPDIR to a folder that can be written."
        ) from error
    try:
        yield Path(folder)
    finally:
        if not remove_folder(folder):
            warn_user(
                f"The folder of temporary files {folder} could not be removed: delete it by hand."
            )


def _import_all(modules: Sequence[str]) -> None:
    for module in modules:
        importlib.import_module(module)
