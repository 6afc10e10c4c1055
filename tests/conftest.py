"""Fixtures for every room."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

_TABLES = Path(__file__).parents[2] / "shared" / "datasets"


@pytest.fixture(autouse=True)
def fresh_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test its own place for what the package keeps for a user."""
    home = tmp_path / "automl-home"
    monkeypatch.setenv("AUTOML_HOME", str(home))
    return home


@pytest.fixture
def shared_table() -> Callable[[str], tuple[pd.DataFrame, pd.Series]]:
    """Read a real table by name; skips the test where these tables are not at hand."""

    def read(name: str) -> tuple[pd.DataFrame, pd.Series]:
        path = _TABLES / f"{name}.parquet"
        if not path.is_file():
            pytest.skip(f"needs the table {name!r}, which is not at hand in ../shared/datasets")
        table = pd.read_parquet(path)
        return table.iloc[:, :-1], table.iloc[:, -1]

    return read
