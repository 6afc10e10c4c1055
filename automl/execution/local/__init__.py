"""Jobs in processes of this machine: limits, worker processes, and what cleans up after them."""

from automl.execution.local.executor import LocalExecutor, available_cores, memory_share_mb
from automl.execution.local.fork_server import FORKS, ForkServer
from automl.execution.local.reaper import remove_folder
from automl.execution.local.store import LocalStore

__all__ = [
    "FORKS",
    "ForkServer",
    "LocalExecutor",
    "LocalStore",
    "available_cores",
    "memory_share_mb",
    "remove_folder",
]
