"""The record of trials: what was run and what came out, in memory and on disk.

Trials are two frozen messages. `TrialInfo` goes from the proposer to the executor, `TrialResult`
comes back; a `History` holds results in the order in which they came and is only ever appended to.
"""

from automl.history.file import HistoryFile, read_header, read_history
from automl.history.history import History
from automl.history.trials import FAILURES, Losses, Status, TrialInfo, TrialResult, status_in_record

__all__ = [
    "FAILURES",
    "History",
    "HistoryFile",
    "Losses",
    "Status",
    "TrialInfo",
    "TrialResult",
    "read_header",
    "read_history",
    "status_in_record",
]
