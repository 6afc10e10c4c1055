"""All systems by name. A new one is a file beside this and its place in the line below."""

from __future__ import annotations

from benchmarks.systems import ablations, autogluon, automl, flaml, lightgbm, prior

__all__ = ["SYSTEMS"]

_FILES = (automl, lightgbm, prior, flaml, autogluon, ablations)

SYSTEMS = {system.name: system for file in _FILES for system in file.SYSTEMS}
