"""Jobs and who runs them; the only room that knows processes.

Nothing here may load a scientific package: a fork server is started before they are loaded.
"""

from automl.execution.jobs import (
    JobCrashed,
    JobError,
    JobFailed,
    JobFuture,
    JobOutOfMemory,
    JobReport,
    JobTimeout,
)
from automl.execution.protocol import Executor
from automl.execution.store import ArtifactStore

__all__ = [
    "ArtifactStore",
    "Executor",
    "JobCrashed",
    "JobError",
    "JobFailed",
    "JobFuture",
    "JobOutOfMemory",
    "JobReport",
    "JobTimeout",
]
