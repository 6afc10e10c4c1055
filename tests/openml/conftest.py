"""A stand-in server, and openml configured for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import openml
import pytest

from tests.openml.stand_in import KEY, StandIn

_CACHE = Path(__file__).parents[3] / "shared" / "datasets" / "openml_cache"


@pytest.fixture
def client(tmp_path, monkeypatch):
    """Give the package openml a cache of its own; it gives up at the first failure."""
    monkeypatch.setattr(openml.config, "_root_cache_directory", tmp_path / "cache")
    monkeypatch.setattr(openml.config, "connection_n_retries", 1)
    monkeypatch.setattr(openml.config, "apikey", "")
    return openml


@pytest.fixture
def server(client, monkeypatch):
    """Run the stand-in, with openml pointed at it."""
    with StandIn() as stand_in:
        monkeypatch.setattr(client.config, "server", stand_in.url)
        monkeypatch.setattr(client.config, "apikey", KEY)
        yield stand_in


@pytest.fixture
def cached_task(client, monkeypatch):
    """Give openml a cache with task 1882, on a server that cannot be reached."""
    if not _CACHE.is_dir():
        pytest.skip("needs the OpenML cache, which is not at hand in ../shared/datasets")
    cache = Path(client.config._root_cache_directory)
    shutil.copytree(_CACHE, cache)
    monkeypatch.setattr(client.config, "server", "https://test.openml.org/api/v1/xml")
    return cache


def files_of(folder):
    """Return the content of each file below a folder, to compare before and after."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file()
    }
