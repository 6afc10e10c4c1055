"""The process that evaluates: takes a function, runs it and answers.

A worker knows nothing of the user's main module, so that ``fit`` works from an unguarded script,
standard input, ``-c`` or a notebook; functions defined there arrive by value (cloudpickle). It is
forked off by `automl.execution.local.fork_server`, or an interpreter of its own where that is
unsafe, and ends when the connection closes; if it is busy then, the reaper ends it.
"""

from __future__ import annotations

import faulthandler
import importlib
import pickle
import time
import traceback
import warnings
from multiprocessing.connection import Client
from typing import Any

__all__ = ["main"]


def main(settings: dict[str, Any]) -> None:
    """Serve jobs until the connection closes."""
    faulthandler.enable()
    warnings.simplefilter("ignore")
    address = settings["address"]  # JSON made a list of a host and its port
    address = tuple(address) if isinstance(address, list) else address
    connection = Client(address, authkey=bytes.fromhex(settings["key"]))
    for module in settings.get("preload", ()):
        importlib.import_module(module)
    connection.send_bytes(b"ready")
    while True:
        try:
            payload = connection.recv_bytes()
        except EOFError:
            return
        connection.send_bytes(_answer(payload))


def _answer(payload: bytes) -> bytes:
    """Run one job; whatever it raises becomes part of the answer, and so does what cannot be sent.

    The value travels pickled within the answer: what it cost can be read where the value cannot.
    """
    wall, cpu = time.monotonic(), time.process_time()
    try:
        function, args = pickle.loads(payload)
        value = function(*args)
        outcome: tuple[str, Any] = ("value", pickle.dumps(value, pickle.HIGHEST_PROTOCOL))
    except Exception as error:  # any fault of a job is reported, the worker goes on
        lines = traceback.format_exc().strip().splitlines()
        where = next((line.strip() for line in reversed(lines) if "File " in line), "")
        outcome = ("error", f"{type(error).__name__}: {error} ({where})")
    seconds = (time.monotonic() - wall, time.process_time() - cpu)
    return pickle.dumps((*outcome, *seconds), protocol=pickle.HIGHEST_PROTOCOL)
