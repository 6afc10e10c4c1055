from __future__ import annotations

import sys
from pathlib import Path

import pytest

from automl.knowledge import automl_home


def test_environment_variable_moves_everything(monkeypatch, tmp_path):
    monkeypatch.setenv("AUTOML_HOME", str(tmp_path / "own"))
    assert automl_home() == tmp_path / "own"


def test_relative_home_becomes_absolute(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AUTOML_HOME", "own")
    assert automl_home() == tmp_path / "own"


@pytest.mark.parametrize(
    ("platform", "variable", "folder"),
    [
        ("linux", "XDG_DATA_HOME", ".local/share/automl"),
        ("darwin", "XDG_DATA_HOME", "Library/Application Support/automl"),
        ("win32", "LOCALAPPDATA", "AppData/Local/automl"),
    ],
)
def test_default_is_the_place_of_the_platform(monkeypatch, platform, variable, folder):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("AUTOML_HOME")
    monkeypatch.delenv(variable, raising=False)
    assert automl_home() == Path.home() / folder


@pytest.mark.parametrize(
    ("platform", "variable"), [("linux", "XDG_DATA_HOME"), ("win32", "LOCALAPPDATA")]
)
def test_platform_variable_is_obeyed_where_absolute(monkeypatch, tmp_path, platform, variable):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.delenv("AUTOML_HOME")
    monkeypatch.setenv(variable, str(tmp_path))
    assert automl_home() == tmp_path / "automl"
    monkeypatch.setenv(variable, "relative")
    assert automl_home().is_relative_to(Path.home())
