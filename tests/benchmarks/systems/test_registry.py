from __future__ import annotations

import importlib

import pytest

from benchmarks.systems.registry import SYSTEMS


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=list(SYSTEMS))
def test_every_system_is_a_function_that_its_child_can_import(system):
    module, _, function = system.entry.partition(":")
    assert callable(getattr(importlib.import_module(module), function))


def test_names_are_those_of_earlier_results():
    known = {"automl", "automl-checked", "automl-warm", "lightgbm", "prior", "flaml"}
    known |= {"lightgbm-early", "autogluon-best", "autogluon-medium", "automl-without-features"}
    assert known <= set(SYSTEMS)
