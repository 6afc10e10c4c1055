"""OpenML: tasks and suites in, runs out.

`fit_task` runs this package on the official splits of a task, `fit_suite` on all tasks of a
benchmark suite. Every finished fold is a file, so that a run goes on where it was interrupted. The
package `openml` talks to the server; it is imported when it is used.
"""

from __future__ import annotations

from automl.openml.results import FoldResult, SuiteResult, TaskResult
from automl.openml.suites import fit_suite
from automl.openml.tasks import fit_task

__all__ = ["FoldResult", "SuiteResult", "TaskResult", "fit_suite", "fit_task"]
