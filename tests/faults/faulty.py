"""Learners with faults, in real workers.

A worker imports this module before its first job, and it replaces learners there by ones that break
when they are fitted: ``FAULTS`` in the environment says which, as JSON from the name of a learner
(or of a learner and a parameter that is true) to the name of a function below. The process in whose
name they break stays as it is.
"""

import ctypes
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from automl.pipelines.registry import LEARNERS


def segfault():
    ctypes.string_at(0)


def hang():
    """In C code, with the interpreter's lock: no other thread of the process runs any more."""
    ctypes.PyDLL(None).pause()


def allocate():
    blocks = []
    while True:
        blocks.append(np.ones(5_000_000))
        time.sleep(0.02)


def complain():
    raise ArithmeticError("nothing fits here")


def breed():
    """Start a process that outlives its parent, then hang."""
    if os.fork() == 0:
        time.sleep(600)
    hang()


def nothing():
    """Predict no numbers, see `Faulty.predict`."""


class Faulty:
    def __init__(self, model, fault):
        self.model, self.fault = model, fault

    def fit(self, X, y, clock, *weights):
        Path(os.environ["AUTOML_HOME"], f"broken-{os.getpid()}").touch()
        globals()[self.fault]()
        self.model.fit(X, y, clock, *weights)
        return self

    def predict(self, X):
        return np.full_like(self.model.predict(X), np.nan)


def build_of(learner, faults):
    def build(values, settings):
        model = learner.build(values, settings)
        names = [learner.name, *(f"{learner.name}:{k}" for k, v in values.items() if v is True)]
        fault = next((faults[name] for name in names if name in faults), None)
        return model if fault is None else Faulty(model, fault)

    return build


if os.environ.get("FAULTS_OF") not in (None, str(os.getpid())):
    chosen = json.loads(os.environ["FAULTS"])
    for name in {key.partition(":")[0] for key in chosen}:
        LEARNERS[name] = replace(LEARNERS[name], build=build_of(LEARNERS[name], chosen))
