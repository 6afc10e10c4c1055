"""Fresh Python interpreters that run one module of this package and know nothing of the user's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import IO, Any

__all__ = ["error_line", "start_interpreter"]

_BOOTSTRAP = (
    "import json, sys; from importlib import import_module as load; "
    "settings = json.loads(sys.stdin.readline()); sys.path[:] = settings.pop('path'); "
    "load(settings.pop('module')).main(settings)"
)
"""Program of the child; the parent's import path comes first, the package after it."""

_ENVIRONMENT = {
    # Two busy workers with two threads each were measured up to 100 times slower than with one.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "NUMEXPR_NUM_THREADS": "1",
    # Idle OpenMP threads that spin starve their neighbours; read before the interpreter starts.
    "GOMP_SPINCOUNT": "10000",
}


def start_interpreter(
    module: str, settings: dict[str, Any], log: IO[bytes], files: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    """Start a process that runs ``main(settings)`` of a module.

    Parameters
    ----------
    module : str
    settings : dict
        Anything that JSON can hold.
    log : file
        For what it says on standard error.
    files : sequence of int
        File descriptors that it gets, too.

    Raises
    ------
    OSError
        If it cannot be started, or has died already.
    """
    popen = subprocess.Popen(
        [sys.executable, "-c", _BOOTSTRAP],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env={**os.environ, **_ENVIRONMENT},
        pass_fds=tuple(files),
        start_new_session=True,  # Ctrl-C is for the parent
    )
    told = {"module": module, "path": _import_path(), **settings}
    if popen.stdin is None:  # cannot be, a pipe was asked for
        raise OSError("the process has no standard input")
    try:
        with popen.stdin as stream:
            stream.write((json.dumps(told) + "\n").encode())
    except OSError:
        popen.kill()
        popen.wait()
        raise
    return popen


def _import_path() -> list[str]:
    """Where a child finds modules; what is relative to a folder that is gone is left out."""
    try:
        here = os.getcwd()
    except FileNotFoundError:
        return [part for part in sys.path if os.path.isabs(part)]
    return [os.path.join(here, part) for part in sys.path]


def error_line(log: IO[bytes]) -> str:
    """The reason that a dead process printed, empty if there is none."""
    log.seek(0)
    lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
    said = [line for line in lines if line]
    if not said:
        return ""
    return (said[-1] if said[0].startswith("Traceback") else said[0])[:200]
