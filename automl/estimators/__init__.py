"""The front door for programs: the estimators, their settings, and what `automl.fit` does.

Everything is loaded when it is used: scikit-learn takes most of a second, and who asks for a
parameter's name (the command line) or starts workers meanwhile (`automl.fit`) does not wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from automl.estimators.automatic import fit_table
    from automl.estimators.base import each_target
    from automl.estimators.classifier import AutoMLClassifier
    from automl.estimators.parameters import PARAMETERS
    from automl.estimators.regressor import AutoMLRegressor
    from automl.estimators.validation import check_parameters, check_settings

__all__ = [
    "PARAMETERS",
    "AutoMLClassifier",
    "AutoMLRegressor",
    "check_parameters",
    "check_settings",
    "each_target",
    "fit_table",
]

_HOMES = {
    "PARAMETERS": "parameters",
    "AutoMLClassifier": "classifier",
    "AutoMLRegressor": "regressor",
    "check_parameters": "validation",
    "check_settings": "validation",
    "each_target": "base",
    "fit_table": "automatic",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'automl.estimators' has no attribute {name!r}")
    return getattr(import_module(f"automl.estimators.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
